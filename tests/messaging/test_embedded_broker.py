"""The embedded broker keeps every broker's promises, and a few of its own."""

import pytest

from shared.errors import BrokerAway, BrokerMisconfigured
from shared.messaging.embedded.broker import EmbeddedBroker
from shared.messaging.topology import Binding, Exchange, Topology
from tests.messaging.broker_promises import BrokerPromises
from tests.messaging.messages import (
    SMALL,
    SOON_SECONDS,
    ids,
    message,
    quorum,
    several,
)


class Seconds:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed


class TestEmbeddedBroker(BrokerPromises):
    @pytest.fixture
    def broker(self):
        return EmbeddedBroker()


def linked(broker):
    link = broker.connect()
    link.declare(SMALL)
    return link


def test_a_time_to_live_runs_by_the_clock_that_was_passed_in():
    seconds = Seconds()
    link = linked(EmbeddedBroker(seconds))
    waiting = quorum("waiting", x_message_ttl=300_000, x_dead_letter_exchange="")
    waiting.arguments["x-dead-letter-routing-key"] = "planned"
    link.declare(Topology((), (waiting,), ()))
    link.submit([message("waiting", exchange="")]).wait(SOON_SECONDS)

    seconds.passed = 299.9
    before = link.depth("planned")
    seconds.passed = 300.0

    assert (before, link.depth("planned"), link.depth("waiting")) == (0, 1, 0)


def test_a_dead_letter_that_finds_no_queue_is_kept_until_it_does():
    seconds = Seconds()
    link = linked(EmbeddedBroker(seconds))
    waiting = quorum("waiting", x_message_ttl=1000, x_dead_letter_exchange="later")
    link.declare(Topology((), (waiting,), ()))
    link.submit([message("waiting", exchange="")]).wait(SOON_SECONDS)
    seconds.passed = 2
    link.depth("waiting")

    link.declare(Topology((Exchange("later", "fanout"),), (), (Binding("later", "planned", ""),)))

    assert link.depth("planned") == 1


def test_an_argument_that_is_not_understood_is_refused_and_named():
    link = linked(EmbeddedBroker())

    with pytest.raises(BrokerMisconfigured, match="x-single-active-consumer"):
        link.declare(Topology((), (quorum("odd", x_single_active_consumer=1),), ()))


def test_a_broker_that_goes_away_breaks_its_links_and_keeps_its_messages():
    broker = EmbeddedBroker()
    link = linked(broker)
    link.submit(several("planned", 3)).wait(SOON_SECONDS)
    link.consume(["planned"], prefetch=2)
    link.next_batch(2, 0)

    broker.go_away()

    with pytest.raises(BrokerAway, match="taken away"):
        link.next_batch(1, SOON_SECONDS)
    with pytest.raises(BrokerAway, match="taken away"):
        broker.connect()
    broker.come_back()
    again = broker.connect()
    again.consume(["planned"], prefetch=5)
    assert ids(again.next_batch(5, 0)) == ["id-0", "id-1", "id-2"]
