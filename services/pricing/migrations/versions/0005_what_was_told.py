"""Keep shortlists, and what stood around each price change, so that both can be told again.

Older code leaves the columns empty and keeps no shortlist. What it told cannot be told again byte
for byte, and is not.
"""

from alembic import op
from sqlalchemy import Boolean, Column, LargeBinary, String

from shared.persistence.columns import Instant, RisingNumber

revision = "0005"
down_revision = "0004"
floor = "0003"


def upgrade() -> None:
    """Add columns that older code leaves empty, and a table that it does not know."""
    op.add_column("price_changes", Column("correlation_id", String(200)))
    op.add_column("price_changes", Column("traceparent", String(120)))
    op.create_table(
        "shortlists",
        Column("number", RisingNumber, primary_key=True),
        Column("event_id", String(36), nullable=False),
        Column("referral_id", String(80), nullable=False),
        Column("caused_by", String(200), nullable=False),
        Column("correlation_id", String(200), nullable=False),
        Column("traceparent", String(120), nullable=False),
        Column("emergency", Boolean, nullable=False),
        Column("told", LargeBinary, nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_index("ix_shortlists_recorded_at", "shortlists", ["recorded_at"])
