"""Messages, queues and readings for the tests of brokers: each spells out only what tells."""

import time
from collections.abc import Callable, Sequence

from shared.messaging.broker import Link
from shared.messaging.message import Delivery, Outgoing
from shared.messaging.rabbitmq.link import RabbitLink
from shared.messaging.topology import UNLIMITED_DELIVERIES, Binding, Exchange, Queue, Topology

SOON_SECONDS = 60
AT_ONCE_SECONDS = 0.3
"""How long nothing must come where nothing may; what may come is waited for."""


def quorum(name: str, **arguments: str | int) -> Queue:
    """Return a queue; x_message_ttl=5 stands for x-message-ttl."""
    more = {key.replace("_", "-"): value for key, value in arguments.items()}
    return Queue(name, {"x-queue-type": "quorum", "x-overflow": "reject-publish", **more})


def message(key: str = "planned", number: int = 0, *, exchange: str = "events", **more) -> Outgoing:
    return Outgoing(
        exchange=exchange,
        routing_key=key,
        body=more.pop("body", b"{}"),
        message_id=more.pop("message_id", f"id-{number}"),
        type=more.pop("type", key),
        **more,
    )


def several(key: str, count: int) -> list[Outgoing]:
    return [message(key, number) for number in range(count)]


def ids(deliveries: Sequence[Delivery]) -> list[str]:
    return [delivery.message_id for delivery in deliveries]


SMALL = Topology(
    (Exchange("events", "topic"), Exchange("dead", "direct")),
    (
        quorum("planned"),
        quorum("urgent"),
        quorum("everything"),
        quorum(
            "fragile",
            x_delivery_limit=2,
            x_dead_letter_exchange="dead",
            x_dead_letter_routing_key="parked",
            x_dead_letter_strategy="at-least-once",
        ),
        quorum("parked", x_delivery_limit=UNLIMITED_DELIVERIES),
    ),
    (
        Binding("events", "planned", "planned"),
        Binding("events", "urgent", "urgent"),
        Binding("events", "everything", "all.#"),
        Binding("events", "fragile", "fragile"),
        Binding("dead", "parked", "parked"),
    ),
)


def until(condition: Callable[[], bool]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + SOON_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def until_delivered(link: Link, count: int) -> None:
    """Wait until so many are here that were not acknowledged; the embedded broker pushes none."""
    consumer = link._consuming() if isinstance(link, RabbitLink) else None
    if consumer is not None:
        until(lambda: consumer.unacknowledged >= count)


def take_deliveries(link: Link, count: int) -> list[Delivery]:
    """Return the next `count` deliveries, unacknowledged."""
    got: list[Delivery] = []
    deadline = time.monotonic() + SOON_SECONDS
    while len(got) < count and time.monotonic() < deadline:
        got += link.next_batch(count - len(got), 1)
    return got


def take(link: Link, count: int) -> list[str]:
    """Return the ids of the next `count` deliveries, acknowledging them as they come."""
    got: list[str] = []
    deadline = time.monotonic() + SOON_SECONDS
    while len(got) < count and time.monotonic() < deadline:
        batch = link.next_batch(100, 1)
        link.ack(batch)
        got += ids(batch)
    return got


def take_until_there(link: Link, wanted: set[str]) -> None:
    """Take what comes, acknowledging it, until all that is wanted has come."""
    deadline = time.monotonic() + SOON_SECONDS
    while wanted and time.monotonic() < deadline:
        batch = link.next_batch(1000, 1)
        link.ack(batch)
        wanted = wanted.difference(ids(batch))
    assert wanted == set()


def got_from(link: Link, queue: str) -> list[str]:
    """Return the ids of all that is in a queue, which is then empty."""
    link.consume([queue], prefetch=100)
    got, was_empty = [], False
    # What RabbitMQ has on its way to us is in no depth: an empty queue is looked at twice.
    while not was_empty or link.depth(queue):
        batch = link.next_batch(100, AT_ONCE_SECONDS)
        link.ack(batch)
        got += ids(batch)
        was_empty = not batch
    link.stop_consuming()
    return got


def assert_depths(link: Link, **expected: int) -> None:
    """Compare how many messages are ready; a real broker may take a moment to count them."""
    deadline = time.monotonic() + SOON_SECONDS
    while True:
        depths = {queue: link.depth(queue) for queue in expected}
        if depths == expected or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    assert depths == expected


def depth_told(link: Link, queue: str) -> int:
    """Ask for a depth without waiting, and look until the answer is there."""
    deadline = time.monotonic() + SOON_SECONDS
    answer = link.ask_depth(queue)
    while (ready := answer()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return ready
