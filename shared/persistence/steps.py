"""What a service's migrations are made of, and what each of them says about older code.

A step is a file in `migrations/versions/`. Beside Alembic's own names it states

- `floor`: the lowest step whose code may still work with the database once this step is taken. A
  step that only adds leaves it where it was; one that takes something away raises it, and so comes
  a release after the code that no longer needs it.
- `live_indexes`: indexes on tables that workers are writing to at the time. They are built before
  the rest of the step, without holding anybody up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text
from sqlalchemy.schema import SchemaItem

from shared.persistence.columns import Instant, RisingNumber


class TableMaker(Protocol):
    """What of `alembic.op` is needed to make tables."""

    def create_table(self, table_name: str, *columns: SchemaItem, **kw: Any) -> Table:  # noqa: ANN401 - as in Alembic
        """Make a table."""


@dataclass(frozen=True, slots=True)
class LiveIndex:
    """An index on a table that is being written to."""

    name: str
    table: str
    columns: Sequence[str]


INBOX_BY_AGE: Final = LiveIndex("ix_inbox_received_at", "inbox", ("received_at",))
"""Finds what was received longest ago, so that it can be purged."""


def create_delivery_tables(op: TableMaker) -> None:
    """Make inbox, outbox and log, as the first step of any service's migrations."""
    op.create_table(
        "inbox",
        Column("message_id", String(200), primary_key=True),
        Column("type", String(120), nullable=False),
        Column("body_digest", LargeBinary(32), nullable=False),
        Column("received_at", Instant, nullable=False),
        Column("fate", String(10), nullable=False),
        Column("next_attempt", Integer, nullable=False),
    )
    op.create_table(
        "outbox",
        Column("id", RisingNumber, primary_key=True),
        Column("message_id", String(200), nullable=False),
        Column("exchange", String(120), nullable=False),
        Column("routing_key", String(255), nullable=False),
        Column("type", String(120), nullable=False),
        Column("correlation_id", String(200), nullable=False),
        Column("headers", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("created_at", Instant, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "log",
        Column("position", RisingNumber, primary_key=True, autoincrement=False),
        Column("kind", String(120), nullable=False),
        Column("subject", String(200), nullable=False),
        Column("body_digest", String(64), nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("previous", String(64), nullable=False),
        Column("digest", String(64), nullable=False),
    )
    op.create_table(
        "log_head",
        Column("only", Integer, primary_key=True, autoincrement=False),
        Column("position", RisingNumber, nullable=False),
        Column("digest", String(64), nullable=False),
    )


def create_operating_tables(op: TableMaker) -> None:
    """Make the floor, and what people did to the service, in a step of their own."""
    op.create_table(
        "schema_floor",
        Column("only", Integer, primary_key=True, autoincrement=False),
        Column("step", String(32), nullable=False),
    )
    op.create_table(
        "acts",
        Column("number", RisingNumber, primary_key=True),
        Column("kind", String(40), nullable=False),
        Column("subject", String(200), nullable=False),
        Column("told", Text, nullable=False),
        Column("recorded_at", Instant, nullable=False),
        sqlite_autoincrement=True,
    )
