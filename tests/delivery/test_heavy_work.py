"""Heavy work beside urgent work: on the embedded broker and on a real RabbitMQ."""

import pytest

from shared.messaging.embedded.broker import EmbeddedBroker
from shared.messaging.rabbitmq.broker import RabbitBroker
from shared.messaging.topology import CONSUMED_QUEUES, HEAVY_QUEUES
from tests.delivery.heavy_promises import HEAVY_QUEUE, HeavyPromises


def test_heavy_queues_are_read_by_a_service_and_none_of_them_is_urgent():
    assert HEAVY_QUEUE in HEAVY_QUEUES
    assert {queue for queues in CONSUMED_QUEUES.values() for queue in queues[1:]} >= HEAVY_QUEUES


class TestOnTheEmbeddedBroker(HeavyPromises):
    @pytest.fixture
    def broker(self):
        return EmbeddedBroker()

    @pytest.fixture
    def cut(self, broker):
        def go_and_come_back():
            broker.go_away()
            broker.come_back()

        return go_and_come_back


@pytest.mark.rabbitmq
class TestOnRabbitmq(HeavyPromises):
    gives_back_in_order = False

    @pytest.fixture
    def broker(self, rabbitmq):
        return RabbitBroker(rabbitmq.url)

    @pytest.fixture
    def cut(self, rabbitmq):
        return rabbitmq.server.close_connections
