"""Make the tables of delivery, the register, the rulebooks and the decisions."""

from alembic import op
from sqlalchemy import Column, Date, String, Text

from shared.persistence.columns import Instant, RisingNumber
from shared.persistence.steps import create_delivery_tables

revision = "0001"
down_revision = None
floor = "0001"


def upgrade() -> None:
    """Make the tables."""
    create_delivery_tables(op)
    _make_register()
    _make_rulebooks()
    _make_decisions()
    _make_withdrawals()


def _make_register() -> None:
    op.create_table(
        "register_facts",
        Column("number", RisingNumber, primary_key=True, autoincrement=False),
        Column("urn", String(10), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("valid_from", Date),
        Column("valid_to", Date),
        Column("told", Text, nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("said_at", Instant),
        Column("cause", String(200), nullable=False),
        Column("version", String(64), nullable=False, unique=True),
    )


def _make_rulebooks() -> None:
    op.create_table(
        "rulebooks",
        Column("digest", String(64), primary_key=True),
        Column("name", String(60), nullable=False),
        Column("version", String(400), nullable=False),
        Column("in_force_from", Date, nullable=False),
        Column("in_force_to", Date),
        Column("content", Text, nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )


def _make_decisions() -> None:
    op.create_table(
        "decisions",
        Column("decision_id", String(36), primary_key=True),
        Column("referral_id", String(80), nullable=False),
        Column("decided_at", Instant, nullable=False),
        Column("referral", Text, nullable=False),
        Column("shortlist_order", String(200), nullable=False),
        Column("rulebook_digest", String(64), nullable=False),
        Column("register_version", String(64), nullable=False),
        Column("pack_digest", String(64), nullable=False),
        Column("body_digest", String(64), nullable=False),
    )
    op.create_index("ix_decisions_referral_id", "decisions", ["referral_id", "decided_at"])


def _make_withdrawals() -> None:
    op.create_table(
        "withdrawals",
        Column("event_id", String(200), primary_key=True),
        Column("referral_id", String(80), nullable=False),
        Column("withdrawn_at", Instant, nullable=False),
        Column("reason", String(40), nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_index("ix_withdrawals_referral_id", "withdrawals", ["referral_id"])
