"""Say which code may work with the tables, keep what operators do, find old inbox rows."""

from alembic import op

from shared.persistence.steps import INBOX_BY_AGE, create_operating_tables

revision = "0002"
down_revision = "0001"
floor = "0001"
live_indexes = (INBOX_BY_AGE,)


def upgrade() -> None:
    """Make the tables."""
    create_operating_tables(op)
