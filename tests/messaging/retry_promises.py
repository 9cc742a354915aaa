"""How a message waits for another try, and where it is parked."""

import time

from shared.messaging.topology import dead_queue, retry_queue, topology
from tests.messaging.messages import SOON_SECONDS, assert_depths, message, take_deliveries


class RetryPromises:
    def test_a_retry_returns_to_the_queue_it_came_from_and_to_no_other(self, connect):
        link = connect()
        link.declare(topology(retry_delays_seconds=(1,)))
        ladder = retry_queue("pricing", 1)
        began = time.monotonic()
        link.consume(["pricing.register"], prefetch=10)

        again = message("pricing.register", 7, exchange=ladder, headers={"x-attempt": 1})
        refused = link.submit([again]).wait(SOON_SECONDS)
        (got,) = link.next_batch(10, SOON_SECONDS)

        assert refused == []
        assert 1 <= time.monotonic() - began < SOON_SECONDS
        assert (got.queue, got.message_id, got.headers["x-attempt"]) == (
            "pricing.register",
            "id-7",
            1,
        )
        assert_depths(link, **{"eligibility.register": 0, ladder: 0, dead_queue("pricing"): 0})

    def test_a_message_can_climb_the_ladder_many_times(self, connect):
        link = connect()
        link.declare(topology(retry_delays_seconds=(1,)))
        ladder = retry_queue("pricing", 1)
        link.consume(["pricing.register"], prefetch=10)
        headers = {}

        for _ in range(3):
            tried = message("pricing.register", exchange=ladder, headers=headers)
            link.submit([tried]).wait(SOON_SECONDS)
            (got,) = take_deliveries(link, 1)
            link.ack([got])
            headers = got.headers

        assert headers["x-first-death-reason"] == "expired"
        assert headers["x-first-death-queue"] == ladder

    def test_what_keeps_killing_its_consumer_is_parked_at_the_limit(self, link, connect):
        link.submit([message("fragile")]).wait(SOON_SECONDS)
        counts = []

        for _ in range(3):
            victim = connect()
            victim.consume(["fragile"], prefetch=1)
            (got,) = victim.next_batch(1, SOON_SECONDS)
            counts.append(got.headers.get("x-delivery-count", 0))
            victim.close()
        link.consume(["parked"], prefetch=1)
        (parked,) = link.next_batch(1, SOON_SECONDS)

        assert counts == [0, 1, 2]
        assert parked.headers["x-first-death-reason"] == "delivery_limit"
        assert parked.headers["x-first-death-queue"] == "fragile"
        assert_depths(link, fragile=0)

    def test_what_is_parked_stays_however_often_it_is_looked_at(self, link, connect):
        link.submit([message("parked", exchange="dead")]).wait(SOON_SECONDS)

        for _ in range(25):
            reader = connect()
            reader.consume(["parked"], prefetch=1)
            assert len(reader.next_batch(1, SOON_SECONDS)) == 1
            reader.close()

        assert_depths(link, parked=1)
