"""What a service has told, one message after the other, as it can be told again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from sqlalchemy import Connection, Select, select

from shared.contracts.event import Event, encode
from shared.contracts.fields import Data
from shared.messaging.message import EXCHANGE, Outgoing
from shared.persistence.chain import Entry
from shared.persistence.database import Database, is_away
from shared.persistence.purges import Purge, purges
from shared.persistence.tables import DELIVERY

COUNTED_AT_A_TIME: Final = 1_000
READ_AT_A_TIME: Final = 50
"""How many bodies are in memory of one kind of message; a decision is up to 256 kB long."""

M = TypeVar("M")

_log = DELIVERY.log


class Lost(StrEnum):
    """Why a message cannot be told again."""

    PURGED = "purged"
    ALTERED = "altered"
    TOO_OLD = "told by an older version"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be told again.

    Args:
        since: told then or later.
        until: told then or before.
        subject: about this referral, placement, agency or review only.
        whole: with its body; else it is only counted.
    """

    since: datetime
    until: datetime
    subject: str | None = None
    whole: bool = True

    @property
    def at_a_time(self) -> int:
        """How many are read at a time."""
        return READ_AT_A_TIME if self.whole else COUNTED_AT_A_TIME


@dataclass(frozen=True, slots=True)
class Told:
    """A message that was told.

    Args:
        lost: why it cannot be told again, if it cannot.
        message: the same, ready to be told again; none where it is only counted.
        count: how many it stands for, at most; those that were purged are not known one by one.
    """

    type: str
    told_at: datetime
    routing_key: str = ""
    message: Outgoing | None = None
    lost: Lost | None = None
    count: int = 1


class Kept(Protocol):
    """One type of message of which a service keeps what it has told."""

    type: str

    def told(self, database: Database, wanted: Wanted) -> Iterator[Told]:
        """Yield what was told, in the order in which it was, a portion at a time."""


def again(event: Event[Data], written: bytes, routing_key: str) -> Outgoing:
    """Return a message as it was told the first time.

    Args:
        event: what stood around its data.
        written: its data.
        routing_key: whereby it finds its readers.
    """
    return Outgoing(
        exchange=EXCHANGE,
        routing_key=routing_key,
        body=encode(event, written=written),
        message_id=event.id,
        type=event.type,
        correlation_id=event.correlation_id,
        headers={"traceparent": event.traceparent} if event.traceparent else {},
    )


def unless_altered(make: Callable[[], M]) -> M | None:
    """Return what is made of a row, or nothing where it cannot be made any more.

    As an audit: altered facts may fail anywhere, and a lost database is no find.
    """
    try:
        return make()
    except Exception as error:
        if is_away(error):
            raise
        return None


Look = Callable[[Connection, Sequence[Entry], Sequence[Purge]], Sequence[Told]]
"""Finds what some entries of the log are of."""


def told_by_the_log(
    database: Database,
    kind: str,
    wanted: Wanted,
    subjects: "Select[tuple[str]] | Sequence[str] | None",
    look: Look,
) -> Iterator[Told]:
    """Yield what the log says that was told, in its order; what was purged since stands in it too.

    Args:
        database: the service's own.
        kind: the kind of the entries.
        wanted: what is to be told again.
        subjects: of which subjects of the log, if not of all.
        look: finds what they are of.
    """
    entries = select(_log).where(
        _log.c.kind == kind,
        _log.c.recorded_at >= wanted.since,
        _log.c.recorded_at <= wanted.until,
    )
    if subjects is not None:
        entries = entries.where(_log.c.subject.in_(subjects))
    position = 0
    while True:
        following = entries.where(_log.c.position > position).order_by(_log.c.position)
        with database.reading() as connection:
            rows = connection.execute(following.limit(wanted.at_a_time)).all()
            if not rows:
                return
            found = [Entry(row.kind, row.subject, row.body_digest, row.recorded_at) for row in rows]
            told = look(connection, found, purges(connection))
        yield from told
        position = rows[-1].position
