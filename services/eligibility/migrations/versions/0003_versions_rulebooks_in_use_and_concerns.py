"""Keep versions of referrals, which rulebook is in use, where children live, and concerns.

Older code would go on without an error, and decide by the rulebooks of its own pack where another
one was activated since. So the step is its own floor; a worker that runs already goes on.
"""

from alembic import op
from sqlalchemy import Column, Date, Integer, String, Text

from shared.persistence.columns import Instant, RisingNumber
from shared.persistence.steps import LiveIndex

revision = "0003"
down_revision = "0002"
floor = "0003"
live_indexes = (LiveIndex("ix_decisions_decided_at", "decisions", ("decided_at", "decision_id")),)


def upgrade() -> None:
    """Add columns with defaults, and tables that older code does not know."""
    _widen_decisions()
    _make_rulebooks_in_use()
    _make_placements()
    _make_concerns()


def _widen_decisions() -> None:
    for column in (
        Column("form", Integer, nullable=False, server_default="1"),
        Column("version", Integer, nullable=False, server_default="1"),
        Column("said_at", Instant),
        Column("occasion", String(20), nullable=False, server_default="received"),
        Column("occasion_reference", String(600), nullable=False, server_default=""),
        Column("supersedes", String(36)),
        # Not filled in for what is there: that would hold every worker up for its whole length.
        Column("start_date", Date),
    ):
        op.add_column("decisions", column)
    op.add_column("withdrawals", Column("said_at", Instant))


def _make_rulebooks_in_use() -> None:
    op.create_table(
        "rulebook_activations",
        Column("number", RisingNumber, primary_key=True, autoincrement=False),
        Column("digest", String(64), nullable=False),
        Column("state", String(20), nullable=False),
        Column("actor", String(80), nullable=False),
        Column("reason", String(600), nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_table(
        "shadow_differences",
        Column("decision_id", String(36), primary_key=True),
        Column("digest", String(64), primary_key=True),
        Column("differs", Text, nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_index("ix_shadow_differences_digest", "shadow_differences", ["digest", "recorded_at"])


def _make_placements() -> None:
    op.create_table(
        "placement_events",
        Column("event_id", String(200), primary_key=True),
        Column("placement_id", String(80), nullable=False),
        Column("word", String(20), nullable=False),
        Column("agency", String(10)),
        Column("referral_id", String(80)),
        Column("day", Date),
        Column("start_date", Date),
        Column("said_at", Instant, nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_index("ix_placement_events_placement_id", "placement_events", ["placement_id"])
    op.create_index("ix_placement_events_referral_id", "placement_events", ["referral_id"])


def _make_concerns() -> None:
    op.create_table(
        "concerns",
        Column("concern_id", String(36), primary_key=True),
        Column("agency", String(10), nullable=False),
        Column("told", Text, nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_index("ix_concerns_agency", "concerns", ["agency"])
