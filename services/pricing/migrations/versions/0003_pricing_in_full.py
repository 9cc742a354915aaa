"""Add what pricing in full keeps: adjustments, further terms, spot fees, acknowledgements.

Older code would go on without an error, and take back what the new code has told: an end that was
taken back, a discount. So the step is its own floor; a worker that runs already goes on.
"""

from alembic import op
from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Text

from shared.persistence.columns import ExactPounds, Instant, PerCent, Pounds, RisingNumber
from shared.persistence.steps import LiveIndex

revision = "0003"
down_revision = "0002"
floor = "0003"
live_indexes = (LiveIndex("ix_price_changes_agency", "price_changes", ("agency",)),)


def upgrade() -> None:
    """Add columns that older code leaves empty, and tables that it does not know."""
    _widen()
    _make_acknowledgements()
    _make_volume_counts()
    _make_spot()
    _make_tracks()


def _widen() -> None:
    added = {
        "fee_points": (Column("unrounded", ExactPounds), Column("awarded_on", Date)),
        "placement_events": (
            Column("start_date", Date),
            Column("duration", String(40)),
            Column("solo", Boolean),
            Column("sibling_number", Integer),
        ),
        "price_changes": (Column("as_of", Date), Column("lines", Text)),
        "provider_facts": (Column("told_at", Instant),),
        "reviews": (Column("reverses", String(80)),),
        "review_lines": (
            Column("outcome", String(40)),
            Column("unrounded", ExactPounds),
            Column("service_lines", Text),
        ),
        "review_chunks": (
            Column("unpriced", Text),
            Column("spot", Boolean),
            Column("first_placement", String(80)),
            Column("last_placement", String(80)),
        ),
    }
    for table, columns in added.items():
        for column in columns:
            op.add_column(table, column)


def _make_acknowledgements() -> None:
    op.create_table(
        "acknowledgements",
        Column("id", RisingNumber, primary_key=True),
        Column("event_id", String(200), nullable=False, unique=True),
        Column("message_id", String(200), nullable=False),
        Column("placement_id", String(80)),
        Column("sequence", Integer),
        Column("new_weekly", Pounds),
        Column("review_id", String(80)),
        Column("price_changes", Integer),
        Column("arrears", Pounds, nullable=False),
        Column("told_at", Instant, nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    for column in ("message_id", "placement_id"):
        op.create_index(f"ix_acknowledgements_{column}", "acknowledgements", [column])


def _make_volume_counts() -> None:
    op.create_table(
        "volume_counts",
        Column("id", RisingNumber, primary_key=True),
        Column("agency", String(9), nullable=False),
        Column("counted_on", Date, nullable=False),
        Column("effective_from", Date, nullable=False),
        Column("placements", Integer, nullable=False),
        Column("actor", String(80), nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_index("ix_volume_counts_agency", "volume_counts", ["agency"])


def _make_spot() -> None:
    op.create_table(
        "spot_awards",
        Column("review_id", String(80), ForeignKey("reviews.id"), primary_key=True),
        Column("effective_from", Date, nullable=False),
        Column("awarded_on", Date, nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_table(
        "review_spot_lines",
        Column("review_id", String(80), ForeignKey("reviews.id"), primary_key=True),
        Column("placement_id", String(80), ForeignKey("placements.id"), primary_key=True),
        Column("agency", String(9), nullable=False),
        Column("purchaser", String(40), nullable=False),
        Column("placement_type", String(40), nullable=False),
        Column("need_category", String(40), nullable=False),
        Column("service_line", String(40), nullable=False),
        Column("before", Pounds, nullable=False),
        Column("after", Pounds, nullable=False),
        Column("because", Text, nullable=False),
        Column("outcome", String(40), nullable=False),
    )


def _make_tracks() -> None:
    op.create_table(
        "review_tracks",
        Column("review_id", String(80), ForeignKey("reviews.id"), primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("terms", Text, nullable=False),
        Column("parts", Text, nullable=False),
        Column("rate", PerCent, nullable=False),
    )
