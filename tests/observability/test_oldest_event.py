"""How old the oldest event is says what waits, and not what was handled long ago."""

import pytest

from shared.messaging.embedded.broker import EmbeddedBroker
from tests.delivery.heavy_promises import HEAVY_QUEUE, Desk, changes, urgent
from tests.delivery.small_service import QUEUE, sent
from tests.delivery.worker_promises import SOON_SECONDS, WorkersOnABroker, publish

EMERGENCIES = "eligibility.emergencies"


class Holding(Desk):
    """A desk that holds one planned referral in its hand."""

    def refer(self, work, event):
        super().refer(work, event)
        if event.data.referral_id == self._holds:
            self.began.set()
            assert self.go_on.wait(SOON_SECONDS)


class TestTheOldestEvent(WorkersOnABroker):
    @pytest.fixture
    def broker(self):
        return EmbeddedBroker()

    @staticmethod
    def queues_with_an_age(one, desk):
        """Return of which queues an age is told while something is in hand."""
        one.start()
        assert desk.began.wait(SOON_SECONDS)
        found = one.worker.measures.oldest_seconds(one.worker.clock.now())
        desk.go_on.set()
        return set(found)

    def test_an_emergency_that_was_handled_does_not_grow_older_behind_a_backlog(
        self, broker, database, workers
    ):
        desk = Holding(database, holds="R-5")
        planned = [sent(f"R-{number}") for number in range(9)]
        publish(broker, *planned, urgent("urgent-1"))

        told = self.queues_with_an_age(workers(handlers=desk.handlers, limit=1), desk)

        assert desk.handled[0] == "urgent-1"
        assert told == {QUEUE}

    def test_nor_does_it_while_heavy_work_waits_for_its_turn(self, broker, database, workers):
        desk = Holding(database, holds="change-1", slow_seconds=0.3)
        publish(broker, *changes(5), urgent("urgent-1"))

        told = self.queues_with_an_age(workers(handlers=desk.handlers), desk)

        assert desk.handled[0] == "urgent-1"
        assert told == {HEAVY_QUEUE}

    def test_planned_work_grows_older_while_emergencies_keep_it_waiting(
        self, broker, database, workers
    ):
        desk = Holding(database, holds="urgent-5")
        publish(broker, sent("R-1"), *(urgent(f"urgent-{number}") for number in range(1, 9)))
        one = workers(handlers=desk.handlers, limit=1)
        one.worker.measures.taking([(QUEUE, one.worker.clock.now())])

        told = self.queues_with_an_age(one, desk)

        assert told == {EMERGENCIES, QUEUE}
