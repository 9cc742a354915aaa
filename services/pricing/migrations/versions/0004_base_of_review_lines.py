"""Keep which fee a line of a review uplifts, where it is another than the one that held before.

Older code leaves the columns empty, and reads its own lines as before.
"""

from alembic import op
from sqlalchemy import Column

from shared.persistence.columns import Pounds

revision = "0004"
down_revision = "0003"
floor = "0003"


def upgrade() -> None:
    """Add columns that older code leaves empty."""
    for table in ("review_lines", "review_spot_lines"):
        op.add_column(table, Column("base", Pounds))
