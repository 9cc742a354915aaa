"""The tables that every service has for delivery: inbox, outbox and the hash-chained log."""

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
    """What delivery keeps in a service's database."""

    inbox: Table
    outbox: Table
    log: Table
    log_head: Table


def service_metadata() -> MetaData:
    """Return an empty description of a service's tables, with names for its constraints."""
    return MetaData(naming_convention=NAMES)


def delivery_tables(metadata: MetaData) -> DeliveryTables:
    """Add the tables of delivery to the description of a service's tables."""
    return DeliveryTables(_inbox(metadata), _outbox(metadata), _log(metadata), _head(metadata))


def _inbox(metadata: MetaData) -> Table:
    """One row for each message that was received, by its id; a second delivery finds it here."""
    return Table(
        "inbox",
        metadata,
        Column("message_id", String(200), primary_key=True),
        Column("type", String(120), nullable=False),
        Column("body_digest", LargeBinary(32), nullable=False),
        Column("received_at", Instant, nullable=False),
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


DELIVERY: Final = delivery_tables(service_metadata())
"""The same tables, for those who work on them in any service's database."""
