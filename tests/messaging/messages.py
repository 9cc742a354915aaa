"""Messages, queues and readings for the tests of brokers: each spells out only what tells."""

import time
from collections.abc import Sequence

from shared.messaging.broker import Link
from shared.messaging.message import Delivery, Outgoing
from shared.messaging.topology import UNLIMITED_DELIVERIES, Binding, Exchange, Queue, Topology

SOON_SECONDS = 15
AT_ONCE_SECONDS = 0.3
"""Long enough for what was already there to be handed out."""


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


def take_all(link: Link) -> list[str]:
    """Return the ids of all that comes until nothing more does, acknowledging as it comes.

    A queue's depth is no guide here: RabbitMQ counts late after a restart.
    """
    got: list[str] = []
    while batch := link.next_batch(1000, 3):
        link.ack(batch)
        got += ids(batch)
    return got


def got_from(link: Link, queue: str) -> list[str]:
    """Return the ids of all that is in a queue, which is then empty."""
    link.consume([queue], prefetch=100)
    time.sleep(AT_ONCE_SECONDS)
    batch = link.next_batch(100, 0)
    link.ack(batch)
    link.stop_consuming()
    return ids(batch)


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
