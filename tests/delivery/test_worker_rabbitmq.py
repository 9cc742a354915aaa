"""A worker on a real RabbitMQ: what any worker promises, and a broker that is killed."""

import pytest

from shared.messaging.rabbitmq.broker import RabbitBroker
from tests.delivery.small_service import PASSED_ON, counted, log_length, sent, waiting
from tests.delivery.worker_promises import (
    WorkerPromises,
    depth,
    publish,
    read_all,
    until,
)

pytestmark = pytest.mark.rabbitmq


@pytest.fixture
def broker(rabbitmq):
    return RabbitBroker(rabbitmq.url)


class TestOnRabbitmq(WorkerPromises):
    @pytest.mark.slow
    def test_a_broker_killed_in_mid_work_and_restarted_loses_and_doubles_nothing(
        self, broker, rabbitmq, database, workers
    ):
        publish(broker, *[sent(f"R-{number}") for number in range(1000)])
        workers(limit=20).start()
        until(lambda: counted(database))

        rabbitmq.kill()
        rabbitmq.start()

        until(lambda: len(counted(database)) == 1000)
        until(lambda: waiting(database) == [])
        until(lambda: depth(broker, PASSED_ON) >= 1000)
        assert log_length(database) == 1000
        ids = {one.message_id for one in read_all(broker, PASSED_ON)}
        assert len(ids) == 1000
