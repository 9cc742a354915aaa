"""Keep what stood around each decision and concern when it was told, so that it can be told again.

Older code leaves the columns empty. What it told cannot be told again byte for byte, and is not.
"""

from alembic import op
from sqlalchemy import Column, String

revision = "0005"
down_revision = "0004"
floor = "0003"


def upgrade() -> None:
    """Add columns that older code leaves empty."""
    for table in ("decisions", "concerns"):
        op.add_column(table, Column("caused_by", String(600)))
        op.add_column(table, Column("correlation_id", String(200)))
        op.add_column(table, Column("traceparent", String(120)))
