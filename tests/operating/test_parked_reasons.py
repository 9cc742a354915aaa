"""The reasons for which messages are parked: all are counted, as many told apart as can be read."""

from datetime import datetime, timedelta

from services.operating.dead.choice import Choice
from services.operating.dead.told import print_list
from shared.messaging.parked.message import parked_message
from shared.messaging.parked.queue import Looked
from shared.messaging.parked.reasons import MOST_REASONS, OTHER_REASONS, Reasons
from tests.delivery.small_service import SERVICE, delivery, document

SUMMER_NOON = datetime.fromisoformat("2026-07-22T12:00:00+01:00")


def parked(number, reason="no such agency", at=SUMMER_NOON):
    headers = {"x-fosterframe-reason": reason}
    if at is not None:
        headers["x-fosterframe-parked-at"] = at.isoformat()
    return parked_message(delivery(document(f"R-{number}"), headers=headers), SERVICE)


def test_a_reason_counts_its_messages_from_the_oldest_to_the_newest():
    later, unknown = SUMMER_NOON + timedelta(days=3), None

    (group,) = Reasons(parked(1, at=at) for at in (later, unknown, SUMMER_NOON)).groups()

    assert (group.count, group.oldest, group.newest) == (3, SUMMER_NOON, later)
    assert group.types == {"referral.received.v1"}


def test_where_each_message_has_a_reason_of_its_own_every_one_is_still_counted():
    messages = [parked(n, f"no fee for P-{n}") for n in range(MOST_REASONS + 7)]

    reasons = Reasons([*messages, parked(0, "no fee for P-0")])
    first, second, *rest = reasons.groups()

    assert (first.reason, first.count) == (OTHER_REASONS, 7)
    assert (second.reason, second.count) == ("no fee for P-0", 2)
    assert len(rest) == MOST_REASONS - 1
    assert reasons.numbers()[messages[-1].reason] == reasons.numbers()[OTHER_REASONS] == 1


def test_when_a_message_was_parked_is_told_in_utc_and_says_so(capsys):
    one = parked(1)

    print_list(SERVICE, Looked(1, 1, 2, Reasons([one]), [one]))

    said = capsys.readouterr().out
    assert said.count("2026-07-22 11:00 UTC") == 3
    assert "These are the first 1 of 2: --limit shows more." in said


def test_an_id_that_was_looked_at_is_not_missing_though_it_was_not_among_the_first():
    choice = Choice(["id-R-1", "id-R-2", "id-R-9"])

    wanted = [choice(parked(number)) for number in range(5)]

    assert wanted == [False, True, True, False, False]
    assert choice.missing == ["id-R-9"]
