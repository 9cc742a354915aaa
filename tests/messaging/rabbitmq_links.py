"""Links to a real RabbitMQ for the tests, ours and other people's."""

import contextlib

import pika

from shared.messaging.rabbitmq.broker import RabbitBroker
from tests.messaging.messages import SMALL


def linked(rabbitmq):
    link = RabbitBroker(rabbitmq.url).connect()
    link.declare(SMALL)
    return link


@contextlib.contextmanager
def plain_channel(rabbitmq):
    """A channel of somebody else's, without anything of ours."""
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq.url))
    yield connection.channel()
    connection.close()


@contextlib.contextmanager
def memory_alarm(server):
    """The time in which the broker believes that it has no memory left."""
    server.set_memory_limit("1MB")
    try:
        yield
    finally:
        server.set_memory_limit("1GB")
