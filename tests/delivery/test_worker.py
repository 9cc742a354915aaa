"""A worker on the embedded broker: what any worker promises, and brokers that go away."""

import threading
from contextlib import contextmanager

import pytest

from shared.errors import BrokerAway, DatabaseAway
from shared.messaging.embedded.broker import EmbeddedBroker
from shared.messaging.topology import topology
from shared.messaging.worker import STOPS_WITHIN_SECONDS
from shared.persistence.database import Database
from tests.delivery.small_service import (
    NOW,
    PASSED_ON,
    counted,
    log_length,
    sent,
    waiting,
)
from tests.delivery.worker_promises import WorkerPromises, depth, publish, until


class LosesAcknowledgements(EmbeddedBroker):
    """A broker whose link breaks when the first acknowledgements are sent."""

    def __init__(self, losses):
        super().__init__()
        self.losses = losses

    def connect(self):
        link = super().connect()
        acknowledge = link.ack

        def lose(deliveries):
            if self.losses:
                self.losses -= 1
                link.lose("the network went")
                raise BrokerAway("the network went")
            acknowledge(deliveries)

        link.ack = lose
        return link


class CountsReaders(EmbeddedBroker):
    """A broker that knows how often somebody began to read its queues."""

    def __init__(self):
        super().__init__()
        self.readers = 0

    def connect(self):
        link = super().connect()
        consume = link.consume

        def count(queues, prefetch, fewer):
            self.readers += 1
            consume(queues, prefetch, fewer)

        link.consume = count
        return link


class FullDisk(Database):
    """A database that answers, and takes nothing the first times."""

    refusals = 2

    @contextmanager
    def transaction(self):
        if self.refusals:
            self.refusals -= 1
            raise DatabaseAway("the disk is full")
        with super().transaction() as connection:
            yield connection


@pytest.fixture
def broker():
    return EmbeddedBroker()


class TestOnTheEmbeddedBroker(WorkerPromises):
    def test_a_crash_between_commit_and_acknowledgement_repeats_and_does_nothing_twice(
        self, database, workers
    ):
        broker = LosesAcknowledgements(losses=2)
        publish(broker, *[sent(f"R-{number}") for number in range(50)], sent("never-1"))

        one = workers(broker=broker).start()

        until(lambda: one.worker.measures.messages_by_fate()["duplicate"] == 102)
        until(lambda: waiting(database) == [])
        assert len(counted(database)) == log_length(database) == 50
        assert depth(broker, PASSED_ON) == 50
        assert depth(broker, "eligibility.dead") == 1
        assert depth(broker, "case-management.rejections") == 1

    def test_when_the_broker_comes_back_the_worker_goes_on(self, broker, database, workers):
        one = workers().start()
        publish(broker, sent("R-1"))
        until(lambda: counted(database) == ["R-1"])

        broker.go_away()
        until(lambda: not one.worker.health.readiness(NOW).is_ready)
        broker.come_back()
        publish(broker, sent("R-2"))

        until(lambda: counted(database) == ["R-1", "R-2"])
        until(lambda: depth(broker, PASSED_ON) == 2)
        assert one.worker.health.readiness(NOW).is_ready

    def test_told_to_stop_while_the_broker_is_away_it_returns_at_once(self, broker, workers):
        broker.go_away()
        one = workers().start()
        until(lambda: "taken away" in str(one.worker.health.readiness(NOW).reasons))

        assert one.stop() < STOPS_WITHIN_SECONDS

    def test_a_missing_topology_is_reported_and_not_made_where_another_owns_it(self, workers):
        one = workers(declares=False).start()

        until(lambda: "Declare the topology" in str(one.worker.health.readiness(NOW).reasons))

        assert one.stop() < STOPS_WITHIN_SECONDS

    def test_while_the_database_is_away_messages_stay_in_their_queue(
        self, broker, workers, tmp_path
    ):
        (tmp_path / "away.db").mkdir()
        away = Database.open(f"sqlite:///{tmp_path}/away.db")
        publish(broker, sent("R-1"))

        one = workers(database=away).start()

        until(lambda: "does not answer" in str(one.worker.health.readiness(NOW).reasons))
        assert depth(broker, "eligibility.referrals") == 1
        assert one.stop() < STOPS_WITHIN_SECONDS

    def test_while_the_disk_is_full_it_holds_its_batch_and_does_not_use_up_its_deliveries(
        self, database, workers
    ):
        broker = CountsReaders()
        full = FullDisk(database.engine)
        publish(broker, sent("R-1"))

        one = workers(broker=broker, database=full).start()

        until(lambda: counted(database) == ["R-1"])
        until(lambda: one.worker.health.readiness(NOW).is_ready)
        assert full.refusals == 0
        assert broker.readers == 1

    def test_it_is_ready_when_both_broker_and_database_answer(self, workers):
        one = workers()
        before = one.worker.health.readiness(NOW)

        one.start()

        assert not before.is_ready
        until(lambda: one.worker.health.readiness(NOW).is_ready)

    def test_a_fault_of_the_relay_ends_the_worker(self, workers):
        class Faulty(EmbeddedBroker):
            def connect(self):
                if threading.current_thread().name.endswith("-relay"):
                    raise ZeroDivisionError
                return super().connect()

        faulty = Faulty()
        faulty.connect().declare(topology())

        one = workers(broker=faulty).start()

        until(lambda: one.failure is not None)
        assert isinstance(one.failure, ZeroDivisionError)
