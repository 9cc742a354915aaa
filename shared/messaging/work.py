"""What a handler may touch: the rows, messages and log entries of one transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Table

from shared.clock import Clock
from shared.contracts.event import Event, encode, event_id
from shared.contracts.fields import Data
from shared.messaging.message import EXCHANGE, Outgoing
from shared.persistence import chain, outbox
from shared.persistence.database import Database
from shared.persistence.deferred import DeferredRows

D = TypeVar("D", bound=Data)


class Work:
    """One transaction's worth of work; one handler call at a time writes into it.

    Attributes:
        now: the instant of the work.
        today: its day in London.
        cause: the event being handled; None when a person or the clock caused the work.
        batch: all events that this transaction may handle, so that a handler can read for all of
            them at once.
        memory: what handlers remember from one event to the next; gone with the transaction.
        traceparent: the place in its trace of what is being done, where it is traced; else what
            follows from the cause has the cause's own.

    Args:
        connection: the transaction that everything is written in.
        clock: tells `now` and `today`, once for the whole transaction.
        service: who works.
        cause_id: what causes the work where no event does; the same id makes the same event ids.
    """

    def __init__(
        self, connection: Connection, clock: Clock, service: str, cause_id: str = ""
    ) -> None:
        self.now = clock.now()
        self.today = clock.today()
        self.cause: Event[Any] | None = None
        self.batch: Sequence[Event[Any]] = ()
        self.memory: dict[str, Any] = {}
        self.traceparent = ""
        self._transaction = connection
        self._service = service
        self._cause_id = cause_id
        self._positions: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._rows = DeferredRows()
        self._messages: list[Outgoing] = []
        self._entries: list[chain.Entry] = []

    @property
    def connection(self) -> Connection:
        """Return the connection to read and write with; rows not flushed are not yet seen."""
        return self._transaction

    def add(self, table: Table, row: Mapping[str, object]) -> None:
        """Insert a row, together with others, at the next flush or at the end."""
        self._rows.add(table, row)

    def flush(self) -> None:
        """Write the rows that were added, before they are read back."""
        self._rows.write(self.connection)

    def follow(
        self,
        type_: str,
        subject: str,
        data: D,
        *,
        correlation_id: str = "",
        sequence: int | None = None,
    ) -> Event[D]:
        """Return an event that follows from the cause; doing the work again makes the same id.

        Where the order of a subject's events matters, its `sequence` is told and makes the id.
        """
        cause = self.cause
        position = self._next_position(type_, subject) if sequence is None else sequence
        cause_id = self._cause_id if cause is None else cause.id
        return Event(
            id=event_id(cause_id, type_, subject, position),
            type=type_,
            source=source_of(self._service),
            subject=subject,
            time=self.now,
            data=data,
            correlation_id=correlation_id or (cause.correlation_id if cause else "") or subject,
            causation_id=cause_id,
            sequence="" if sequence is None else str(sequence),
            traceparent=self.traceparent or (cause.traceparent if cause else ""),
        )

    def send(
        self, event: Event[Any], *, routing_key: str | None = None, written: bytes | None = None
    ) -> None:
        """Publish an event once the work is committed, to its type unless told otherwise.

        What is `written` stands for the event's data where its JSON is at hand already.
        """
        self.publish(
            Outgoing(
                exchange=EXCHANGE,
                routing_key=event.type if routing_key is None else routing_key,
                body=encode(event, written=written),
                message_id=event.id,
                type=event.type,
                correlation_id=event.correlation_id,
                headers={"traceparent": event.traceparent} if event.traceparent else {},
            )
        )

    def publish(self, message: Outgoing) -> None:
        """Publish a message that is ready as it is, once the work is committed."""
        self._messages.append(message)

    def record(self, kind: str, subject: str, body: bytes, *, digest: str = "") -> None:
        """Append to the log that cannot be altered unseen; it keeps the body's digest only.

        The `digest` is that of the body, where it is at hand already.
        """
        self._entries.append(chain.entry(kind, subject, body, self.now, digest))

    def _next_position(self, type_: str, subject: str) -> int:
        position = self._positions[type_, subject]
        self._positions[type_, subject] += 1
        return position

    def finish(self) -> None:
        """Write everything that waits, the log last because it lets nobody else in."""
        self._rows.write(self._transaction)
        outbox.write(self._transaction, self._messages, self.now)
        self._messages.clear()
        chain.append(self._transaction, self._entries)
        self._entries.clear()


Handler = Callable[[Work, Event[Any]], None]
"""What a service does about one type of event.

It may be called again for the same event, after all that it wrote was rolled back: what it
remembers outside the database must allow for that.
"""


@contextmanager
def work_on(database: Database, clock: Clock, service: str, *, cause_id: str) -> Iterator[Work]:
    """Give work that a person or the clock causes; it is committed at the end, or not at all.

    Args:
        database: the service's own.
        clock: tells the time.
        service: who works.
        cause_id: names what causes the work, such as a command or a day, so that the same work
            done again makes the same events.

    Raises:
        DatabaseAway: the database was lost; nothing is published unless all was committed.
    """
    with database.transaction() as connection:
        work = Work(connection, clock, service, cause_id)
        yield work
        work.finish()


def source_of(service: str) -> str:
    """Return how a service names itself as the source of its events."""
    return f"urn:fosterframe:{service}"
