"""The relay publishes the outbox, in order, and removes from it what the broker has confirmed."""

import logging
import threading
import time
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from random import Random
from typing import Final

from shared.errors import BrokerAway, BrokerMisconfigured, DatabaseAway
from shared.health import Health
from shared.logs import told
from shared.messaging.backoff import backoff
from shared.messaging.broker import Broker, Link, Submission
from shared.messaging.measures import Measures
from shared.messaging.message import Refused
from shared.messaging.pauses import Pauses
from shared.messaging.spans import tell_published
from shared.persistence import outbox
from shared.persistence.database import Database
from shared.persistence.lease import Lease
from shared.persistence.outbox import Route, Waiting
from shared.tracing import Tracing

MESSAGES_AT_A_TIME: Final = 500
FLIGHTS_AT_ONCE: Final = 4
"""How many submissions may wait for their confirmations, so that the broker is never idle."""

CONFIRMED_WITHIN_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.5
"""How soon messages are noticed that another process put into the outbox."""

BACKLOG_EVERY_SECONDS: Final = 5.0
BACKLOG_SHARE: Final = 100
"""To count a long outbox takes its time; it takes no more than one part in these."""

MOST_SET_ASIDE: Final = 1000
MOST_CONFIRMED: Final = 100_000
"""How many confirmed messages may stand in the outbox while others are writing to it."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Flight:
    waiting: Sequence[Waiting]
    submission: Submission
    began: int


@dataclass(kw_only=True)
class Relay:
    """Publishes one database's outbox from a thread of its own, over a link of its own.

    Any number of processes may run one; only the one that holds the lease publishes.

    Attributes:
        link: the link that it publishes over; none while there is none.
        is_publisher: whether it held the lease when it last asked.
    """

    service: str
    broker: Broker
    database: Database
    health: Health = field(default_factory=Health)
    measures: Measures = field(default_factory=Measures)
    random: Random = field(default_factory=Random)
    tracing: Tracing | None = None

    def __post_init__(self) -> None:
        self.link: Link | None = None
        self.is_publisher = False
        self._woken = threading.Event()
        self._until: float | None = None
        self._failure: BaseException | None = None
        self._confirmed: set[int] = set()
        self._is_orderly = True
        self._shut_routes: Pauses[Route] = Pauses(self.random)
        self._set_aside: Pauses[int] = Pauses(self.random)
        self._backlog_due = 0.0
        self._delays = backoff(self.random)
        self._thread = threading.Thread(target=self._run, name=f"{self.service}-relay", daemon=True)

    def start(self) -> None:
        """Begin to publish."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something new in the outbox."""
        self._woken.set()

    def stop(self, drain_seconds: float) -> None:
        """Publish what can still be published within that time, then end."""
        self._until = time.monotonic() + drain_seconds
        self.wake()
        self._thread.join(drain_seconds + 1)

    def raise_if_failed(self) -> None:
        """Raise what ended the relay, if it was a fault of its own."""
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        while not self._is_over():
            try:
                self._publish_while_leased()
                self._rest(POLL_SECONDS)
            except (BrokerAway, BrokerMisconfigured, DatabaseAway) as trouble:
                seconds = next(self._delays)
                self.health.trouble("relay", f"messages are not being published: {trouble}")
                _log.warning("the relay pauses: %s", trouble, extra=told(seconds=round(seconds, 1)))
                if self._until is not None:
                    # Nothing is lost: what is in the outbox is published after the next start.
                    return
                self._rest(seconds)
            except Exception as fault:  # noqa: BLE001 - the worker's thread raises it
                self._failure = fault
                return

    def _publish_while_leased(self) -> None:
        """Publish until told to stop, unless somebody else does."""
        lease = Lease.take(self.database)
        self.is_publisher = lease is not None
        if lease is None:
            self.health.well("relay")
            # Whoever has the lease knows what waits; here, an old figure would stand for ever.
            self.health.outbox(0, None)
            if self._until is not None:
                # Whoever has the lease publishes what is left here.
                self._until = 0.0
            return
        try:
            self._tell_backlog(lease)
            link = self.link = self.broker.connect()
            try:
                self.health.well("relay")
                self._publish(lease, link)
            finally:
                self.link = None
                link.close()
        finally:
            lease.release()

    def _publish(self, lease: Lease, link: Link) -> None:
        flights: deque[_Flight] = deque()
        while not self._is_over():
            # Asked before looking: what was committed before the stop must still be seen.
            is_stopping = self._until is not None
            fresh = self._next(lease, flights) if len(flights) < FLIGHTS_AT_ONCE else []
            if fresh:
                submission = link.submit([one.message for one in fresh])
                flights.append(_Flight(fresh, submission, time.time_ns()))
            if flights and not (fresh and len(flights) < FLIGHTS_AT_ONCE):
                self._land(flights.popleft())
            elif not fresh:
                self._forget_confirmed(lease, waits=False)
                if is_stopping:
                    self._until = 0.0
                self._rest(POLL_SECONDS)
            if len(self._confirmed) >= MESSAGES_AT_A_TIME:
                self._forget_confirmed(lease, waits=len(self._confirmed) >= MOST_CONFIRMED)
            self._tell_backlog(lease)
            # It works: the next outage begins with short waits, however long this one was.
            self._delays = backoff(self.random)
        self._forget_confirmed(lease)

    def _next(self, lease: Lease, flights: Sequence[_Flight]) -> list[Waiting]:
        in_flight = {one.id for flight in flights for one in flight.waiting}
        after = self._all_sent_up_to(in_flight) if lease.is_in_order else 0
        besides = in_flight if after else in_flight | self._confirmed | self._set_aside.now()
        with lease.reading() as connection:
            return outbox.next_in_line(
                connection,
                limit=MESSAGES_AT_A_TIME,
                after=after,
                besides=besides,
                not_to=self._shut_routes.now(),
            )

    def _all_sent_up_to(self, in_flight: Collection[int]) -> int:
        """Return the number up to which everything was confirmed; 0 where that is not certain.

        Where some messages were passed over, it is certain only after a fresh start: until then a
        low number may still wait behind high ones that have gone.
        """
        if len(self._set_aside) or len(self._shut_routes):
            self._is_orderly = False
        elif not in_flight and not self._confirmed:
            self._is_orderly = True
        if not self._is_orderly or not self._confirmed:
            return 0
        highest = max(self._confirmed)
        return min(highest, min(in_flight) - 1) if in_flight else highest

    def _land(self, flight: _Flight) -> None:
        """Wait for a flight's confirmations; what was refused stays in the outbox."""
        refused = flight.submission.wait(CONFIRMED_WITHIN_SECONDS)
        reasons = {id(one.message): one for one in refused}
        if not reasons.keys() <= {id(one.message) for one in flight.waiting}:
            raise RuntimeError("the broker refused a message that was not in the submission")
        for one in flight.waiting:
            if id(one.message) not in reasons:
                self._confirmed.add(one.id)
                self._set_aside.worked(one.id)
        self.measures.publishing(len(flight.waiting) - len(refused), len(refused))
        if self.tracing is not None:
            gone = [one.message for one in flight.waiting if id(one.message) not in reasons]
            tell_published(self.tracing, gone, flight.began)
        by_route = sorted(flight.waiting, key=lambda one: one.route)
        for route, group in groupby(by_route, key=lambda one: one.route):
            members = list(group)
            kept = [one for one in members if id(one.message) in reasons]
            self._judge(route, members, kept, reasons)

    def _judge(
        self,
        route: Route,
        members: Sequence[Waiting],
        kept: Sequence[Waiting],
        reasons: dict[int, Refused],
    ) -> None:
        """Shut a route that takes nothing, to keep its order; set single messages aside."""
        if not kept:
            self._shut_routes.worked(route)
            return
        is_shut = len(kept) == len(members) or len(self._set_aside) > MOST_SET_ASIDE
        if is_shut:
            self._shut_routes.failed(route)
        else:
            for one in kept:
                self._set_aside.failed(one.id)
        _log.error(
            "the broker refused messages: %s; they are kept and sent again. "
            "Does every queue of the topology exist, with room in it?",
            reasons[id(kept[0].message)].reason,
            extra=told(
                exchange=route[0],
                routing_key=route[1],
                count=len(kept),
                # Of the first of them: to look it up, one is enough.
                correlation_id=kept[0].message.correlation_id,
            ),
        )

    def _forget_confirmed(self, lease: Lease, *, waits: bool = True) -> None:
        if not self._confirmed:
            return
        with lease.writing(waits=waits) as connection:
            if connection is None:
                return
            outbox.remove(connection, self._confirmed)
        self._confirmed.clear()

    def _tell_backlog(self, lease: Lease) -> None:
        began = time.monotonic()
        if began < self._backlog_due:
            return
        with lease.reading() as connection:
            backlog = outbox.backlog(connection)
        self.health.outbox(backlog.count, backlog.oldest)
        took = time.monotonic() - began
        self._backlog_due = began + max(BACKLOG_EVERY_SECONDS, took * BACKLOG_SHARE)

    def _is_over(self) -> bool:
        return self._until is not None and time.monotonic() >= self._until

    def _rest(self, seconds: float) -> None:
        if self._until is not None:
            seconds = min(seconds, max(0.0, self._until - time.monotonic()))
        self._woken.wait(seconds)
        self._woken.clear()
