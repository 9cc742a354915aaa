"""A RabbitMQ that dies or lets us go: nothing confirmed is lost, and we hear of it in time."""

import itertools
import threading
import time

import pytest

from shared.errors import BrokerAway
from shared.messaging.rabbitmq.broker import RabbitBroker
from tests.messaging.link_promises import CALLS
from tests.messaging.messages import (
    SOON_SECONDS,
    ids,
    message,
    several,
    take_deliveries,
    take_until_there,
)
from tests.messaging.rabbitmq_links import linked, plain_channel

pytestmark = pytest.mark.rabbitmq


def publish_until_it_fails(link, confirmed):
    for first in itertools.count(step=100):
        batch = [message("planned", number) for number in range(first, first + 100)]
        assert link.submit(batch).wait(SOON_SECONDS) == []
        confirmed += [one.message_id for one in batch]


def kill_amid(rabbitmq, confirmed):
    """Kill the broker when the first messages are confirmed and others are on their way."""
    deadline = time.monotonic() + SOON_SECONDS
    while len(confirmed) < 100 and time.monotonic() < deadline:
        time.sleep(0.01)
    rabbitmq.kill()


def test_what_was_confirmed_survives_a_broker_that_is_killed_while_it_is_published_to(rabbitmq):
    link = linked(rabbitmq)
    confirmed: list[str] = []
    killer = threading.Thread(target=kill_amid, args=(rabbitmq, confirmed))
    killer.start()

    with pytest.raises(BrokerAway):
        publish_until_it_fails(link, confirmed)
    killer.join()
    rabbitmq.start()
    again = linked(rabbitmq)
    again.consume(["planned"], prefetch=1000)

    assert len(confirmed) >= 100
    take_until_there(again, set(confirmed))
    again.close()


def test_what_was_not_acknowledged_survives_a_broker_that_is_killed(rabbitmq):
    link = linked(rabbitmq)
    link.submit(several("planned", 50)).wait(SOON_SECONDS)
    link.consume(["planned"], prefetch=50)
    link.ack(take_deliveries(link, 20))
    link.depth("planned")

    rabbitmq.kill()
    rabbitmq.start()
    again = linked(rabbitmq)
    again.consume(["planned"], prefetch=100)
    got = ids(take_deliveries(again, 30))
    again.close()

    assert set(got) >= {f"id-{number}" for number in range(20, 50)}


@pytest.mark.parametrize("ending", ["kill", "stop"])
def test_every_call_on_a_lost_link_says_in_time_that_the_broker_is_away(rabbitmq, ending):
    link = linked(rabbitmq)
    link.consume(["planned"], prefetch=10)
    waited: list[float] = []

    def wait_for_a_message():
        began = time.monotonic()
        with pytest.raises(BrokerAway):
            link.next_batch(1, 60)
        waited.append(time.monotonic() - began)

    waiting = threading.Thread(target=wait_for_a_message)
    waiting.start()
    getattr(rabbitmq, ending)()
    waiting.join(SOON_SECONDS)

    assert waited
    assert waited[0] < SOON_SECONDS
    for call in CALLS.values():
        with pytest.raises(BrokerAway):
            call(link)
    link.close()


def test_nobody_connects_while_the_broker_is_down_and_everybody_after(rabbitmq):
    broker = RabbitBroker(rabbitmq.url)
    rabbitmq.kill()

    with pytest.raises(BrokerAway, match="refused"):
        broker.connect()

    rabbitmq.start()
    broker.connect().close()


def test_an_operator_who_closes_a_connection_loses_nobody_anything(rabbitmq, rabbitmq_server):
    link = linked(rabbitmq)
    link.submit(several("planned", 3)).wait(SOON_SECONDS)
    link.consume(["planned"], prefetch=10)
    take_deliveries(link, 3)

    rabbitmq_server.close_connections()

    with pytest.raises(BrokerAway, match="320"):
        link.next_batch(1, SOON_SECONDS)
    again = linked(rabbitmq)
    again.consume(["planned"], prefetch=10)
    assert len(take_deliveries(again, 3)) == 3
    again.close()


def test_a_queue_deleted_under_its_consumer_ends_the_link(rabbitmq):
    link = linked(rabbitmq)
    link.consume(["planned"], prefetch=10)

    with plain_channel(rabbitmq) as channel:
        channel.queue_delete("planned")

    with pytest.raises(BrokerAway, match="planned"):
        link.next_batch(1, SOON_SECONDS)


def test_a_fault_of_ours_ends_the_link_and_gives_back_what_it_held(rabbitmq):
    link = linked(rabbitmq)
    link.submit(several("planned", 3)).wait(SOON_SECONDS)
    link.consume(["planned"], prefetch=10)
    take_deliveries(link, 3)

    link._wire.post(lambda: 1 // 0)

    with pytest.raises(BrokerAway, match="zero"):
        link.next_batch(1, SOON_SECONDS)
    again = linked(rabbitmq)
    again.consume(["planned"], prefetch=10)
    assert len(take_deliveries(again, 3)) == 3
    again.close()


def test_no_thread_is_left_when_a_link_is_closed_or_lost(rabbitmq):
    before = set(threading.enumerate())
    links = [linked(rabbitmq) for _ in range(3)]

    links[0].close()
    rabbitmq.kill()
    for link in links[1:]:
        with pytest.raises(BrokerAway):
            link.next_batch(1, SOON_SECONDS)
        link.close()

    deadline = time.monotonic() + SOON_SECONDS
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert set(threading.enumerate()) <= before
