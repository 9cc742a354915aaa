"""The tables of price reviews: what was drafted, what it does to each fee, and its steps."""

from typing import Final

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, Table, Text

from services.pricing.store.tables import BAND, ID, METADATA, WORD, family_columns
from shared.persistence.columns import ExactPounds, Instant, PerCent, Pounds, RisingNumber

REVIEWS: Final = Table(
    "reviews",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("effective_from", Date, nullable=False),
    Column("award", WORD, nullable=False),
    Column("terms", Text, nullable=False),
    Column("parts", Text, nullable=False),
    Column("rate", PerCent, nullable=False),
    Column("drafted_by", ID, nullable=False),
    Column("drafted_at", Instant, nullable=False),
    Column("reverses", ID),
)
"""What a price review was drafted on; what became of it is in its steps.

`terms`, `parts` and `rate` are those of its first track; `reverses` names what it takes back.
"""

REVIEW_TRACKS: Final = Table(
    "review_tracks",
    METADATA,
    Column("review_id", ForeignKey("reviews.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("terms", Text, nullable=False),
    Column("parts", Text, nullable=False),
    Column("rate", PerCent, nullable=False),
)
"""The further tracks of a review: other terms for some placement types."""

REVIEW_STEPS: Final = Table(
    "review_steps",
    METADATA,
    Column("review_id", ForeignKey("reviews.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("step", WORD, nullable=False),
    Column("actor", ID, nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
)

REVIEW_LINES: Final = Table(
    "review_lines",
    METADATA,
    Column("review_id", ForeignKey("reviews.id"), primary_key=True),
    Column("family_id", ForeignKey("fee_families.id"), primary_key=True),
    Column("age_band", BAND, primary_key=True),
    Column("before", Pounds, nullable=False),
    Column("after", Pounds, nullable=False),
    Column("because", Text, nullable=False),
    Column("placements", Integer, nullable=False),
    Column("outcome", WORD),
    Column("unrounded", ExactPounds),
    Column("service_lines", Text),
    Column("base", Pounds),
)
"""What a review does about each fee key, as previewed; `service_lines` are its live placements.

`base` is the fee that is uplifted, where it is another than the one `before` the review.
"""

REVIEW_SPOT_LINES: Final = Table(
    "review_spot_lines",
    METADATA,
    Column("review_id", ForeignKey("reviews.id"), primary_key=True),
    Column("placement_id", ForeignKey("placements.id"), primary_key=True),
    *family_columns(),
    Column("service_line", WORD, nullable=False),
    Column("before", Pounds, nullable=False),
    Column("after", Pounds, nullable=False),
    Column("because", Text, nullable=False),
    Column("outcome", WORD, nullable=False),
    Column("base", Pounds),
)
"""What a review does about each spot placement that lives on its day, as previewed."""

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
    Column("unpriced", Text),
    Column("spot", Boolean),
    Column("first_placement", ID),
    Column("last_placement", ID),
)
"""The lines of a review in portions that are applied whole, each in one transaction.

A portion is of fee families, or (`spot`) of spot placements, from one to another.
"""

SPOT_AWARDS: Final = Table(
    "spot_awards",
    METADATA,
    Column("review_id", ForeignKey("reviews.id"), primary_key=True),
    Column("effective_from", Date, nullable=False),
    Column("awarded_on", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
"""The reviews that have begun to uplift spot fees, by their terms, from their day on."""
