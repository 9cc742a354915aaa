"""What becomes of a message that failed."""

import pytest

from shared.errors import BrokerAway, CannotSucceed, DatabaseAway, MayYetSucceed
from shared.messaging.fate import Parked, RetryAfter, fate_of
from shared.messaging.topology import RETRY_DELAYS_SECONDS


def test_what_cannot_succeed_is_parked_at_the_first_attempt():
    error = CannotSucceed("no such purchaser", field="data.purchaser", advice="Name another.")

    fate = fate_of(error, attempt=1)

    assert fate == Parked("no such purchaser", "data.purchaser", "Name another.")


@pytest.mark.parametrize("error", [MayYetSucceed("no rate yet"), KeyError("a bug")])
def test_what_may_yet_succeed_waits_5_then_30_then_300_seconds_and_is_then_parked(error):
    fates = [fate_of(error, attempt) for attempt in (1, 2, 3, 4)]

    assert fates[:3] == [RetryAfter(5), RetryAfter(30), RetryAfter(300)]
    assert isinstance(fates[3], Parked)


def test_who_parks_after_the_ladder_says_how_often_it_was_tried():
    fate = fate_of(MayYetSucceed("no rate for 2026-09 yet", advice="Import it."), attempt=4)

    assert fate == Parked("no rate for 2026-09 yet (tried 4 times)", "", "Import it.")


def test_an_attempt_beyond_the_ladder_is_parked_at_once():
    assert isinstance(fate_of(MayYetSucceed("no"), attempt=900), Parked)


def test_of_an_unforeseen_fault_only_its_kind_is_told():
    fate = fate_of(KeyError("2015-03-04"), attempt=len(RETRY_DELAYS_SECONDS) + 1)

    assert fate.reason == "a fault of this service and not of the message (KeyError)"


@pytest.mark.parametrize("error", [DatabaseAway("gone"), BrokerAway("gone")])
def test_a_broker_or_database_that_is_away_is_no_messages_fate(error):
    with pytest.raises(type(error)):
        fate_of(error, attempt=1)
