"""Deliveries from RabbitMQ on one channel, from the first to the last that is acknowledged."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from pika import BasicProperties, spec
from pika.channel import Channel
from pika.frame import Method

from shared.errors import BrokerAway
from shared.messaging.message import Delivery
from shared.messaging.rabbitmq.arrivals import Arrivals
from shared.messaging.rabbitmq.declaring import Answer, Question
from shared.messaging.rabbitmq.message import delivery_from
from shared.messaging.rabbitmq.wire import Wire

_TAGS_APART: Final = 2**40
"""Each channel counts its deliveries from one; none reaches this."""


class Consumer:
    """A channel that deliveries come on.

    To stop, it closes its channel, as soon as nothing that was handed out is open on it; so all
    that was delivered goes back to the head of its queue. Given back one by one (nack), it would
    always come back at the tail, or in no order at all. Nothing keeps the order for certain: what
    RabbitMQ has on its way to us while a channel closes may still come back after its successors.

    Args:
        ahead: the queues in their order, and how many may be unacknowledged of each.
        number: tells the consumers of one link apart, so that no two of their tags are the same.
    """

    def __init__(self, wire: Wire, ahead: Mapping[str, int], number: int) -> None:
        self.is_stopped = False
        self.queues = tuple(ahead)
        self._tags_before = number * _TAGS_APART
        self._wire = wire
        self._arrivals = Arrivals(self.queues)
        self._channel = wire.channel()
        wire.on_lost(self._arrivals.lost)
        questions: list[Question] = []
        for queue, most in ahead.items():
            # RabbitMQ takes it for the consumers that come after it on the channel.
            questions += [partial(_limit, most), partial(self._deliver, queue)]
        wire.ask(self._channel, questions)

    @property
    def is_done(self) -> bool:
        """Whether it is stopped, and everything that was handed out is acknowledged."""
        return self.is_stopped and not self._arrivals.has_handed_out

    @property
    def unacknowledged(self) -> int:
        """How many were delivered here, handed out or not, and wait for an acknowledgement."""
        return self._arrivals.unacknowledged

    def next_batch(self, limit: int, wait_seconds: float) -> list[Delivery]:
        """Return up to `limit` deliveries, the first queue's first; none after the wait."""
        return self._arrivals.take(limit, wait_seconds)

    def stop(self) -> None:
        """Hand out no more; close the channel when what was handed out is acknowledged."""
        self.is_stopped = True
        self._close_if_done()

    def give_back(self) -> None:
        """Close the channel now; all that is not acknowledged goes back to the queue, in order."""
        self.is_stopped = True
        self._wire.forget(self._arrivals.lost)
        self._wire.close_channel(self._channel)

    def strangers(self, tags: set[int]) -> set[int]:
        """Return the tags that are not open here."""
        return self._arrivals.strangers(tags)

    def ack(self, tags: set[int]) -> None:
        """Acknowledge deliveries of this channel."""
        acknowledgements = self._arrivals.settle(tags)
        self._wire.post(lambda: self._acknowledge(acknowledgements))
        self._close_if_done()

    def _close_if_done(self) -> None:
        if self.is_done:
            self._wire.forget(self._arrivals.lost)
            self._wire.close_channel(self._channel)

    # From here on: in the wire's thread.

    def _deliver(self, queue: str, channel: Channel, take: Answer) -> None:
        def arrived(
            _: Channel, method: spec.Basic.Deliver, properties: BasicProperties, body: bytes
        ) -> None:
            tag = self._tags_before + method.delivery_tag
            self._arrivals.add(delivery_from(queue, tag, method, properties, body))

        channel.add_on_cancel_callback(self._on_cancel)
        channel.basic_consume(queue, arrived, consumer_tag=queue, callback=take)

    def _on_cancel(self, frame: Method) -> None:
        self._wire.lose(
            BrokerAway(
                f"RabbitMQ delivers no more from queue {frame.method.consumer_tag!r}: it was "
                "deleted or has moved. Connect again; if it is gone, declare the topology."
            )
        )

    def _acknowledge(self, acknowledgements: Iterable[tuple[int, bool]]) -> None:
        for tag, multiple in acknowledgements:
            if self._channel.is_open:
                self._channel.basic_ack(tag - self._tags_before, multiple=multiple)


def _limit(prefetch: int, channel: Channel, take: Answer) -> None:
    channel.basic_qos(prefetch_count=prefetch, callback=take)
