"""What a worker promises of queues whose single messages are as much work as a batch of others."""

import json
import threading
import time

from shared.contracts.catalogue import EMERGENCY, PROVIDER_UPDATED, REFERRAL_RECEIVED
from shared.messaging.message import EXCHANGE, Outgoing
from shared.messaging.worker import HEAVY_AHEAD
from tests.delivery.small_service import COUNTED, counted, document, sent
from tests.delivery.worker_promises import (
    SOON_SECONDS,
    WorkersOnABroker,
    depth,
    publish,
    until,
    until_delivered,
)

HEAVY_QUEUE = "eligibility.register"
SLOW_SECONDS = 0.3
"""Longer than a transaction should take."""


def change(number):
    """Return a change in an agency as it is handed to a broker."""
    registered = {"fact": "registration", "valid_from": "2026-01-01"}
    data = {"agency": "SC000001", "facts": [registered]}
    told = document(id=f"change-{number}", type=PROVIDER_UPDATED, data=data)
    return Outgoing(EXCHANGE, PROVIDER_UPDATED, json.dumps(told).encode(), told["id"], told["type"])


def changes(count):
    return [change(number) for number in range(count)]


def ids(count):
    return [f"change-{number}" for number in range(count)]


def urgent(referral_id):
    key, planned = REFERRAL_RECEIVED + EMERGENCY, sent(referral_id)
    return Outgoing(EXCHANGE, key, planned.body, planned.message_id, planned.type)


class Desk:
    """Handles changes, one of which it may hold in its hand until it is told to go on."""

    def __init__(self, database, *, holds="", slow_seconds=0.0):
        self.handled = []
        self.committed_before = []
        self.began, self.go_on = threading.Event(), threading.Event()
        self._database = database
        self._holds = holds
        self._slow_seconds = slow_seconds

    @property
    def handlers(self):
        return {PROVIDER_UPDATED: self.change, REFERRAL_RECEIVED: self.refer}

    def change(self, work, event):
        self.committed_before.append(len(counted(self._database)))
        self._count(work, event.id)
        if event.id == self._holds:
            self.began.set()
            assert self.go_on.wait(SOON_SECONDS)
        time.sleep(self._slow_seconds)

    def refer(self, work, event):
        self._count(work, event.data.referral_id)

    def _count(self, work, id_):
        self.handled.append(id_)
        work.add(COUNTED, {"referral_id": id_})


class HeavyPromises(WorkersOnABroker):
    """Inherit, and give a fixture `broker`, and a fixture `cut` that breaks every link to it."""

    gives_back_in_order = True

    def test_each_heavy_message_is_a_transaction_of_its_own(self, broker, database, workers):
        desk = Desk(database)
        publish(broker, *changes(10))

        workers(handlers=desk.handlers).start()

        until(lambda: len(counted(database)) == 10)
        assert desk.committed_before == list(range(10))

    def test_an_emergency_that_comes_while_heavy_work_waits_is_handled_next(
        self, broker, database, workers
    ):
        desk = Desk(database, holds="change-0", slow_seconds=SLOW_SECONDS)
        publish(broker, *changes(10))
        one = workers(handlers=desk.handlers).start()
        assert desk.began.wait(SOON_SECONDS)

        publish(broker, urgent("urgent-1"))
        until_delivered(one, HEAVY_AHEAD + 1)
        desk.go_on.set()

        until(lambda: len(desk.handled) == 11)
        assert desk.handled == ["change-0", "urgent-1", *ids(10)[1:]]

    def test_planned_work_goes_on_beside_heavy_work_and_each_queue_keeps_its_order(
        self, broker, database, workers
    ):
        desk = Desk(database, holds="change-0", slow_seconds=SLOW_SECONDS)
        referrals = [f"R-{number}" for number in range(10, 30)]
        publish(broker, *changes(6))
        one = workers(handlers=desk.handlers, limit=10).start()
        assert desk.began.wait(SOON_SECONDS)

        publish(broker, *map(sent, referrals))
        until_delivered(one, HEAVY_AHEAD + len(referrals))
        desk.go_on.set()

        until(lambda: len(counted(database)) == 26)
        assert [one for one in desk.handled if one.startswith("change")] == ids(6)
        assert [one for one in desk.handled if one.startswith("R-")] == referrals
        assert desk.handled.index("R-29") < desk.handled.index("change-5")
        assert desk.handled.index("change-1") < desk.handled.index("R-29")

    def test_a_change_does_not_wait_until_a_backlog_of_planned_work_is_gone(
        self, broker, database, workers
    ):
        desk = Desk(database)
        publish(broker, *(sent(f"R-{number}") for number in range(100)), *changes(1))

        workers(handlers=desk.handlers, limit=20, prefetch=20).start()

        until(lambda: len(counted(database)) == 101)
        assert desk.handled.index("change-0") < 40

    def test_when_the_link_breaks_what_was_kept_comes_back_and_is_done_once(
        self, broker, database, workers, cut
    ):
        desk = Desk(database, holds="change-0")
        publish(broker, *changes(10))
        one = workers(handlers=desk.handlers).start()
        assert desk.began.wait(SOON_SECONDS)
        until_delivered(one, HEAVY_AHEAD)

        cut()
        desk.go_on.set()

        until(lambda: len(counted(database)) == 10)
        until(lambda: one.worker.measures.messages_by_fate()["duplicate"] == 1)
        one.stop()
        # RabbitMQ may hear of the broken link after the next one has asked for more.
        handled = desk.handled if self.gives_back_in_order else sorted(desk.handled)
        assert handled == ids(10)
        until(lambda: depth(broker, HEAVY_QUEUE) == depth(broker, "eligibility.dead") == 0)

    def test_told_to_stop_it_begins_nothing_more_and_gives_back_what_it_kept(
        self, broker, database, workers
    ):
        desk = Desk(database, holds="change-1")
        publish(broker, *changes(10))
        first = workers(handlers=desk.handlers).start()
        assert desk.began.wait(SOON_SECONDS)
        until_delivered(first, HEAVY_AHEAD)

        first.stop_asked.set()
        desk.go_on.set()
        seconds = first.stop()

        assert seconds < 10
        assert first.failure is None
        assert counted(database) == desk.handled == ids(2)
        until(lambda: depth(broker, HEAVY_QUEUE) == 8)
        workers(handlers=desk.handlers).start()
        until(lambda: len(counted(database)) == 10)
        # RabbitMQ may put what was on its way behind its successors.
        assert sorted(desk.handled) == sorted(ids(10))
