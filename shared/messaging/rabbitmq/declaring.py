"""What RabbitMQ is asked so that the topology is there, or is known to be there."""

from collections.abc import Callable, Iterator
from functools import partial

from pika.channel import Channel
from pika.frame import Method

from shared.messaging.topology import Binding, Exchange, Queue, Topology

Answer = Callable[[Method], None]
Question = Callable[[Channel, Answer], None]
"""Asks the broker for something on a channel; the callback takes its answer."""


def declarations(topology: Topology) -> Iterator[Question]:
    """Yield what makes the exchanges, queues and bindings, in an order that works."""
    yield from (partial(_declare_exchange, one) for one in topology.exchanges)
    yield from (partial(_declare_queue, one) for one in topology.queues)
    yield from (partial(_bind, one) for one in topology.bindings)


def checks(topology: Topology) -> Iterator[Question]:
    """Yield what is refused where an exchange or queue is missing; bindings cannot be asked for."""
    yield from (partial(_check_exchange, one.name) for one in topology.exchanges)
    yield from (partial(check_queue, one.name) for one in topology.queues)


def check_queue(name: str, channel: Channel, take: Answer) -> None:
    """Ask for a queue as it is; the answer tells how many messages are ready in it."""
    channel.queue_declare(name, passive=True, callback=take)


def purge_queue(name: str, channel: Channel, take: Answer) -> None:
    """Remove the ready messages of a queue."""
    channel.queue_purge(name, callback=take)


def _declare_exchange(exchange: Exchange, channel: Channel, take: Answer) -> None:
    channel.exchange_declare(exchange.name, exchange.kind, durable=True, callback=take)


def _declare_queue(queue: Queue, channel: Channel, take: Answer) -> None:
    channel.queue_declare(queue.name, durable=True, arguments=dict(queue.arguments), callback=take)


def _bind(binding: Binding, channel: Channel, take: Answer) -> None:
    channel.queue_bind(binding.queue, binding.exchange, binding.routing_key, callback=take)


def _check_exchange(name: str, channel: Channel, take: Answer) -> None:
    channel.exchange_declare(name, passive=True, callback=take)
