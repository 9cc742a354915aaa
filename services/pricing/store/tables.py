"""The tables of the pricing service; what is known is added to them, and not overwritten."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from shared.persistence.columns import Instant, PerCent, Pounds, RisingNumber
from shared.persistence.tables import delivery_tables, service_metadata

METADATA: Final = service_metadata()
DELIVERY: Final = delivery_tables(METADATA)

_ID: Final = String(80)
_WORD: Final = String(40)
_URN: Final = String(9)
_BAND: Final = String(5)


def _family_columns() -> list["Column[str]"]:
    return [
        Column("agency", _URN, nullable=False),
        Column("purchaser", _WORD, nullable=False),
        Column("placement_type", _WORD, nullable=False),
        Column("need_category", _WORD, nullable=False),
    ]


COUNTERS: Final = Table(
    "counters",
    METADATA,
    Column("name", _WORD, primary_key=True),
    Column("last", RisingNumber, nullable=False),
)
"""The last number given, by kind; who gives the next one holds the row until the commit."""

FEE_FAMILIES: Final = Table(
    "fee_families",
    METADATA,
    Column("id", RisingNumber, primary_key=True, autoincrement=False),
    *_family_columns(),
    UniqueConstraint("agency", "purchaser", "placement_type", "need_category"),
)

FEE_POINTS: Final = Table(
    "fee_points",
    METADATA,
    Column("number", RisingNumber, primary_key=True, autoincrement=False),
    Column("family_id", ForeignKey("fee_families.id"), nullable=False, index=True),
    Column("age_band", _BAND, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("weekly", Pounds, nullable=False),
    Column("cause", _WORD, nullable=False),
    Column("reference", _ID, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

INDEX_VALUES: Final = Table(
    "index_values",
    METADATA,
    Column("id", RisingNumber, primary_key=True),
    Column("series", _WORD, nullable=False),
    Column("year", Integer, nullable=False),
    Column("month", Integer, nullable=False),
    Column("value", PerCent, nullable=False),
    Column("released_on", Date, nullable=False),
    Column("standing", _WORD, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

WAGE_RATES: Final = Table(
    "wage_rates",
    METADATA,
    Column("id", RisingNumber, primary_key=True),
    Column("band", _WORD, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("hourly", Pounds, nullable=False),
    Column("status", _WORD, nullable=False),
    Column("source", Text, nullable=False),
    Column("from_age", Integer),
    Column("to_age", Integer),
    Column("recorded_at", Instant, nullable=False),
)

PLACEMENTS: Final = Table(
    "placements",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("next_birthday", Date, index=True),
    Column("recorded_at", Instant, nullable=False),
    Column("purged_at", Instant),
)
"""One row for each placement: who works on a placement holds its row.

Of one that was purged this row is all that stays, so that it is never taken for a new one.
"""

PLACEMENT_EVENTS: Final = Table(
    "placement_events",
    METADATA,
    Column("id", RisingNumber, primary_key=True),
    Column("placement_id", ForeignKey("placements.id"), nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("date_of_birth", Date),
    Column("agency", _URN),
    Column("purchaser", _WORD),
    Column("placement_type", _WORD),
    Column("need_category", _WORD),
    Column("agreement", _WORD),
    Column("agreed_weekly", Pounds),
    Column("uasc", Boolean),
    Column("disability", Boolean),
    Column("content", String(64), nullable=False),
    UniqueConstraint("placement_id", "event_id"),
)
"""What case management told. `content` is the digest of the whole event's data."""

PLACEMENT_FAMILIES: Final = Table(
    "placement_families",
    METADATA,
    Column("placement_id", ForeignKey("placements.id"), primary_key=True),
    Column("family_id", ForeignKey("fee_families.id"), primary_key=True, index=True),
)
"""Everything that a placement was ever bought as: whose fees move it."""

PRICE_CHANGES: Final = Table(
    "price_changes",
    METADATA,
    Column("placement_id", ForeignKey("placements.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("event_id", String(36), nullable=False),
    Column("caused_by", String(200), nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("effective_to", Date),
    Column("old_weekly", Pounds, nullable=False),
    Column("new_weekly", Pounds, nullable=False),
    Column("agency", _URN, nullable=False),
    Column("purchaser", _WORD, nullable=False),
    Column("service_line", _WORD, nullable=False),
    Column("funding", _WORD, nullable=False),
    Column("arrears", Pounds, nullable=False),
    Column("causes", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index("ix_price_changes_caused_by", "caused_by"),
)
"""Everything that finance was told, in sequence: replayed, it is the timeline that finance has."""

REVIEWS: Final = Table(
    "reviews",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("effective_from", Date, nullable=False),
    Column("award", _WORD, nullable=False),
    Column("terms", Text, nullable=False),
    Column("parts", Text, nullable=False),
    Column("rate", PerCent, nullable=False),
    Column("drafted_by", _ID, nullable=False),
    Column("drafted_at", Instant, nullable=False),
)
"""What a price review was drafted on; what became of it is in its steps."""

REVIEW_STEPS: Final = Table(
    "review_steps",
    METADATA,
    Column("review_id", ForeignKey("reviews.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("step", _WORD, nullable=False),
    Column("actor", _ID, nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
)

REVIEW_LINES: Final = Table(
    "review_lines",
    METADATA,
    Column("review_id", ForeignKey("reviews.id"), primary_key=True),
    Column("family_id", ForeignKey("fee_families.id"), primary_key=True),
    Column("age_band", _BAND, primary_key=True),
    Column("before", Pounds, nullable=False),
    Column("after", Pounds, nullable=False),
    Column("because", Text, nullable=False),
    Column("placements", Integer, nullable=False),
)

REVIEW_CHUNKS: Final = Table(
    "review_chunks",
    METADATA,
    Column("review_id", ForeignKey("reviews.id"), primary_key=True),
    Column("chunk", Integer, primary_key=True, autoincrement=False),
    Column("first_family", RisingNumber, nullable=False),
    Column("last_family", RisingNumber, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("applied_at", Instant),
    Column("price_changes", Integer, nullable=False),
    Column("arrears", Pounds, nullable=False),
)
"""The lines of a review in portions that are applied whole, each in one transaction."""

PROVIDER_FACTS: Final = Table(
    "provider_facts",
    METADATA,
    Column("id", RisingNumber, primary_key=True),
    Column("agency", _URN, nullable=False, index=True),
    Column("fact", _WORD, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("body", Text, nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
