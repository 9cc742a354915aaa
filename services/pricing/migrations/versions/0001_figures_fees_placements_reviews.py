"""Make the tables of delivery, figures, fees, placements, reviews and agencies."""

from alembic import op
from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Text, UniqueConstraint

from shared.persistence.columns import Instant, PerCent, Pounds, RisingNumber
from shared.persistence.steps import create_delivery_tables

revision = "0001"
down_revision = None
floor = "0001"


def upgrade() -> None:
    """Make the tables."""
    create_delivery_tables(op)
    _make_figures()
    _make_fees()
    _make_placements()
    _make_price_changes()
    _make_reviews()
    _make_review_lines()
    _make_provider_facts()


def _make_figures() -> None:
    op.create_table(
        "counters",
        Column("name", String(40), primary_key=True),
        Column("last", RisingNumber, nullable=False),
    )
    op.create_table(
        "index_values",
        Column("id", RisingNumber, primary_key=True),
        Column("series", String(40), nullable=False),
        Column("year", Integer, nullable=False),
        Column("month", Integer, nullable=False),
        Column("value", PerCent, nullable=False),
        Column("released_on", Date, nullable=False),
        Column("standing", String(40), nullable=False),
        Column("source", Text, nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_table(
        "wage_rates",
        Column("id", RisingNumber, primary_key=True),
        Column("band", String(40), nullable=False),
        Column("effective_from", Date, nullable=False),
        Column("hourly", Pounds, nullable=False),
        Column("status", String(40), nullable=False),
        Column("source", Text, nullable=False),
        Column("from_age", Integer),
        Column("to_age", Integer),
        Column("recorded_at", Instant, nullable=False),
    )


def _make_fees() -> None:
    op.create_table(
        "fee_families",
        Column("id", RisingNumber, primary_key=True, autoincrement=False),
        Column("agency", String(9), nullable=False),
        Column("purchaser", String(40), nullable=False),
        Column("placement_type", String(40), nullable=False),
        Column("need_category", String(40), nullable=False),
        UniqueConstraint("agency", "purchaser", "placement_type", "need_category"),
    )
    op.create_table(
        "fee_points",
        Column("number", RisingNumber, primary_key=True, autoincrement=False),
        Column("family_id", RisingNumber, ForeignKey("fee_families.id"), nullable=False),
        Column("age_band", String(5), nullable=False),
        Column("valid_from", Date, nullable=False),
        Column("weekly", Pounds, nullable=False),
        Column("cause", String(40), nullable=False),
        Column("reference", String(80), nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_index("ix_fee_points_family_id", "fee_points", ["family_id"])


def _make_placements() -> None:
    op.create_table(
        "placements",
        Column("id", String(80), primary_key=True),
        Column("next_birthday", Date),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_index("ix_placements_next_birthday", "placements", ["next_birthday"])
    op.create_table(
        "placement_events",
        Column("id", RisingNumber, primary_key=True),
        Column("placement_id", String(80), ForeignKey("placements.id"), nullable=False),
        Column("event_id", String(200), nullable=False),
        Column("kind", String(40), nullable=False),
        Column("told_at", Instant, nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("valid_from", Date, nullable=False),
        Column("date_of_birth", Date),
        Column("agency", String(9)),
        Column("purchaser", String(40)),
        Column("placement_type", String(40)),
        Column("need_category", String(40)),
        Column("agreement", String(40)),
        Column("agreed_weekly", Pounds),
        Column("uasc", Boolean),
        Column("disability", Boolean),
        Column("content", String(64), nullable=False),
        UniqueConstraint("placement_id", "event_id"),
    )
    op.create_table(
        "placement_families",
        Column("placement_id", String(80), ForeignKey("placements.id"), primary_key=True),
        Column("family_id", RisingNumber, ForeignKey("fee_families.id"), primary_key=True),
    )
    op.create_index("ix_placement_families_family_id", "placement_families", ["family_id"])


def _make_price_changes() -> None:
    op.create_table(
        "price_changes",
        Column("placement_id", String(80), ForeignKey("placements.id"), primary_key=True),
        Column("sequence", Integer, primary_key=True, autoincrement=False),
        Column("event_id", String(36), nullable=False),
        Column("caused_by", String(200), nullable=False),
        Column("effective_from", Date, nullable=False),
        Column("effective_to", Date),
        Column("old_weekly", Pounds, nullable=False),
        Column("new_weekly", Pounds, nullable=False),
        Column("agency", String(9), nullable=False),
        Column("purchaser", String(40), nullable=False),
        Column("service_line", String(40), nullable=False),
        Column("funding", String(40), nullable=False),
        Column("arrears", Pounds, nullable=False),
        Column("causes", Text, nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_index("ix_price_changes_caused_by", "price_changes", ["caused_by"])


def _make_reviews() -> None:
    op.create_table(
        "reviews",
        Column("id", String(80), primary_key=True),
        Column("effective_from", Date, nullable=False),
        Column("award", String(40), nullable=False),
        Column("terms", Text, nullable=False),
        Column("parts", Text, nullable=False),
        Column("rate", PerCent, nullable=False),
        Column("drafted_by", String(80), nullable=False),
        Column("drafted_at", Instant, nullable=False),
    )
    op.create_table(
        "review_steps",
        Column("review_id", String(80), ForeignKey("reviews.id"), primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("step", String(40), nullable=False),
        Column("actor", String(80), nullable=False),
        Column("at", Instant, nullable=False),
        Column("body", Text, nullable=False),
    )


def _make_review_lines() -> None:
    op.create_table(
        "review_lines",
        Column("review_id", String(80), ForeignKey("reviews.id"), primary_key=True),
        Column("family_id", RisingNumber, ForeignKey("fee_families.id"), primary_key=True),
        Column("age_band", String(5), primary_key=True),
        Column("before", Pounds, nullable=False),
        Column("after", Pounds, nullable=False),
        Column("because", Text, nullable=False),
        Column("placements", Integer, nullable=False),
    )
    op.create_table(
        "review_chunks",
        Column("review_id", String(80), ForeignKey("reviews.id"), primary_key=True),
        Column("chunk", Integer, primary_key=True, autoincrement=False),
        Column("first_family", RisingNumber, nullable=False),
        Column("last_family", RisingNumber, nullable=False),
        Column("lines", Integer, nullable=False),
        Column("applied_at", Instant),
        Column("price_changes", Integer, nullable=False),
        Column("arrears", Pounds, nullable=False),
    )


def _make_provider_facts() -> None:
    op.create_table(
        "provider_facts",
        Column("id", RisingNumber, primary_key=True),
        Column("agency", String(9), nullable=False),
        Column("fact", String(40), nullable=False),
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date),
        Column("body", Text, nullable=False),
        Column("event_id", String(200), nullable=False),
        Column("recorded_at", Instant, nullable=False),
    )
    op.create_index("ix_provider_facts_agency", "provider_facts", ["agency"])
