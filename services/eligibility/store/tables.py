"""The tables of the eligibility service: facts are added to them, never overwritten."""

from typing import Final

from sqlalchemy import Column, Date, Index, String, Table, Text

from shared.persistence.columns import Instant, RisingNumber
from shared.persistence.tables import delivery_tables, service_metadata

metadata: Final = service_metadata()
delivery: Final = delivery_tables(metadata)

register_facts: Final = Table(
    "register_facts",
    metadata,
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
"""One row for each fact about an agency, in the order in which they became known.

`version` is the register's version up to and with this row.
"""

rulebooks: Final = Table(
    "rulebooks",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("version", String(400), nullable=False),
    Column("in_force_from", Date, nullable=False),
    Column("in_force_to", Date),
    Column("content", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
"""One row for each rulebook that ever decided, as it was written."""

decisions: Final = Table(
    "decisions",
    metadata,
    Column("decision_id", String(36), primary_key=True),
    Column("referral_id", String(80), nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("referral", Text, nullable=False),
    Column("shortlist_order", String(200), nullable=False),
    Column("rulebook_digest", String(64), nullable=False),
    Column("register_version", String(64), nullable=False),
    Column("pack_digest", String(64), nullable=False),
    Column("body_digest", String(64), nullable=False),
    Index("ix_decisions_referral_id", "referral_id", "decided_at"),
)
"""One row for each decision: all that it was made of, so that it can be derived again.

`referral` holds derived facts only; no date of birth is ever stored.
"""

withdrawals: Final = Table(
    "withdrawals",
    metadata,
    Column("event_id", String(200), primary_key=True),
    Column("referral_id", String(80), nullable=False, index=True),
    Column("withdrawn_at", Instant, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
"""One row for each referral for which a home is no longer needed."""
