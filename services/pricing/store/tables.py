"""The tables of the pricing service; what is known is added to them, and not overwritten."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from shared.persistence.columns import ExactPounds, Instant, PerCent, Pounds, RisingNumber
from shared.persistence.tables import delivery_tables, service_metadata

METADATA: Final = service_metadata()
DELIVERY: Final = delivery_tables(METADATA)

ID: Final = String(80)
WORD: Final = String(40)
URN: Final = String(9)
BAND: Final = String(5)


def family_columns() -> list["Column[str]"]:
    """Return columns for what a placement is bought as."""
    return [
        Column("agency", URN, nullable=False),
        Column("purchaser", WORD, nullable=False),
        Column("placement_type", WORD, nullable=False),
        Column("need_category", WORD, nullable=False),
    ]


COUNTERS: Final = Table(
    "counters",
    METADATA,
    Column("name", WORD, primary_key=True),
    Column("last", RisingNumber, nullable=False),
)
"""The last number given, by kind; who gives the next one holds the row until the commit."""

FEE_FAMILIES: Final = Table(
    "fee_families",
    METADATA,
    Column("id", RisingNumber, primary_key=True, autoincrement=False),
    *family_columns(),
    UniqueConstraint("agency", "purchaser", "placement_type", "need_category"),
)

FEE_POINTS: Final = Table(
    "fee_points",
    METADATA,
    Column("number", RisingNumber, primary_key=True, autoincrement=False),
    Column("family_id", ForeignKey("fee_families.id"), nullable=False, index=True),
    Column("age_band", BAND, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("weekly", Pounds, nullable=False),
    Column("cause", WORD, nullable=False),
    Column("reference", ID, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("unrounded", ExactPounds),
    Column("awarded_on", Date),
)
"""The weekly fees. `unrounded` is there where terms compound on it, `awarded_on` for a review."""

INDEX_VALUES: Final = Table(
    "index_values",
    METADATA,
    Column("id", RisingNumber, primary_key=True),
    Column("series", WORD, nullable=False),
    Column("year", Integer, nullable=False),
    Column("month", Integer, nullable=False),
    Column("value", PerCent, nullable=False),
    Column("released_on", Date, nullable=False),
    Column("standing", WORD, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

WAGE_RATES: Final = Table(
    "wage_rates",
    METADATA,
    Column("id", RisingNumber, primary_key=True),
    Column("band", WORD, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("hourly", Pounds, nullable=False),
    Column("status", WORD, nullable=False),
    Column("source", Text, nullable=False),
    Column("from_age", Integer),
    Column("to_age", Integer),
    Column("recorded_at", Instant, nullable=False),
)

PLACEMENTS: Final = Table(
    "placements",
    METADATA,
    Column("id", ID, primary_key=True),
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
    Column("kind", WORD, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("date_of_birth", Date),
    Column("agency", URN),
    Column("purchaser", WORD),
    Column("placement_type", WORD),
    Column("need_category", WORD),
    Column("agreement", WORD),
    Column("agreed_weekly", Pounds),
    Column("uasc", Boolean),
    Column("disability", Boolean),
    Column("content", String(64), nullable=False),
    Column("start_date", Date),
    Column("duration", WORD),
    Column("solo", Boolean),
    Column("sibling_number", Integer),
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
    Column("agency", URN, nullable=False),
    Column("purchaser", WORD, nullable=False),
    Column("service_line", WORD, nullable=False),
    Column("funding", WORD, nullable=False),
    Column("arrears", Pounds, nullable=False),
    Column("causes", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("as_of", Date),
    Column("lines", Text),
    Column("correlation_id", String(200)),
    Column("traceparent", String(120)),
    Index("ix_price_changes_caused_by", "caused_by"),
    Index("ix_price_changes_agency", "agency"),
)
"""Everything that finance was told, in sequence: replayed, it is the timeline that finance has.

`lines` are the arrears lines of the message, as JSON; `as_of` the day before which days were past.
What was told before the correlation id was kept has none.
"""

SHORTLISTS: Final = Table(
    "shortlists",
    METADATA,
    Column("number", RisingNumber, primary_key=True),
    Column("event_id", String(36), nullable=False),
    Column("referral_id", ID, nullable=False),
    Column("caused_by", String(200), nullable=False),
    Column("correlation_id", String(200), nullable=False),
    Column("traceparent", String(120), nullable=False),
    Column("emergency", Boolean, nullable=False),
    Column("told", LargeBinary, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index("ix_shortlists_recorded_at", "recorded_at"),
)
"""Every shortlist as it was told, so that it can be told again; `told` is its JSON, compressed."""

ACKNOWLEDGEMENTS: Final = Table(
    "acknowledgements",
    METADATA,
    Column("id", RisingNumber, primary_key=True),
    Column("event_id", String(200), nullable=False, unique=True),
    Column("message_id", String(200), nullable=False),
    Column("placement_id", ID, index=True),
    Column("sequence", Integer),
    Column("new_weekly", Pounds),
    Column("review_id", ID),
    Column("price_changes", Integer),
    Column("arrears", Pounds, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index("ix_acknowledgements_message_id", "message_id"),
)
"""What finance has booked, with its own figures; of several about one message the last counts."""

VOLUME_COUNTS: Final = Table(
    "volume_counts",
    METADATA,
    Column("id", RisingNumber, primary_key=True),
    Column("agency", URN, nullable=False, index=True),
    Column("counted_on", Date, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("placements", Integer, nullable=False),
    Column("actor", ID, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
"""How many live placements each agency had when they were counted for the volume discount."""


PROVIDER_FACTS: Final = Table(
    "provider_facts",
    METADATA,
    Column("id", RisingNumber, primary_key=True),
    Column("agency", URN, nullable=False, index=True),
    Column("fact", WORD, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("body", Text, nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("told_at", Instant),
    Column("recorded_at", Instant, nullable=False),
)
