"""The worker takes batches from its service's queues, has them handled, and acknowledges them."""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from shared.clock import Clock
from shared.errors import BrokerAway, BrokerMisconfigured, DatabaseAway
from shared.health import Health
from shared.logs import told
from shared.messaging.backoff import backoff
from shared.messaging.batch import Intake
from shared.messaging.broker import Broker, Link
from shared.messaging.depths import Depths
from shared.messaging.measures import Measures
from shared.messaging.message import Delivery
from shared.messaging.pace import Pace
from shared.messaging.relay import Relay
from shared.messaging.topology import (
    CONSUMED_QUEUES,
    HEAVY_QUEUES,
    RETRY_DELAYS_SECONDS,
    dead_queue,
    part_of,
    retry_queue,
    shared_part_of,
    topology,
)
from shared.messaging.turns import Turns
from shared.messaging.work import Handler
from shared.persistence.database import Database
from shared.tracing import Tracing

BATCH_LIMIT: Final = 200
"""The most messages in one transaction: an emergency waits for no more than these."""

HEAVY_AHEAD: Final = 4
"""How many heavy messages a worker holds: each time it dies of one, the others count as returned
too, and the broker parks what was returned too often."""

STOPS_WITHIN_SECONDS: Final = 10.0
_LISTEN_SECONDS: Final = 0.5
_DRAIN_SECONDS: Final = 8.0

_log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Worker:
    """Consumes the queues of one service, until it is told to stop.

    Args:
        queues: those to read, the urgent one first; the service's own unless told otherwise.
        declares: whether it makes the topology; one owner does, all others only check it.
        only_own: whether what it makes is its own queues only, and not the other parties'.
        limit: the most messages in one transaction.
        prefetch: how many messages the broker may hand over ahead, of each queue.
        tracing: where spans are told; None where nobody wants them.
    """

    service: str
    broker: Broker
    database: Database
    handlers: Mapping[str, Handler]
    clock: Clock
    queues: Sequence[str] = ()
    declares: bool = False
    only_own: bool = False
    limit: int = BATCH_LIMIT
    prefetch: int = BATCH_LIMIT
    retry_delays_seconds: Sequence[int] = RETRY_DELAYS_SECONDS
    health: Health = field(default_factory=lambda: Health("broker", "database"))
    measures: Measures = field(default_factory=Measures)
    random: Random = field(default_factory=Random)
    tracing: Tracing | None = None

    def __post_init__(self) -> None:
        urgent, *others = self.queues or CONSUMED_QUEUES[self.service]
        # Heavy work waits its turn once it is here; behind a full queue it would never come.
        self._reads = (urgent, *sorted(others, key=lambda queue: queue not in HEAVY_QUEUES))
        self._intake = Intake(
            service=self.service,
            database=self.database,
            handlers=self.handlers,
            clock=self.clock,
            measures=self.measures,
            retry_delays_seconds=self.retry_delays_seconds,
            tracing=self.tracing,
        )
        self.relay = Relay(
            service=self.service,
            broker=self.broker,
            database=self.database,
            health=self.health,
            measures=self.measures,
            random=self.random,
            tracing=self.tracing,
        )
        waiting = [retry_queue(self.service, delay) for delay in self.retry_delays_seconds]
        self._depths = Depths([dead_queue(self.service), *self._reads, *waiting], self.measures)
        self._pace = Pace(self.limit)
        self._is_connected = False
        self._link: Link | None = None
        self._delays = backoff(self.random)

    @property
    def is_blocked(self) -> bool:
        """Say whether the broker takes nothing for now; any thread may ask."""
        links = (self._link, self.relay.link)
        return any(link is not None and link.is_blocked for link in links)

    def run(self, stop: threading.Event) -> None:
        """Handle messages until `stop` is set; then finish the batch, publish, and return.

        It returns within ten seconds. The broker or the database may go and come back meanwhile.
        """
        self.relay.start()
        try:
            while not stop.is_set():
                self.relay.raise_if_failed()
                self._consume_until_trouble(stop)
        finally:
            self.relay.stop(_DRAIN_SECONDS if self._is_connected else 0.0)
        self.relay.raise_if_failed()

    def _consume_until_trouble(self, stop: threading.Event) -> None:
        try:
            self._await_database(stop)
            self._consume(stop)
        except BrokerAway as away:
            self._pause("broker", str(away), next(self._delays), stop)
        except BrokerMisconfigured as refusal:
            # A proxy whose broker is just starting looks like one that is set up wrongly.
            self._pause("broker", str(refusal), next(self._delays), stop)
        except DatabaseAway as away:
            self._pause("database", str(away), next(self._delays), stop)

    def _consume(self, stop: threading.Event) -> None:
        link = self._link = self.broker.connect()
        try:
            self._prepare(link)
            self._is_connected = True
            self.health.well("broker")
            fewer = dict.fromkeys(HEAVY_QUEUES, min(self.prefetch, HEAVY_AHEAD))
            link.consume(self._reads, self.prefetch, fewer)
            _log.info("consuming", extra=told(limit=self.limit))
            turns = Turns(self._reads[0], HEAVY_QUEUES)
            while not stop.is_set():
                self.relay.raise_if_failed()
                self._take_next(link, turns, stop)
            link.stop_consuming()
        finally:
            self._link = None
            self._depths.forget()
            link.close()

    def _prepare(self, link: Link) -> None:
        whole = topology(self.retry_delays_seconds)
        if not self.declares:
            link.check(whole)
        elif self.only_own:
            link.check(shared_part_of(whole))
            link.declare(part_of(whole, self.service))
        else:
            link.declare(whole)

    def _take_next(self, link: Link, turns: Turns, stop: threading.Event) -> None:
        batch = link.next_batch(self._pace.limit, 0.0 if turns.has_kept else _LISTEN_SECONDS)
        kept = HEAVY_QUEUES if turns.has_kept else frozenset()
        self.measures.waits_only_in({*kept, *self._not_emptied_by(batch)})
        self._depths.ask_if_due(link)
        began = time.monotonic()
        light = turns.begin(batch)
        for part in light:
            self._settle(part, link, stop)
        count = sum(map(len, light))
        self._pace.took(count, time.monotonic() - began, beside=len(batch) - count)
        while not stop.is_set() and (part := turns.next_heavy()):
            self._settle(part, link, stop)

    def _not_emptied_by(self, batch: Sequence[Delivery]) -> Sequence[str]:
        """Return the queues that may hold more: none gives anything while one above it does."""
        if len(batch) < self._pace.limit:
            return ()
        return self._reads[max(self._reads.index(one.queue) for one in batch) :]

    def _settle(self, part: Sequence[Delivery], link: Link, stop: threading.Event) -> None:
        """Have a part of a batch committed, then acknowledge it."""
        self._take_while_it_answers(part, stop)
        link.ack(part)
        self.relay.wake()
        self.health.batch(self.clock.now(), len(part))
        self._delays = backoff(self.random)

    def _take_while_it_answers(self, batch: Sequence[Delivery], stop: threading.Event) -> None:
        """Have a batch handled, though the database answers and for a while takes nothing.

        A full disk or a standby lets us read. A batch given back each time would soon be at its
        delivery limit, and the broker would park it with nobody told.
        """
        while True:
            try:
                self._intake.take(batch)
            except DatabaseAway as away:
                self._pause("database", str(away), next(self._delays), stop)
                self.relay.raise_if_failed()
                if stop.is_set() or not self.database.answers():
                    raise
            else:
                self.health.well("database")
                return

    def _await_database(self, stop: threading.Event) -> None:
        """Consume nothing while the database is away: what was delivered goes back meanwhile."""
        while not stop.is_set():
            if self.database.answers():
                self.health.well("database")
                return
            self._pause("database", "the database does not answer", next(self._delays), stop)

    def _pause(self, part: str, reason: str, seconds: float, stop: threading.Event) -> None:
        self._is_connected = self._is_connected and part != "broker"
        self.health.trouble(part, reason)
        _log.warning("%s; waiting", reason, extra=told(part=part, seconds=round(seconds, 1)))
        stop.wait(seconds)
