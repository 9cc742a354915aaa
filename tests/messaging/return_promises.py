"""What becomes of that which was handed out, and was or was not acknowledged."""

import pytest

from tests.messaging.messages import (
    SOON_SECONDS,
    assert_depths,
    got_from,
    ids,
    message,
    several,
    take_deliveries,
    until_delivered,
)


class ReturnPromises:
    def test_what_is_unacknowledged_comes_back_in_order_and_flagged_where_nothing_else_moves(
        self, link, connect
    ):
        link.submit(several("planned", 6)).wait(SOON_SECONDS)
        dying = connect()
        dying.consume(["planned"], prefetch=4)
        held = take_deliveries(dying, 4)
        dying.ack(held[1:2])
        # A fifth is delivered in the place of the one that is acknowledged.
        until_delivered(dying, 4)

        dying.close()
        assert_depths(link, planned=5)
        link.consume(["planned"], prefetch=10)
        got = take_deliveries(link, 5)

        assert ids(got) == ["id-0", "id-2", "id-3", "id-4", "id-5"]
        assert all(one.is_redelivered for one in got[:3])
        assert not got[-1].is_redelivered

    def test_what_is_acknowledged_never_comes_back(self, link, connect):
        link.submit(several("planned", 300)).wait(SOON_SECONDS)
        worker = connect()
        worker.consume(["planned"], prefetch=50)
        done = 0
        while done < 300:
            batch = worker.next_batch(40, SOON_SECONDS)
            worker.ack(batch)
            done += len(batch)

        worker.close()

        assert_depths(link, planned=0)
        assert got_from(link, "planned") == []

    def test_an_acknowledgement_is_of_the_named_deliveries_and_no_others(self, link, connect):
        link.submit(several("planned", 6)).wait(SOON_SECONDS)
        worker = connect()
        worker.consume(["planned"], prefetch=10)
        held = take_deliveries(worker, 6)

        worker.ack([held[4], held[0]])
        worker.ack([held[1], held[3]])
        worker.close()

        assert_depths(link, planned=2)
        assert got_from(link, "planned") == ["id-2", "id-5"]

    def test_a_delivery_is_acknowledged_once(self, link):
        link.submit([message()]).wait(SOON_SECONDS)
        link.consume(["planned"], prefetch=10)
        batch = link.next_batch(1, SOON_SECONDS)
        link.ack(batch)

        with pytest.raises(ValueError, match="not open"):
            link.ack(batch)

    def test_who_stops_consuming_gives_back_what_was_not_handed_out(self, link, connect):
        link.submit(several("planned", 100)).wait(SOON_SECONDS)
        worker = connect()
        worker.consume(["planned"], prefetch=80)
        until_delivered(worker, 80)
        held = worker.next_batch(10, SOON_SECONDS)

        worker.stop_consuming()
        after = worker.next_batch(10, 0)
        worker.ack(held)
        link.consume(["planned"], prefetch=200)
        got = take_deliveries(link, 90)

        assert after == []
        assert ids(held) == [f"id-{number}" for number in range(10)]
        assert sorted(ids(held + got)) == sorted(f"id-{number}" for number in range(100))

    def test_who_stops_with_empty_hands_gives_all_back_at_once(self, link, connect):
        link.submit(several("planned", 50)).wait(SOON_SECONDS)
        worker = connect()
        worker.consume(["planned"], prefetch=40)
        until_delivered(worker, 40)

        worker.stop_consuming()

        assert_depths(link, planned=50)

    def test_what_was_handed_out_before_a_stop_can_be_acknowledged_after_the_next_start(
        self, link, connect
    ):
        link.submit(several("planned", 6)).wait(SOON_SECONDS)
        worker = connect()
        worker.consume(["planned"], prefetch=2)
        early = take_deliveries(worker, 2)

        worker.stop_consuming()
        worker.consume(["planned"], prefetch=2)
        late = take_deliveries(worker, 2)
        worker.ack([early[1], late[0], early[0]])
        worker.close()

        assert_depths(link, planned=3)
        assert sorted(got_from(link, "planned")) == [late[1].message_id, "id-4", "id-5"]

    def test_who_stopped_consuming_can_begin_again(self, link):
        link.consume(["planned"], prefetch=4)
        link.stop_consuming()
        link.submit(several("planned", 2)).wait(SOON_SECONDS)

        link.consume(["urgent", "planned"], prefetch=4)

        assert len(take_deliveries(link, 2)) == 2
