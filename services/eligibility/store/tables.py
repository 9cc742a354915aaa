"""The tables of the eligibility service: facts are added to them, never overwritten."""

from typing import Final

from sqlalchemy import Column, Date, Index, Integer, String, Table, Text

from shared.persistence.columns import Instant, RisingNumber
from shared.persistence.tables import delivery_tables, service_metadata

metadata: Final = service_metadata()
delivery: Final = delivery_tables(metadata)


def _envelope() -> list["Column[str]"]:
    """Return columns for what stood around a message; what was told before they were is without."""
    return [
        Column("caused_by", String(600)),
        Column("correlation_id", String(200)),
        Column("traceparent", String(120)),
    ]


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
"""One row for each rulebook that ever decided or was tried beside, as it was written."""

rulebook_activations: Final = Table(
    "rulebook_activations",
    metadata,
    Column("number", RisingNumber, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("reason", String(600), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
"""One row for each step that a person took with a rulebook, in the order of the steps.

`state` is `in_force` (it decides, for the days that it names), `withdrawn` (it was taken back
before its first day, and what it had replaced or cut short holds again), `shadow` (it decides
beside what is in force, and only the differences are kept) or `shadow_ended`.
"""

shadow_differences: Final = Table(
    "shadow_differences",
    metadata,
    Column("decision_id", String(36), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("differs", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index("ix_shadow_differences_digest", "digest", "recorded_at"),
)
"""One row for each decision that a rulebook in shadow would have made otherwise, and how."""

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
    Column("form", Integer, nullable=False, server_default="1"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("said_at", Instant),
    Column("occasion", String(20), nullable=False, server_default="received"),
    Column("occasion_reference", String(600), nullable=False, server_default=""),
    Column("supersedes", String(36)),
    Column("start_date", Date),
    *_envelope(),
    Index("ix_decisions_referral_id", "referral_id", "decided_at"),
    Index("ix_decisions_decided_at", "decided_at", "decision_id"),
    Index("ix_decisions_start_date", "start_date"),
)
"""One row for each decision: all that it was made of, so that it can be derived again.

`referral` holds derived facts only; no date of birth is ever stored. `form` says which fields its
message has: 1 was written before versions and occasions were told. `version` and `said_at` are the
referral's, and say which decision on a referral counts: the highest version, of one version what
was said last, and of one word the decision that was made last. `start_date` is the referral's too,
so that open referrals are found at once; rows from before it was kept have it in `referral` alone.
"""

withdrawals: Final = Table(
    "withdrawals",
    metadata,
    Column("event_id", String(200), primary_key=True),
    Column("referral_id", String(80), nullable=False, index=True),
    Column("withdrawn_at", Instant, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("said_at", Instant),
)
"""One row for each word that a home is no longer needed for a referral.

`said_at` tells whether the referral was said again since; where that is not known, `withdrawn_at`.
"""

placement_events: Final = Table(
    "placement_events",
    metadata,
    Column("event_id", String(200), primary_key=True),
    Column("placement_id", String(80), nullable=False, index=True),
    Column("word", String(20), nullable=False),
    Column("agency", String(10)),
    Column("referral_id", String(80), index=True),
    Column("day", Date),
    Column("start_date", Date),
    Column("said_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
"""One row for each word about where a child lives: `started`, `amended` or `ended`.

`day` is the day from which it holds: the start, the effective day, the end (none where an end was
taken back). Of the placement nothing else is kept here; its fee is the pricing service's.
"""

concerns: Final = Table(
    "concerns",
    metadata,
    Column("concern_id", String(36), primary_key=True),
    Column("agency", String(10), nullable=False, index=True),
    Column("told", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    *_envelope(),
)
"""One row for each concern that commissioners were told of, as it was told."""
