"""Find open referrals by the day on which they start.

The column is there since the step before; its index is built without holding anybody up.
"""

from shared.persistence.steps import LiveIndex

revision = "0004"
down_revision = "0003"
floor = "0003"
live_indexes = (LiveIndex("ix_decisions_start_date", "decisions", ("start_date",)),)


def upgrade() -> None:
    """Add nothing but the index."""
