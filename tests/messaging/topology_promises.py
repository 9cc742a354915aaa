"""What is declared, checked and missing."""

import pytest

from shared.errors import BrokerMisconfigured
from shared.messaging.topology import DEAD_EXCHANGE, Exchange, Topology, dead_queue, topology
from tests.messaging.messages import (
    SMALL,
    SOON_SECONDS,
    assert_depths,
    depth_told,
    message,
    quorum,
    several,
)


class TopologyPromises:
    def test_the_topology_can_be_declared_again(self, connect):
        link = connect()
        link.declare(topology())

        link.declare(topology())

        link.check(topology())

    def test_every_event_has_a_way_and_every_service_a_place_to_park(self, connect):
        link = connect()
        link.declare(topology())
        keys = {one.routing_key for one in topology().bindings if one.exchange == "fosterframe"}
        sent = [message(key, exchange="fosterframe") for key in sorted(keys)]
        sent += [
            message(dead_queue(service), exchange=DEAD_EXCHANGE)
            for service in ("eligibility", "pricing")
        ]

        assert link.submit(sent).wait(SOON_SECONDS) == []

    def test_a_queue_declared_with_other_arguments_is_a_misconfiguration(self, link):
        other = Topology((), (quorum("planned", x_max_length=5),), ())

        with pytest.raises(BrokerMisconfigured, match="planned"):
            link.declare(other)

        assert link.depth("planned") == 0

    def test_a_missing_queue_is_a_misconfiguration_that_names_it(self, link):
        wanted = Topology((), (quorum("planned"), quorum("forgotten")), ())

        with pytest.raises(BrokerMisconfigured, match="forgotten"):
            link.check(wanted)

        link.check(SMALL)

    def test_a_missing_exchange_is_a_misconfiguration_that_names_it(self, link):
        with pytest.raises(BrokerMisconfigured, match="forgotten"):
            link.check(Topology((Exchange("forgotten", "topic"),), (), ()))

    @pytest.mark.parametrize("asked", ["consume", "depth", "purge"])
    def test_a_queue_that_is_not_there_is_a_misconfiguration(self, link, asked):
        calls = {
            "consume": lambda: link.consume(["forgotten"], prefetch=1),
            "depth": lambda: link.depth("forgotten"),
            "purge": lambda: link.purge("forgotten"),
        }

        with pytest.raises(BrokerMisconfigured, match="forgotten"):
            calls[asked]()

    def test_a_depth_is_told_to_whoever_asked_without_waiting(self, link):
        link.submit(several("planned", 5)).wait(SOON_SECONDS)

        told = [depth_told(link, "planned"), depth_told(link, "urgent")]

        assert told == [5, 0]

    def test_asking_for_a_depth_that_cannot_be_told_harms_no_other_question(self, link):
        with pytest.raises(BrokerMisconfigured, match="forgotten"):
            depth_told(link, "forgotten")

        assert depth_told(link, "planned") == 0

    def test_purge_empties_a_queue(self, link):
        link.submit(several("planned", 5) + several("urgent", 1)).wait(SOON_SECONDS)

        link.purge("planned")

        assert_depths(link, planned=0, urgent=1)
