"""What is done with a batch of deliveries: one transaction, in which a bad message fails alone."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from shared.clock import Clock
from shared.errors import BrokerAway, CannotSucceed, DatabaseAway, FosterframeError, MayYetSucceed
from shared.logs import correlated, told
from shared.messaging import parking
from shared.messaging.fate import Parked, fate_of
from shared.messaging.measures import Measures, Tally
from shared.messaging.message import Delivery
from shared.messaging.received import Received, read
from shared.messaging.spans import BatchSpans
from shared.messaging.topology import RETRY_DELAYS_SECONDS, is_bound
from shared.messaging.work import Handler, Work
from shared.persistence import inbox
from shared.persistence.database import Database, naming_the_lost
from shared.persistence.deferred import DeferredRows
from shared.persistence.inbox import Claim, Fate, Verdict
from shared.tracing import Tracing

_log = logging.getLogger(__name__)

_SAME_ID: Final = CannotSucceed(
    "an event with this id and other content was received before",
    field="id",
    advice="Give each event an id of its own; send a correction under a new id.",
)
_NO_HANDLER: Final = CannotSucceed(
    "this type of message is not handled by this service",
    field="type",
    advice="Publish to the exchange under the type as routing key, not to a queue.",
)


class RowsRefused(FosterframeError):  # noqa: N818 - a state of the work, not a fault of ours
    """The database refused rows of several messages at once; which of them is at fault is open."""


class BatchWork(Work):
    """The work of a whole batch, in which what each message wrote can be dropped on its own."""

    def __init__(self, connection: Connection, clock: Clock, service: str) -> None:
        super().__init__(connection, clock, service)
        self._has_savepoint = False
        self._kept = DeferredRows()
        self._marks = (0, 0)

    @property
    def connection(self) -> Connection:
        """Return the connection; from here on, this message has a savepoint of its own.

        Raises:
            RowsRefused: the rows of earlier messages could not be written.
        """
        if not self._has_savepoint:
            _write(self._kept, self._transaction)
            # Said in plain SQL: SQLAlchemy's own savepoints take three times as long.
            self._transaction.exec_driver_sql("SAVEPOINT one_message")
            self._has_savepoint = True
        return self._transaction

    def begin(self, message: Received, traceparent: str) -> None:
        """Turn to the next message; its span, where it has one, is the parent of what follows."""
        self.cause = message.event
        # Untraced, its own is passed on, also where it stands beside the event.
        self.traceparent = traceparent or message.traceparent
        self._positions.clear()
        self._marks = len(self._messages), len(self._entries)

    def keep(self) -> None:
        """Keep what the message wrote."""
        if self._has_savepoint:
            self._transaction.exec_driver_sql("RELEASE SAVEPOINT one_message")
            self._has_savepoint = False
        if self._rows:
            self._kept.take(self._rows)

    def drop(self) -> None:
        """Undo what the message wrote."""
        if self._has_savepoint:
            self._transaction.exec_driver_sql("ROLLBACK TO SAVEPOINT one_message")
            self._transaction.exec_driver_sql("RELEASE SAVEPOINT one_message")
            self._has_savepoint = False
        self._rows.clear()
        messages, entries = self._marks
        del self._messages[messages:]
        del self._entries[entries:]

    def finish(self) -> None:
        """Write everything that waits.

        Raises:
            RowsRefused: some of it could not be written.
        """
        _write(self._kept, self._transaction)
        super().finish()


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Takes batches of deliveries into one service.

    Args:
        retry_delays_seconds: how long a message waits before each further attempt.
    """

    service: str
    database: Database
    handlers: Mapping[str, Handler]
    clock: Clock
    measures: Measures = field(default_factory=Measures)
    retry_delays_seconds: Sequence[int] = RETRY_DELAYS_SECONDS
    tracing: Tracing | None = None

    def take(self, deliveries: Sequence[Delivery]) -> None:
        """Handle, retry or park each delivery; when this returns, all is committed: acknowledge.

        Raises:
            DatabaseAway: nothing is known to be committed; do not acknowledge.
        """
        began = time.perf_counter()
        batch = [read(delivery) for delivery in deliveries]
        self.measures.taking(
            (one.delivery.queue, one.event.time) for one in batch if one.event is not None
        )
        tally = self._settle(batch)
        self.measures.batch(time.perf_counter() - began, tally, self.clock.now())

    def _settle(self, batch: Sequence[Received]) -> Tally:
        try:
            return self._transact(batch)
        except (BrokerAway, DatabaseAway):
            raise
        except Exception as error:  # noqa: BLE001 - whatever the database refuses is one message's fault
            if len(batch) == 1:
                refused = error.__cause__ if isinstance(error, RowsRefused) else error
                return self._transact(batch, refused)
            _log.warning("a batch is done again, each message alone", extra=told(size=len(batch)))
        # It is not known whose rows were refused: each message on its own will show it.
        tally = Tally()
        for message in batch:
            tally.update(self._settle([message]))
        return tally

    def _transact(self, batch: Sequence[Received], failure: BaseException | None = None) -> Tally:
        """Settle a batch in one transaction; a known failure stands in for calling the handler."""
        tally = Tally()
        spans = None if self.tracing is None else BatchSpans(self.tracing, self.service)
        with self.database.transaction() as connection:
            work = BatchWork(connection, self.clock, self.service)
            work.batch = [one.event for one in batch if one.event is not None]
            claims = inbox.claim(connection, [one.arrival for one in batch], work.now)
            for message in batch:
                traceparent = "" if spans is None else spans.begin(message)
                claim = claims[message.message_id]
                began = time.perf_counter()
                with correlated(message.correlation_id, message.trace_id or traceparent[3:35]):
                    fate = self._settle_one(work, message, claim, failure, traceparent)
                tally.settled(message.type, fate, message.event, time.perf_counter() - began)
                if spans is not None:
                    spans.settled(fate)
            work.finish()
            inbox.settle(connection, claims.items())
        if spans is not None:
            spans.tell()
        return tally

    def _settle_one(
        self,
        work: BatchWork,
        message: Received,
        claim: Claim,
        failure: BaseException | None,
        traceparent: str,
    ) -> str:
        verdict = claim.verdict(message.arrival)
        if verdict is Verdict.DUPLICATE:
            return "duplicate"
        if verdict is Verdict.CONTRADICTION:
            self._fail(work, message, _SAME_ID)
            return Fate.PARKED
        work.begin(message, traceparent)
        try:
            self._handle(work, message, failure)
            fate = Fate.HANDLED
        except (BrokerAway, DatabaseAway, RowsRefused):
            raise
        except Exception as error:  # noqa: BLE001 - every error becomes a fate; none is swallowed
            work.drop()
            fate = self._fail(work, message, error)
        claim.becomes(fate, message.arrival)
        return fate

    def _handle(self, work: BatchWork, message: Received, failure: BaseException | None) -> None:
        if failure is not None:
            raise failure
        if message.event is None:
            raise message.fault or _NO_HANDLER
        handler = self.handlers.get(message.type)
        if handler is None or not is_bound(message.type, message.delivery.queue):
            # A party may write under its own keys, and a body may claim any type.
            raise _NO_HANDLER
        with naming_the_lost():
            handler(work, message.event)
            work.keep()

    def _fail(self, work: BatchWork, message: Received, error: Exception) -> Fate:
        fate = fate_of(error, message.arrival.attempt, self.retry_delays_seconds)
        facts = told(
            message_id=message.message_id, type=message.type, attempt=message.arrival.attempt
        )
        unforeseen = None if isinstance(error, CannotSucceed | MayYetSucceed) else error
        if isinstance(fate, Parked):
            _log.warning("parked: %s", fate.reason, extra=facts, exc_info=unforeseen)
            work.publish(parking.parked(message, fate, self.service, work.now))
            work.publish(parking.rejection(message, fate, self.service, work.now))
            return Fate.PARKED
        seconds = fate.delay_seconds
        why = f": {error}" if isinstance(error, MayYetSucceed) else ""
        _log.warning("to be tried again in %d s%s", seconds, why, extra=facts, exc_info=unforeseen)
        work.publish(parking.retry(message, fate, self.service))
        return Fate.WAITING


def _write(rows: DeferredRows, connection: Connection) -> None:
    try:
        with naming_the_lost():
            rows.write(connection)
    except DatabaseAway:
        raise
    except Exception as error:
        raise RowsRefused from error
