"""A link to a broker that has every queue of ours."""

import pytest

from shared.messaging.rabbitmq.broker import RabbitBroker
from shared.messaging.topology import topology


@pytest.fixture
def link(rabbitmq):
    link = RabbitBroker(rabbitmq.url).connect()
    link.declare(topology())
    yield link
    link.close()
