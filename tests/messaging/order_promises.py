"""In which order messages are handed out, and how many at once."""

import threading
import time

from tests.messaging.messages import (
    AT_ONCE_SECONDS,
    SOON_SECONDS,
    ids,
    message,
    several,
    take,
    take_deliveries,
    until_delivered,
)


class OrderPromises:
    def test_order_is_kept(self, link):
        sent = several("planned", 2500)
        link.consume(["planned"], prefetch=200)

        submission = link.submit(sent)
        got = take(link, 2500)

        assert submission.wait(SOON_SECONDS) == []
        assert got == [one.message_id for one in sent]

    def test_the_first_queue_is_served_first(self, link):
        link.submit([*several("planned", 5), message("urgent", 99)]).wait(SOON_SECONDS)

        link.consume(["urgent", "planned"], prefetch=10)
        until_delivered(link, 6)
        batch = link.next_batch(3, SOON_SECONDS)

        assert ids(batch) == ["id-99", "id-0", "id-1"]

    def test_an_emergency_overtakes_what_was_delivered_before_it(self, link):
        link.submit(several("planned", 5)).wait(SOON_SECONDS)
        link.consume(["urgent", "planned"], prefetch=10)
        link.next_batch(1, SOON_SECONDS)

        link.submit([message("urgent", 99)]).wait(SOON_SECONDS)
        until_delivered(link, 6)

        assert ids(link.next_batch(2, SOON_SECONDS)) == ["id-99", "id-1"]

    def test_a_batch_is_never_larger_than_its_limit(self, link):
        link.submit(several("planned", 10)).wait(SOON_SECONDS)
        link.consume(["planned"], prefetch=10)
        until_delivered(link, 10)

        assert len(link.next_batch(4, SOON_SECONDS)) == 4

    def test_prefetch_bounds_what_is_unacknowledged_of_each_queue(self, link):
        link.submit(several("planned", 10) + several("urgent", 10)).wait(SOON_SECONDS)
        link.consume(["urgent", "planned"], prefetch=3)
        until_delivered(link, 6)

        first = link.next_batch(100, SOON_SECONDS)
        none = link.next_batch(100, AT_ONCE_SECONDS)
        link.ack(first[:1])
        next_one = link.next_batch(100, SOON_SECONDS)

        assert [one.queue for one in first] == ["urgent"] * 3 + ["planned"] * 3
        assert none == []
        assert [(one.queue, one.message_id) for one in next_one] == [("urgent", "id-3")]

    def test_of_some_queues_fewer_may_be_unacknowledged(self, link):
        link.submit(several("planned", 10) + several("urgent", 10)).wait(SOON_SECONDS)
        link.consume(["urgent", "planned"], prefetch=5, fewer={"planned": 2})
        until_delivered(link, 7)

        first = link.next_batch(100, SOON_SECONDS)

        assert [one.queue for one in first] == ["urgent"] * 5 + ["planned"] * 2

    def test_an_empty_queue_gives_nothing_after_the_wait_and_not_before(self, link):
        link.consume(["planned"], prefetch=3)
        began = time.monotonic()

        batch = link.next_batch(10, 0.2)

        assert batch == []
        assert 0.2 <= time.monotonic() - began < SOON_SECONDS

    def test_who_waits_is_woken_as_soon_as_a_message_comes(self, link, connect):
        link.consume(["planned"], prefetch=3)
        other = connect()
        began = time.monotonic()

        threading.Timer(0.2, lambda: other.submit([message()])).start()
        batch = link.next_batch(10, SOON_SECONDS)

        assert len(batch) == 1
        assert time.monotonic() - began < SOON_SECONDS / 2

    def test_two_workers_on_a_queue_share_its_messages(self, link, connect):
        other = connect()
        link.consume(["planned"], prefetch=5)
        other.consume(["planned"], prefetch=5)

        link.submit(several("planned", 10)).wait(SOON_SECONDS)
        shares = [ids(take_deliveries(one, 5)) for one in (link, other)]

        assert [len(share) for share in shares] == [5, 5]
        assert len(set(shares[0] + shares[1])) == 10
