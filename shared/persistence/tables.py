"""The tables that every service has: inbox, outbox, the hash-chained log, and its operators'."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, Text

from shared.persistence.columns import Instant, RisingNumber

NAMES: Final = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""How constraints are named, so that a later migration can find them."""


@dataclass(frozen=True, slots=True)
class DeliveryTables:
    """What delivery and its operators keep in a service's database."""

    inbox: Table
    outbox: Table
    log: Table
    log_head: Table
    floor: Table
    acts: Table


def service_metadata() -> MetaData:
    """Return an empty description of a service's tables, with names for its constraints."""
    return MetaData(naming_convention=NAMES)


def delivery_tables(metadata: MetaData) -> DeliveryTables:
    """Add the tables of delivery to the description of a service's tables."""
    return DeliveryTables(
        inbox=_inbox(metadata),
        outbox=_outbox(metadata),
        log=_log(metadata),
        log_head=_head(metadata),
        floor=_floor(metadata),
        acts=_acts(metadata),
    )


def _inbox(metadata: MetaData) -> Table:
    """One row for each message that was received, by its id; a second delivery finds it here."""
    return Table(
        "inbox",
        metadata,
        Column("message_id", String(200), primary_key=True),
        Column("type", String(120), nullable=False),
        Column("body_digest", LargeBinary(32), nullable=False),
        Column("received_at", Instant, nullable=False, index=True),
        Column("fate", String(10), nullable=False),
        Column("next_attempt", Integer, nullable=False),
    )


def _outbox(metadata: MetaData) -> Table:
    """One row for each message that the broker has not confirmed yet, in the order of sending."""
    return Table(
        "outbox",
        metadata,
        Column("id", RisingNumber, primary_key=True),
        Column("message_id", String(200), nullable=False),
        Column("exchange", String(120), nullable=False),
        Column("routing_key", String(255), nullable=False),
        Column("type", String(120), nullable=False),
        Column("correlation_id", String(200), nullable=False),
        Column("headers", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("created_at", Instant, nullable=False),
        # A number is never given twice, not even when the table has been emptied.
        sqlite_autoincrement=True,
    )


def _log(metadata: MetaData) -> Table:
    """One row for each decision and price change, each sealed with the digest of the one before."""
    return Table(
        "log",
        metadata,
        Column("position", RisingNumber, primary_key=True, autoincrement=False),
        Column("kind", String(120), nullable=False),
        Column("subject", String(200), nullable=False),
        Column("body_digest", String(64), nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("previous", String(64), nullable=False),
        Column("digest", String(64), nullable=False),
    )


def _head(metadata: MetaData) -> Table:
    """The one row that says where the log ends; who holds it may append."""
    return Table(
        "log_head",
        metadata,
        Column("only", Integer, primary_key=True, autoincrement=False),
        Column("position", RisingNumber, nullable=False),
        Column("digest", String(64), nullable=False),
    )


def _floor(metadata: MetaData) -> Table:
    """The one row that says from which step of the migrations on code may work with the tables."""
    return Table(
        "schema_floor",
        metadata,
        Column("only", Integer, primary_key=True, autoincrement=False),
        Column("step", String(32), nullable=False),
    )


def _acts(metadata: MetaData) -> Table:
    """One row for each thing that an operator did to what is kept; the log has its digest."""
    return Table(
        "acts",
        metadata,
        Column("number", RisingNumber, primary_key=True),
        Column("kind", String(40), nullable=False),
        Column("subject", String(200), nullable=False),
        Column("told", Text, nullable=False),
        Column("recorded_at", Instant, nullable=False),
        sqlite_autoincrement=True,
    )


DELIVERY: Final = delivery_tables(service_metadata())
"""The same tables, for those who work on them in any service's database."""
