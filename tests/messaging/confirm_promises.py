"""What it means that a message is confirmed, or refused."""

import pytest

from shared.errors import BrokerMisconfigured
from shared.messaging.message import DEFAULT_EXCHANGE
from shared.messaging.topology import Topology
from tests.messaging.messages import SOON_SECONDS, assert_depths, message, quorum, several


class ConfirmPromises:
    def test_what_is_confirmed_is_there_after_its_publisher_has_gone(self, link, connect):
        publisher = connect()

        refused = publisher.submit(several("planned", 50)).wait(SOON_SECONDS)
        publisher.close()

        assert refused == []
        assert_depths(link, planned=50)

    def test_what_no_queue_takes_is_refused_and_the_others_are_confirmed(self, link):
        batch = [message("planned", 1), message("nobodys", 2), message("planned", 3)]

        refused = link.submit(batch).wait(SOON_SECONDS)

        assert [one.message for one in refused] == [batch[1]]
        assert "'nobodys'" in refused[0].reason
        assert_depths(link, planned=2)

    def test_two_messages_under_one_id_are_refused_each_for_itself(self, link):
        twice = [message("nobodys", 1), message("planned", 1), message("nobodys", 1)]

        refused = link.submit(twice).wait(SOON_SECONDS)

        assert [one.message.routing_key for one in refused] == ["nobodys", "nobodys"]

    def test_what_a_full_queue_rejects_is_refused(self, link):
        link.declare(Topology((), (quorum("narrow", x_max_length=2),), ()))
        ones = [message("narrow", number, exchange=DEFAULT_EXCHANGE) for number in range(12)]

        # One at a time: a quorum queue begins to reject a little after it is full.
        refused = [refusal for one in ones for refusal in link.submit([one]).wait(SOON_SECONDS)]

        assert refused
        assert "full" in refused[-1].reason
        assert_depths(link, narrow=12 - len(refused))

    def test_a_routing_key_that_cannot_be_written_is_refused_alone(self, link):
        refused = link.submit([message("x" * 256, 1), message("planned", 2)]).wait(SOON_SECONDS)

        assert [one.message.message_id for one in refused] == ["id-1"]
        assert_depths(link, planned=1)

    def test_submissions_are_answered_each_for_itself(self, link):
        first = link.submit(several("planned", 3))
        second = link.submit([message("nobodys")])
        third = link.submit([])

        assert third.wait(SOON_SECONDS) == []
        assert len(second.wait(SOON_SECONDS)) == 1
        assert first.wait(SOON_SECONDS) == []

    def test_publishing_to_an_exchange_that_is_not_there_is_a_misconfiguration(self, link):
        submission = link.submit([message(exchange="missing")])

        with pytest.raises(BrokerMisconfigured, match="missing"):
            submission.wait(SOON_SECONDS)
