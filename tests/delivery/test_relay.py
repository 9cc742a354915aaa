"""The relay: in order, until confirmed, never skipped, and one at a time for each database."""

import time
from random import Random

import pytest

from shared.health import Health
from shared.messaging import relay as relay_module
from shared.messaging.embedded.broker import EmbeddedBroker
from shared.messaging.measures import Measures
from shared.messaging.message import Outgoing
from shared.messaging.relay import Relay
from shared.persistence import outbox
from shared.persistence.database import Database
from tests.delivery.fake_broker import FakeBroker
from tests.delivery.small_service import NOW, make_tables, waiting
from tests.delivery.worker_promises import until

TRIES = 20


class NeverForgets(Relay):
    """A relay whose process dies, again and again, before it notes what was confirmed."""

    def _forget_confirmed(self, lease):
        pass


@pytest.fixture
def database(tmp_path):
    opened = Database.open(f"sqlite:///{tmp_path}/service.db")
    make_tables(opened)
    yield opened
    opened.close()


@pytest.fixture
def broker():
    return FakeBroker()


@pytest.fixture
def relays(database, broker):
    """Make relays that are stopped at the end of the test."""
    made = []

    def make(**more):
        one = more.get("kind", Relay)(
            service="pricing",
            broker=more.get("broker", broker),
            database=database,
            health=more.get("health", Health()),
            measures=Measures(),
            random=Random(1),  # noqa: S311 - spreads reconnects, guards nothing
        )
        made.append(one)
        return one

    yield make
    for one in made:
        if one._thread.is_alive():
            one.stop(0)


def put(database, *ids, key="price.changed.v1"):
    messages = [Outgoing("fosterframe", key, b"{}", id_, key) for id_ in ids]
    with database.transaction() as connection:
        outbox.write(connection, messages, NOW)


def numbered(count, start=0):
    return [f"m-{number}" for number in range(start, start + count)]


def test_messages_are_published_in_order_and_leave_the_outbox(relays, database, broker):
    put(database, *numbered(1700))

    relays().start()

    until(lambda: waiting(database) == [])
    assert broker.ids == numbered(1700)


def test_several_submissions_are_on_their_way_before_the_first_is_confirmed(
    relays, database, broker
):
    broker.holds_back.clear()
    put(database, *numbered(3000))

    relays().start()

    until(lambda: broker.most_in_flight == relay_module.FLIGHTS_AT_ONCE)
    broker.holds_back.set()
    until(lambda: waiting(database) == [])
    assert broker.ids == numbered(3000)


def test_what_is_on_its_way_is_not_sent_again_meanwhile(relays, database, broker):
    broker.holds_back.clear()
    put(database, *numbered(10))
    one = relays()
    one.start()
    until(lambda: len(broker.published) == 10)

    put(database, *numbered(10, start=10))
    one.wake()
    broker.holds_back.set()

    until(lambda: waiting(database) == [])
    assert broker.ids == numbered(20)


def test_new_messages_are_noticed_at_once_when_it_is_woken(relays, database, broker):
    one = relays()
    one.start()
    took = []

    # A busy machine may hold us up by as much once, and not each time.
    while len(took) < TRIES and min(took, default=1) >= relay_module.POLL_SECONDS / 2:
        until(lambda: waiting(database) == [])
        time.sleep(0.1)
        put(database, f"m-{len(took)}")
        began = time.monotonic()
        one.wake()
        until(lambda: len(broker.ids) > len(took))
        took.append(time.monotonic() - began)

    assert min(took) < relay_module.POLL_SECONDS / 2


def test_messages_of_another_process_are_noticed_without_being_woken(relays, database, broker):
    relays().start()
    time.sleep(0.1)

    put(database, "m-1")

    until(lambda: broker.ids == ["m-1"])


def test_a_link_lost_between_taking_and_confirming_publishes_twice_under_the_same_id(
    relays, database, broker
):
    broker.dies_before_confirming = 1
    put(database, "m-1", "m-2")

    relays().start()

    until(lambda: waiting(database) == [])
    assert broker.ids == ["m-1", "m-2", "m-1", "m-2"]


def test_a_crash_between_the_confirmation_and_forgetting_publishes_twice_under_the_same_id(
    relays, database, broker
):
    put(database, "m-1")
    crashed = relays(kind=NeverForgets)
    crashed.start()
    until(lambda: broker.ids == ["m-1"])
    crashed.stop(0)

    relays().start()

    until(lambda: waiting(database) == [])
    assert broker.ids == ["m-1", "m-1"]


def test_a_refused_message_stays_and_is_sent_again_while_others_pass(relays, database, broker):
    broker.refuses = lambda message: "no queue takes it" if message.type == "lost" else ""
    put(database, "m-1", key="lost")
    put(database, "m-2")

    one = relays()
    one.start()
    until(lambda: broker.ids == ["m-2"])
    put(database, "m-3")
    until(lambda: [message.message_id for message in waiting(database)] == ["m-1"])
    broker.refuses = lambda _message: ""

    until(lambda: waiting(database) == [])
    assert broker.ids == ["m-2", "m-3", "m-1"]
    assert one.measures.refused >= 1


def test_the_order_on_a_route_that_was_shut_is_kept(relays, database, broker):
    broker.refuses = lambda message: "the queue is full" if message.type == "full" else ""
    put(database, "m-1", "m-2", key="full")
    one = relays()
    one.start()
    until(lambda: one.measures.refused >= 2)

    put(database, "m-3", key="full")
    broker.refuses = lambda _message: ""

    until(lambda: waiting(database) == [])
    assert broker.ids == ["m-1", "m-2", "m-3"]


def test_one_message_that_is_always_refused_does_not_hold_up_its_route(relays, database, broker):
    broker.refuses = lambda message: "cannot be written" if message.message_id == "bad" else ""
    put(database, "m-1", "bad", "m-2")

    relays().start()
    until(lambda: broker.ids == ["m-1", "m-2"])
    for number in (3, 4, 5):
        put(database, f"m-{number}")
        until(lambda number=number: f"m-{number}" in broker.ids)

    # What was confirmed is removed a moment later.
    until(lambda: [message.message_id for message in waiting(database)] == ["bad"])
    assert broker.ids == ["m-1", "m-2", "m-3", "m-4", "m-5"]


def test_only_one_relay_publishes_and_another_takes_over_when_it_ends(relays, database, broker):
    first, second = relays(), relays()
    first.start()
    put(database, *numbered(5))
    until(lambda: len(broker.ids) == 5)
    second.start()
    put(database, *numbered(5, start=5))
    until(lambda: waiting(database) == [])

    first.stop(1)
    put(database, "m-10")

    until(lambda: waiting(database) == [])
    assert broker.ids == numbered(11)


def test_told_to_stop_it_first_publishes_what_is_there(relays, database, broker):
    put(database, *numbered(1200))
    one = relays()
    one.start()

    one.stop(drain_seconds=10)

    assert broker.ids == numbered(1200)
    assert waiting(database) == []


def test_told_to_stop_it_does_not_wait_for_a_route_that_is_shut(relays, database, broker):
    broker.refuses = lambda _message: "no queue takes it"
    put(database, "m-1")
    one = relays()
    one.start()
    until(lambda: one.measures.refused >= 1)

    began = time.monotonic()
    one.stop(drain_seconds=10)

    assert time.monotonic() - began < 5
    assert not one._thread.is_alive()


def test_while_the_broker_is_away_it_says_so_and_afterwards_goes_on(relays, database):
    health, embedded = Health(), EmbeddedBroker()
    embedded.go_away()
    put(database, "m-1")
    one = relays(broker=embedded, health=health)
    one.start()

    until(lambda: len(health.readiness(NOW).reasons) == 1)

    assert "not being published" in health.readiness(NOW).reasons[0]
    assert len(waiting(database)) == 1


def test_a_fault_of_its_own_is_raised_where_the_worker_sees_it(relays, database, broker):
    def fault(_message):
        raise ZeroDivisionError

    broker.refuses = fault
    put(database, "m-1")
    one = relays()
    one.start()

    until(lambda: not one._thread.is_alive())
    with pytest.raises(ZeroDivisionError):
        one.raise_if_failed()


def test_a_message_too_old_in_the_outbox_makes_the_service_not_ready(relays, database, broker):
    broker.refuses = lambda _message: "no queue takes it"
    health = Health()
    put(database, "m-1")

    relays(health=health).start()
    until(lambda: health.readiness(NOW).outbox_count == 1)

    later = NOW.replace(hour=NOW.hour + 1)
    assert health.readiness(NOW).is_ready
    assert health.readiness(later).reasons == (
        "messages have been waiting for 60 minutes to be published",
    )
