"""What a worker promises on any broker. A subclass gives a fixture `broker`."""

import threading
import time

import pytest

from shared.contracts.catalogue import REFERRAL_RECEIVED
from shared.messaging.message import EXCHANGE, Outgoing
from shared.messaging.rabbitmq.link import RabbitLink
from shared.messaging.topology import topology
from shared.messaging.worker import Worker
from shared.persistence.database import Database
from tests.delivery.small_service import (
    HANDLERS,
    PASSED_ON,
    QUEUE,
    SERVICE,
    clock,
    counted,
    log_length,
    make_tables,
    sent,
    waiting,
)

SOON_SECONDS = 90
OFTEN_SECONDS = 0.02
QUICK_LADDER = (1, 2)
"""Delays in seconds, for tests that wait them out."""


class Running:
    """A worker in a thread of its own."""

    def __init__(self, worker):
        self.worker = worker
        self.stop_asked = threading.Event()
        self.failure = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        """Ask it to stop, and return the seconds that this took."""
        began = time.monotonic()
        self.stop_asked.set()
        self._thread.join(SOON_SECONDS)
        assert not self._thread.is_alive()
        return time.monotonic() - began

    def _run(self):
        try:
            self.worker.run(self.stop_asked)
        except Exception as failure:  # noqa: BLE001 - the test looks at it
            self.failure = failure


def until(condition):
    deadline = time.monotonic() + SOON_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(OFTEN_SECONDS)


def publish(broker, *messages):
    link = broker.connect()
    link.declare(topology(QUICK_LADDER))
    assert link.submit(messages).wait(SOON_SECONDS) == []
    link.close()


def depth(broker, queue):
    link = broker.connect()
    found = link.depth(queue)
    link.close()
    return found


def read_all(broker, queue):
    """Return what stands in a queue, and take it out."""
    link = broker.connect()
    found = []
    for batch in every_batch(link, queue):
        found += batch
        link.ack(batch)
    link.close()
    return found


def every_batch(link, queue, prefetch=2000):
    """Yield what stands in a queue until nothing is there, and nothing on its way to us.

    What RabbitMQ has on its way is in no depth: so an empty queue is looked at twice.
    """
    quiet_seconds = 1 if isinstance(link, RabbitLink) else 0
    link.consume([queue], prefetch)
    was_empty = False
    while not was_empty or link.depth(queue):
        batch = link.next_batch(1000, quiet_seconds)
        was_empty = not batch
        if batch:
            yield batch


def until_delivered(one, count):
    """Wait until RabbitMQ has pushed so many to a worker; the embedded broker pushes none."""
    link = one.worker._link
    if isinstance(link, RabbitLink):
        until(lambda: link._consuming().unacknowledged >= count)


class WorkersOnABroker:
    """Inherit, and give a fixture `broker` that nobody else uses."""

    @pytest.fixture
    def database(self, tmp_path):
        opened = Database.open(f"sqlite:///{tmp_path}/service.db")
        make_tables(opened)
        yield opened
        opened.close()

    @pytest.fixture
    def workers(self, broker, database):
        """Make workers that are stopped at the end of the test."""
        made = []

        def make(**more):
            worker = Worker(
                service=SERVICE,
                broker=more.pop("broker", broker),
                database=more.pop("database", database),
                handlers=more.pop("handlers", HANDLERS),
                clock=clock(),
                declares=more.pop("declares", True),
                retry_delays_seconds=QUICK_LADDER,
                **more,
            )
            made.append(Running(worker))
            return made[-1]

        yield make
        for one in made:
            if one._thread.is_alive():
                one.stop()


class WorkerPromises(WorkersOnABroker):
    """Inherit, and give a fixture `broker` that nobody else uses."""

    def test_what_was_published_is_handled_and_passed_on(self, broker, database, workers):
        publish(broker, *[sent(f"R-{number}") for number in range(500)])

        workers().start()

        until(lambda: depth(broker, PASSED_ON) == 500)
        assert len(counted(database)) == log_length(database) == 500
        until(lambda: waiting(database) == [])

    def test_a_ladder_is_climbed_and_the_message_parked_and_rejected(self, broker, workers):
        publish(broker, sent("later-1"), sent("R-1"))

        one = workers().start()

        until(lambda: depth(broker, "eligibility.dead") == 1)
        until(lambda: depth(broker, "case-management.rejections") == 1)
        one.stop()
        assert one.worker.measures.messages_by_fate() == {"handled": 1, "waiting": 2, "parked": 1}
        (parked,) = read_all(broker, "eligibility.dead")
        assert parked.headers["x-fosterframe-queue"] == QUEUE
        assert parked.headers["x-fosterframe-attempt"] == 4

    def test_a_message_that_waited_is_handled_when_its_time_has_come(
        self, broker, database, workers
    ):
        tries = []

        def third_time_lucky(work, event):
            tries.append(event.id)
            if len(tries) < 3:
                raise KeyError("2015-03-04")
            HANDLERS[REFERRAL_RECEIVED](work, event)

        publish(broker, sent("R-1"))

        workers(handlers={REFERRAL_RECEIVED: third_time_lucky}).start()

        until(lambda: depth(broker, PASSED_ON) == 1)
        assert counted(database) == ["R-1"]

    def test_an_emergency_waits_for_no_more_than_one_batch(self, broker, workers):
        handled = []
        first_batch_began, go_on = threading.Event(), threading.Event()

        def slowly(work, event):  # noqa: ARG001 - a handler's signature
            handled.append(event.data.referral_id)
            first_batch_began.set()
            assert go_on.wait(SOON_SECONDS)

        publish(broker, *[sent(f"R-{number}") for number in range(100)])
        one = workers(handlers={REFERRAL_RECEIVED: slowly}, limit=10).start()
        assert first_batch_began.wait(SOON_SECONDS)

        urgent = sent("urgent-1")
        key = REFERRAL_RECEIVED + ".emergency"
        publish(broker, Outgoing(EXCHANGE, key, urgent.body, urgent.message_id, urgent.type))
        until_delivered(one, 101)
        go_on.set()

        until(lambda: len(handled) == 101)
        assert 1 <= handled.index("urgent-1") <= 10

    def test_told_to_stop_it_finishes_its_batch_publishes_and_returns_within_10_seconds(
        self, broker, database, workers
    ):
        publish(broker, *[sent(f"R-{number}") for number in range(400)])
        one = workers(limit=50).start()
        until(lambda: counted(database))

        seconds = one.stop()

        assert seconds < 10
        assert one.failure is None
        assert waiting(database) == []
        done = len(counted(database))
        until(lambda: depth(broker, PASSED_ON) == done)
        # RabbitMQ hears of a closed link in its own time.
        until(lambda: depth(broker, QUEUE) == 400 - done)

    def test_what_one_worker_left_another_finishes(self, broker, database, workers):
        publish(broker, *[sent(f"R-{number}") for number in range(300)])
        first = workers(limit=20).start()
        until(lambda: counted(database))
        first.stop()

        workers().start()

        until(lambda: len(counted(database)) == 300)
        until(lambda: depth(broker, PASSED_ON) == 300)
