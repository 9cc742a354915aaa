"""One link to RabbitMQ: what the worker or the relay does over its connection."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Final

from pika import BasicProperties, spec
from pika.channel import Channel
from pika.frame import Method

from shared.messaging.broker import NO_FEWER
from shared.messaging.message import Delivery, Outgoing
from shared.messaging.rabbitmq.confirms import Confirms, RabbitSubmission
from shared.messaging.rabbitmq.consumer import Consumer
from shared.messaging.rabbitmq.declaring import (
    Answer,
    check_queue,
    checks,
    declarations,
    purge_queue,
)
from shared.messaging.rabbitmq.wire import Wire
from shared.messaging.topology import Topology

_TAKEN_BACK_SECONDS: Final = 5.0
_LOOK_AGAIN_SECONDS: Final = 0.01
_SILENT_SECONDS: Final = 0.25
_SPEAKS_WITHIN_SECONDS: Final = 5.0
_FULL: Final = "the queue is full, or has no leader at present; send it again later"


class RabbitLink:
    """A connection with one channel for publishing, and others for deliveries.

    It belongs to the thread that uses it; the connection lives in the thread of its wire.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._consumers: list[Consumer] = []
        self._numbers = count()
        outgoing = wire.channel()
        self._confirms = Confirms(outgoing, wire.post)
        wire.on_lost(self._confirms.lost)
        wire.ask(outgoing, [self._confirm])

    @property
    def is_blocked(self) -> bool:
        """Whether the broker takes no messages now, for want of memory or disk; it may again."""
        return self._wire.is_blocked

    def declare(self, topology: Topology) -> None:
        """Make the exchanges, queues and bindings, where they are not there yet."""
        self._wire.ask_apart(declarations(topology))

    def check(self, topology: Topology) -> None:
        """Make sure that the exchanges and queues are there, without making any.

        Raises:
            BrokerMisconfigured: one is missing.
        """
        self._wire.ask_apart(checks(topology))

    def consume(
        self, queues: Sequence[str], prefetch: int, fewer: Mapping[str, int] = NO_FEWER
    ) -> None:
        """Ask for deliveries from queues; `prefetch` bounds the unacknowledged of each queue.

        Of some queues it may be `fewer`.
        """
        self._wire.raise_if_lost()
        if self._consuming() is not None:
            raise ValueError("This link consumes already: stop_consuming() first.")
        self._consumers = [one for one in self._consumers if not one.is_done]
        ahead = {queue: fewer.get(queue, prefetch) for queue in queues}
        self._consumers.append(Consumer(self._wire, ahead, next(self._numbers)))

    def stop_consuming(self) -> None:
        """Ask for no more; what was delivered and not yet handed out goes back to its queue.

        It goes back as soon as what was handed out is acknowledged, or with the link.
        """
        self._wire.raise_if_lost()
        consumer = self._consuming()
        if consumer is not None:
            consumer.stop()

    def give_back(self) -> None:
        """Ask for no more, and give back now all that is not acknowledged, the first taken first.

        So a queue that was looked through stands as it stood. After it, connect again to consume.
        """
        self._wire.raise_if_lost()
        is_undisturbed = True
        for consumer in self._consumers:
            if consumer.is_done:
                continue
            ready = self._ready(consumer) + consumer.unacknowledged
            consumer.give_back()
            is_undisturbed = is_undisturbed and self._are_ready(consumer, ready)
        self._consumers = []

    def next_batch(self, limit: int, wait_seconds: float) -> list[Delivery]:
        """Return up to `limit` deliveries, the first queue's first; none after the wait."""
        self._wire.raise_if_lost()
        consumer = self._consuming()
        return [] if consumer is None else consumer.next_batch(limit, wait_seconds)

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Tell the broker that these are done with."""
        self._wire.raise_if_lost()
        tags = {delivery.tag for delivery in deliveries}
        shares = [(one, tags - one.strangers(tags)) for one in self._consumers]
        strangers = tags.difference(*(share for _, share in shares))
        if strangers:
            raise ValueError(f"These deliveries are not open on this link: {sorted(strangers)}")
        for consumer, share in shares:
            if share:
                consumer.ack(share)

    def submit(self, messages: Sequence[Outgoing]) -> RabbitSubmission:
        """Hand messages over, in order, without waiting for their confirmations."""
        return self._confirms.submit(messages)

    def depth(self, queue: str) -> int:
        """Return how many messages are ready in a queue.

        Of a quorum queue that is silent for a quarter of a second RabbitMQ says that it is empty;
        that is not believed before the queue was asked for some seconds.
        """
        deadline = time.monotonic() + _SPEAKS_WITHIN_SECONDS
        while True:
            asked = time.monotonic()
            ready, consumers = self.figures(queue)
            answered = time.monotonic()
            has_spoken = ready or consumers or answered - asked < _SILENT_SECONDS
            if has_spoken or answered > deadline:
                return ready

    def ask_depth(self, queue: str) -> Callable[[], int | None]:
        """Ask for a queue's depth; return what gives the answer, or None until it is there."""
        answer = self._wire.ask_aside(partial(check_queue, queue))
        return lambda: int(answer.result().method.message_count) if answer.done() else None

    def figures(self, queue: str) -> tuple[int, int]:
        """Return how many messages are ready in a queue, and how many consumers it has."""
        (answer,) = self._wire.ask_apart([partial(check_queue, queue)])
        return int(answer.method.message_count), int(answer.method.consumer_count)

    def purge(self, queue: str) -> None:
        """Remove the ready messages of a queue. For tests, the demo and the bench only."""
        self._wire.ask_apart([partial(purge_queue, queue)])

    def close(self) -> None:
        """Let go; what was delivered and not acknowledged goes back to its queue."""
        self._wire.close()

    def _consuming(self) -> Consumer | None:
        return next((one for one in self._consumers if not one.is_stopped), None)

    def _ready(self, consumer: Consumer) -> int:
        return sum(self.depth(queue) for queue in consumer.queues)

    def _are_ready(self, consumer: Consumer, ready: int) -> bool:
        """Wait until the queues have what a consumer gave back; not for long, if others take it.

        A quorum queue hears of a closed channel in its own time: later, for all it cares, than of
        the channel that is closed next.
        """
        deadline = time.monotonic() + _TAKEN_BACK_SECONDS
        while self._ready(consumer) < ready:
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_AGAIN_SECONDS)
        return True

    # From here on: in the wire's thread.

    def _confirm(self, channel: Channel, take: Answer) -> None:
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_confirm, callback=take)

    def _on_confirm(self, frame: Method) -> None:
        method = frame.method
        refusal = _FULL if isinstance(method, spec.Basic.Nack) else ""
        self._confirms.confirmed(method.delivery_tag, multiple=method.multiple, refusal=refusal)

    def _on_return(
        self, _: Channel, method: spec.Basic.Return, properties: BasicProperties, __: bytes
    ) -> None:
        self._confirms.returned(
            method.exchange,
            method.routing_key,
            properties.message_id or "",
            f"{method.reply_text} ({method.reply_code}): no queue takes routing key "
            f"{method.routing_key!r} of exchange {method.exchange!r}",
        )
