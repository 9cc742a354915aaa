"""Where a message goes, and what of it arrives."""

import pytest

from shared.messaging.message import DEFAULT_EXCHANGE
from shared.messaging.topology import Binding, Exchange, Topology
from tests.messaging.messages import SOON_SECONDS, assert_depths, got_from, message


class RoutingPromises:
    def test_a_message_arrives_as_it_was_sent(self, link):
        sent = message(
            "planned",
            body=b'{"a": 1}',
            message_id="5d4e",
            type="referral.received.v1",
            correlation_id="R-1",
            headers={"traceparent": "00-ab-cd-01", "attempt": 2},
        )
        link.consume(["planned"], prefetch=10)

        link.submit([sent]).wait(SOON_SECONDS)
        (got,) = link.next_batch(10, SOON_SECONDS)

        assert (got.queue, got.routing_key, got.body) == ("planned", "planned", b'{"a": 1}')
        assert (got.message_id, got.type, got.correlation_id) == (
            "5d4e",
            "referral.received.v1",
            "R-1",
        )
        assert got.headers == {"traceparent": "00-ab-cd-01", "attempt": 2}
        assert not got.is_redelivered

    def test_whole_numbers_in_headers_are_plain_ints_whatever_their_size(self, link):
        numbers = {"small": 1, "negative": -7, "large": 2**40}
        link.consume(["planned"], prefetch=10)

        link.submit([message(headers=numbers)]).wait(SOON_SECONDS)
        (got,) = link.next_batch(1, SOON_SECONDS)

        assert got.headers == numbers
        assert [repr(value) for value in got.headers.values()] == ["1", "-7", "1099511627776"]

    def test_a_body_of_200_kilobytes_arrives_whole(self, link):
        body = bytes(range(256)) * 800
        link.consume(["planned"], prefetch=10)

        link.submit([message(body=body)]).wait(SOON_SECONDS)
        (got,) = link.next_batch(1, SOON_SECONDS)

        assert got.body == body

    @pytest.mark.parametrize("key", ["all", "all.one", "all.one.two"])
    def test_a_hash_in_a_binding_stands_for_any_number_of_words(self, link, key):
        link.submit([message(key)]).wait(SOON_SECONDS)

        assert got_from(link, "everything") == ["id-0"]

    def test_a_star_in_a_binding_stands_for_one_word(self, link):
        link.declare(Topology((), (), (Binding("events", "planned", "one.*.end"),)))
        tried = [message(key) for key in ("one.end", "one.two.end", "one.two.three.end")]

        refused = link.submit(tried).wait(SOON_SECONDS)

        assert [one.message.routing_key for one in refused] == ["one.end", "one.two.three.end"]

    def test_the_default_exchange_takes_a_message_to_the_queue_of_that_name_only(self, link):
        link.submit([message("planned", exchange=DEFAULT_EXCHANGE)]).wait(SOON_SECONDS)

        assert_depths(link, planned=1, urgent=0, everything=0)

    def test_a_fanout_exchange_takes_a_message_to_every_queue_that_is_bound(self, link):
        fanout = Topology(
            (Exchange("all-of-them", "fanout"),),
            (),
            (Binding("all-of-them", "planned", ""), Binding("all-of-them", "urgent", "")),
        )
        link.declare(fanout)

        link.submit([message("whatever", exchange="all-of-them")]).wait(SOON_SECONDS)

        assert_depths(link, planned=1, urgent=1)

    def test_a_queue_with_two_fitting_bindings_takes_a_message_once(self, link):
        link.declare(Topology((), (), (Binding("events", "planned", "#.planned"),)))

        link.submit([message("planned")]).wait(SOON_SECONDS)

        assert_depths(link, planned=1)

    def test_no_queue_takes_what_is_meant_for_another(self, link):
        link.submit([message("planned", 1), message("urgent", 2)]).wait(SOON_SECONDS)

        assert got_from(link, "urgent") == ["id-2"]
        assert got_from(link, "planned") == ["id-1"]
