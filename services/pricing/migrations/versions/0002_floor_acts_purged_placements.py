"""Say which code may work with the tables, keep what operators do, mark what they purged."""

from alembic import op
from sqlalchemy import Column

from shared.persistence.columns import Instant
from shared.persistence.steps import INBOX_BY_AGE, create_operating_tables

revision = "0002"
down_revision = "0001"
floor = "0001"
live_indexes = (INBOX_BY_AGE,)


def upgrade() -> None:
    """Make the tables, and the column by which a purged placement is still known."""
    create_operating_tables(op)
    op.add_column("placements", Column("purged_at", Instant))
