"""What case management tells of a placement that makes no sense: for good, or for now."""

from datetime import date

import pytest

from shared.money import pounds
from tests.pricing.builders import URN
from tests.pricing.pricing_service import amended, ended, member, started
from tests.pricing.test_placements_amended import SPOT, told

JUNE = date(2026, 6, 1)
FAR = [date(1899, 12, 31), date(2200, 1, 1), date(9999, 12, 31), date(1, 1, 1)]
TOO_FAR = "the day lies too far off"


def test_a_start_before_the_agreement_is_refused(priced):
    priced.hears(started(start_date=date(2022, 3, 31)))

    assert priced.fates() == ["the framework agreement does not run on that day"]


WAITING = [
    (
        "a start after the end",
        [ended(date(2026, 3, 9))],
        {"start_date": date(2026, 3, 10)},
        "the placement cannot start after it ends",
    ),
    (
        "a start before the birth",
        [],
        {"start_date": date(2017, 6, 9)},
        "the date of birth is after the start of the placement",
    ),
    (
        "a birth after the start",
        [],
        {"date_of_birth": date(2026, 3, 3)},
        "the date of birth is after the start of the placement",
    ),
    (
        "a child who was of age at the start",
        [],
        {"date_of_birth": date(2008, 3, 2)},
        "no age band counts from birthday 18 on",
    ),
    (
        "a start before the agreement",
        [],
        {"start_date": date(2022, 3, 31)},
        "the framework agreement does not run on that day",
    ),
    (
        "an agreed fee under the framework",
        [],
        {"agreed_weekly": pounds("1000.00")},
        "a framework placement has the framework's fee",
    ),
]


@pytest.mark.parametrize(
    ("what", "before", "amendment", "reason"), WAITING, ids=[row[0] for row in WAITING]
)
def test_an_amendment_that_makes_no_sense_yet_is_tried_again_and_then_parked(
    priced, what, before, amendment, reason
):
    priced.hears(started(), *before)
    count = len(priced.sent())

    priced.hears(amended(**amendment))
    assert (len(priced.retried()), priced.fates()) == (1, []), what
    priced.hears_for_the_last_time(amended(**amendment))

    assert priced.fates() == [f"{reason} (tried 4 times)"]
    assert len(priced.sent()) == count


def test_a_child_of_seventeen_at_the_start_may_be_of_age_now(priced):
    priced.on(date(2026, 4, 15))
    priced.hears(started())

    priced.hears(amended(date_of_birth=date(2008, 3, 3)))

    assert told(priced)[-1] == (date(2026, 3, 3), "900.00", "0.00")
    assert not priced.retried()


def test_an_agreed_fee_is_taken_once_it_is_known_that_there_is_an_agreement(priced):
    later = amended(event_id="more", agreed_weekly=pounds("1300.00"), effective_from=JUNE)
    priced.hears(started(), later)
    assert len(priced.retried()) == 1

    priced.hears(amended(event_id="spot", **SPOT))
    priced.hears_again(later)

    assert told(priced)[-1] == (JUNE, "1234.00", "1300.00")
    assert not priced.mismatches()


def test_a_start_after_the_end_is_taken_once_the_end_is_another(priced):
    later = amended(start_date=date(2026, 3, 10))
    priced.hears(started(), ended(date(2026, 3, 9)), later)
    assert len(priced.retried()) == 1

    priced.hears(ended(date(2026, 3, 20), event_id="later", hour=12))
    priced.hears_again(later)

    assert [each.start for each in priced.timelines()["P1"]] == [
        date(2026, 3, 10),
        date(2026, 3, 20),
    ]
    assert not priced.mismatches()


def test_a_date_of_birth_after_the_start_is_taken_once_the_start_is_another(priced):
    later = amended(date_of_birth=date(2026, 3, 3))
    priced.hears(started(), later)
    assert len(priced.retried()) == 1

    priced.hears(amended(event_id="start", start_date=date(2026, 3, 9)))
    priced.hears_again(later)

    assert priced.timelines()["P1"][0].start == date(2026, 3, 9)
    assert not priced.mismatches()


def test_an_end_before_the_start_is_taken_once_the_start_is_another(priced):
    early = ended(date(2026, 2, 20))
    priced.hears(started(), early)
    assert len(priced.retried()) == 1

    priced.hears(amended(start_date=date(2026, 2, 9)))
    priced.hears_again(early)

    assert told(priced)[-1] == (date(2026, 2, 20), "900.00", "0.00")
    assert not priced.mismatches()


@pytest.mark.parametrize("day", FAR, ids=str)
@pytest.mark.parametrize(
    ("said", "field"),
    [
        (lambda day: started("P2", start_date=day, date_of_birth=day), "data.date_of_birth"),
        (lambda day: amended(effective_from=day, solo=True), "data.effective_from"),
        (lambda day: amended(date_of_birth=day), "data.date_of_birth"),
        (lambda day: amended(start_date=day), "data.start_date"),
        (ended, "data.end_date"),
        (lambda day: member(URN, day), "data.facts.0.valid_from"),
    ],
    ids=["born", "amended from", "born otherwise", "start otherwise", "end", "member"],
)
def test_a_day_that_is_too_far_off_is_refused_by_its_field(priced, said, field, day):
    priced.hears(started())

    priced.hears(said(day))

    assert priced.rejections() == [(field, TOO_FAR)]
    assert not priced.retried()
    assert len(priced.sent()) == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (started("P2", start_date=date(9999, 12, 31)), "data.start_date"),
        (member(URN, date(2022, 4, 1), date(9999, 12, 31)), "data.facts.0.valid_to"),
    ],
    ids=["start", "member"],
)
def test_so_is_the_day_after_the_last_that_can_be_reckoned_with(priced, said, field):
    priced.hears(said)

    assert priced.rejections() == [(field, TOO_FAR)]


def test_a_spot_placement_that_began_long_ago_is_reckoned_with_all_the_same(priced):
    priced.hears(started(start_date=date(1990, 1, 1), date_of_birth=date(1980, 1, 1), **SPOT))

    assert told(priced)[0] == (date(1990, 1, 1), "0.00", "1234.00")


def test_an_end_far_ahead_is_told(priced):
    priced.hears(started(), ended(date(2199, 12, 31)))

    # Until the birthday that ends every payment: the end comes after it.
    assert not priced.fates()
    assert not priced.retried()
