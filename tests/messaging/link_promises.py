"""How a link ends."""

import pytest

from shared.errors import BrokerAway
from tests.messaging.messages import SMALL, SOON_SECONDS, message

CALLS = {
    "declare": lambda link: link.declare(SMALL),
    "check": lambda link: link.check(SMALL),
    "consume": lambda link: link.consume(["planned"], prefetch=1),
    "stop_consuming": lambda link: link.stop_consuming(),
    "next_batch": lambda link: link.next_batch(1, 0),
    "ack": lambda link: link.ack([]),
    "submit": lambda link: link.submit([message()]).wait(SOON_SECONDS),
    "depth": lambda link: link.depth("planned"),
    "ask_depth": lambda link: link.ask_depth("planned")(),
    "purge": lambda link: link.purge("planned"),
}
"""Everything that can be asked of a link."""


class LinkPromises:
    @pytest.mark.parametrize("call", CALLS)
    def test_a_closed_link_says_that_the_broker_is_away(self, link, call):
        link.close()

        with pytest.raises(BrokerAway, match="closed"):
            CALLS[call](link)

    def test_a_link_can_be_closed_twice(self, link):
        link.close()

        link.close()

    def test_a_link_that_lives_is_not_blocked(self, link):
        assert not link.is_blocked
