"""What is counted of a batch: the age of an outcome, the oldest in hand, and nothing absurd."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.catalogue import REFERRAL_RECEIVED
from shared.contracts.event import Event
from shared.messaging.measures import LONGEST_AGE, Histogram, Measures, Tally
from shared.messaging.received import read
from tests.delivery.small_service import NOW, referral


def event_of(time):
    found = read(referral("R-1")).event
    return Event(**{name: getattr(found, name) for name in Event.__slots__} | {"time": time})


def outcome_seconds(time):
    measures, tally = Measures(), Tally()
    tally.settled(REFERRAL_RECEIVED, "handled", event_of(time), 0.002)
    measures.batch(0.01, tally, NOW)
    return measures.outcome_seconds[REFERRAL_RECEIVED]


def test_an_outcome_is_as_old_as_its_event():
    assert outcome_seconds(NOW - timedelta(seconds=40)).sum == 40


@pytest.mark.parametrize(
    ("time", "seconds"),
    [
        (NOW + timedelta(hours=1), 0),
        (datetime(1, 1, 1, tzinfo=UTC), LONGEST_AGE.total_seconds()),
    ],
    ids=["to come", "of long ago"],
)
def test_a_time_that_a_sender_made_up_spoils_no_sum(time, seconds):
    assert outcome_seconds(time).sum == seconds


def test_a_value_is_counted_in_the_first_bucket_that_holds_it():
    spread = Histogram((1, 2))

    for value in (0.5, 1, 1.5, 2, 3):
        spread.add(value)

    assert (spread.counts, spread.sum) == ([2, 2, 1], 8)


def test_what_is_in_hand_grows_older_until_its_queue_is_known_to_be_empty():
    measures, later = Measures(), NOW + timedelta(seconds=60)
    measures.taking([("a", NOW), ("a", NOW - timedelta(seconds=9)), ("b", NOW)])

    before = measures.oldest_seconds(later)
    measures.waits_only_in(["b", "c"])
    between = measures.oldest_seconds(later)
    measures.waits_only_in([])

    assert before == {"a": 69, "b": 60}
    assert between == {"b": 60}
    assert measures.oldest_seconds(later) == {}


def test_only_what_was_handled_has_an_outcome():
    measures, tally = Measures(), Tally()
    for fate in ("waiting", "parked", "duplicate"):
        tally.settled(REFERRAL_RECEIVED, fate, event_of(NOW), 0.1)

    measures.batch(0.01, tally, NOW)

    assert measures.outcome_seconds == {}
    assert measures.messages.total() == 3
