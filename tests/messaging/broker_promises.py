"""What every broker promises. A subclass says which broker, by a fixture of that name."""

from collections.abc import Callable, Iterator

import pytest

from shared.messaging.broker import Broker, Link
from tests.messaging.confirm_promises import ConfirmPromises
from tests.messaging.link_promises import LinkPromises
from tests.messaging.messages import SMALL
from tests.messaging.order_promises import OrderPromises
from tests.messaging.retry_promises import RetryPromises
from tests.messaging.return_promises import ReturnPromises
from tests.messaging.routing_promises import RoutingPromises
from tests.messaging.topology_promises import TopologyPromises


class BrokerPromises(
    RoutingPromises,
    OrderPromises,
    ConfirmPromises,
    ReturnPromises,
    RetryPromises,
    TopologyPromises,
    LinkPromises,
):
    """Inherit, and give a fixture `broker` that nobody else uses."""

    @pytest.fixture
    def connect(self, broker: Broker) -> Iterator[Callable[[], Link]]:
        links: list[Link] = []

        def connected() -> Link:
            links.append(broker.connect())
            return links[-1]

        yield connected
        for link in links:
            link.close()

    @pytest.fixture
    def link(self, connect: Callable[[], Link]) -> Link:
        made = connect()
        made.declare(SMALL)
        return made
