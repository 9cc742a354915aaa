"""What becomes of a placement of which something is otherwise than was told."""

from datetime import date
from itertools import permutations

import pytest

from services.pricing.changes import changes, told_of
from services.pricing.fees import FeeBook
from services.pricing.timeline import Cause
from shared.money import pounds
from tests.pricing.builders import (
    BANDS,
    FAMILY,
    OTHER_URN,
    URN,
    amended,
    causes_of,
    ended,
    flat_book,
    key,
    placement,
    point,
    timeline_of,
    weeks_of,
)

AGED = {"0-4": "800.00", "5-10": "900.00", "11-15": "950.00", "16-18": "1000.00"}
OTHER = FAMILY._replace(agency=OTHER_URN)
START = date(2024, 5, 1)


def test_a_start_corrected_to_an_earlier_day_is_paid_from_that_day():
    one = placement(amended(START, start=date(2024, 4, 24)))

    assert weeks_of(timeline_of(one)) == [(date(2024, 4, 24), "900.00")]
    # Seven days that were not paid: 900.00 x 7 / 7.
    told = told_of(timeline_of(placement()))
    (change,) = changes(told, timeline_of(one), date(2024, 6, 1))
    assert (change.start, change.end) == (date(2024, 4, 24), START)
    assert [line.amount for line in change.arrears] == [pounds("900.00")]


def test_a_start_corrected_to_a_later_day_is_not_paid_before_it():
    one = placement(amended(START, start=date(2024, 5, 4)))

    # Three days too many: -900.00 x 3 / 7.
    (change,) = changes(told_of(timeline_of(placement())), timeline_of(one), date(2024, 6, 1))
    assert [line.amount for line in change.arrears] == [pounds("-385.71")]


def test_what_was_amended_before_a_corrected_start_holds_from_it():
    enhanced = FAMILY._replace(need_category="enhanced")
    one = placement(
        amended(date(2024, 5, 3), need_category="enhanced", after_hours=1),
        amended(START, start=date(2024, 5, 10), after_hours=2),
    )

    segments = timeline_of(one, flat_book("1100.00", families=(enhanced,)))

    assert weeks_of(segments) == [(date(2024, 5, 10), "1100.00")]


def test_of_two_corrected_starts_the_one_told_later_holds():
    later = amended(START, start=date(2024, 5, 2), after_hours=9)
    sooner = amended(START, start=date(2024, 5, 8), after_hours=3)

    assert timeline_of(placement(later, sooner))[0].start == date(2024, 5, 2)


def test_a_day_between_two_amendments_has_what_was_told_of_it():
    enhanced, complex_ = (FAMILY._replace(need_category=each) for each in ("enhanced", "complex"))
    fees = flat_book(families=(FAMILY,))
    for family, fee in ((enhanced, "1100.00"), (complex_, "1300.00")):
        for band in BANDS:
            fees.add(key(band, family=family), point(fee))
    one = placement(
        amended(date(2024, 9, 1), need_category="complex", after_hours=1),
        # Told later, of an earlier day: it holds until the day of which something else was told.
        amended(date(2024, 7, 1), need_category="enhanced", after_hours=2),
    )

    assert weeks_of(timeline_of(one, fees)) == [
        (START, "900.00"),
        (date(2024, 7, 1), "1100.00"),
        (date(2024, 9, 1), "1300.00"),
    ]


@pytest.mark.parametrize(
    ("facts", "line", "funding"),
    [
        ({"uasc": True}, "asylum", "uasc_grant"),
        ({"disability": True}, "looked_after_disability", "base_budget"),
    ],
)
def test_another_budget_line_pays_from_the_day_on_which_the_child_is_otherwise(
    facts, line, funding
):
    segments = timeline_of(placement(amended(date(2024, 9, 1), **facts)))

    assert [(each.start, each.account.service_line) for each in segments] == [
        (START, "looked_after"),
        (date(2024, 9, 1), line),
    ]
    assert segments[1].account.funding == funding
    assert [f"{each.weekly}" for each in segments] == ["900.00", "900.00"]


def test_both_budget_lines_are_told_when_one_takes_over_from_the_other():
    told = told_of(timeline_of(placement()))
    current = timeline_of(placement(amended(date(2024, 9, 1), uasc=True)))

    found = changes(told, current, date(2024, 9, 8))

    assert [(each.account.service_line, f"{each.new_weekly}") for each in found] == [
        ("looked_after", "0.00"),
        ("asylum", "900.00"),
    ]
    # Seven days of it are past already: a credit and arrears of the same pounds.
    assert [f"{each.arrears[0].amount}" for each in found] == ["-900.00", "900.00"]


def test_an_asylum_seeker_who_was_one_only_for_a_while_goes_back():
    one = placement(amended(date(2024, 9, 1), uasc=False), uasc=True, disability=True)

    lines = [each.account.service_line for each in timeline_of(one)]

    assert lines == ["asylum", "looked_after_disability"]


def test_an_end_that_is_taken_back_leaves_no_end():
    one = placement(ended(date(2025, 1, 15), after_hours=10), ended(after_hours=20))

    segments = timeline_of(one)

    assert weeks_of(segments) == [(START, "900.00")]
    told = told_of(timeline_of(placement(ended(date(2025, 1, 15)))))
    because = Cause("continued", "P1", date(2025, 1, 15))
    (change,) = changes(told, segments, date(2025, 1, 22), because)
    assert change.causes == (because,)
    assert [line.amount for line in change.arrears] == [pounds("900.00")]


def test_an_end_told_after_one_was_taken_back_ends_it():
    one = placement(
        ended(date(2025, 3, 1), after_hours=30),
        ended(after_hours=20),
        ended(date(2025, 1, 15), after_hours=10),
    )

    assert timeline_of(one)[-1].start == date(2025, 3, 1)


def test_an_end_before_a_corrected_start_pays_nothing():
    one = placement(ended(date(2024, 5, 2)), amended(START, start=date(2024, 5, 9)))

    assert weeks_of(timeline_of(one)) == [(date(2024, 5, 9), "0.00")]


def test_an_amendment_on_the_day_of_the_end_changes_nothing():
    one = placement(amended(date(2025, 1, 15), agency=OTHER_URN), ended(date(2025, 1, 15)))

    assert weeks_of(timeline_of(one)) == [(START, "900.00"), (date(2025, 1, 15), "0.00")]


def test_an_amendment_on_the_day_of_a_review_gives_one_segment_with_both_causes():
    day = date(2025, 4, 1)
    fees = flat_book(families=(FAMILY, OTHER))
    fees.add(key("5-10", family=OTHER), point("950.00", day, "review", "R25", number=2))

    segments = timeline_of(placement(amended(day, agency=OTHER_URN)), fees)

    assert weeks_of(segments)[1:] == [(day, "950.00")]
    assert causes_of(segments)[1:] == [[("amended", "P1"), ("review", "R25")]]


def test_the_events_of_a_life_may_arrive_in_any_order():
    told = [
        amended(date(2024, 8, 1), agency=OTHER_URN, after_hours=1),
        amended(date(2024, 5, 1), start=date(2024, 5, 6), after_hours=2),
        amended(date(2024, 8, 1), agency=URN, after_hours=3),
        amended(date(2024, 6, 1), agreement="spot", agreed_weekly=pounds("1100.00"), after_hours=4),
        amended(date(2024, 10, 1), agreement="framework", uasc=True, after_hours=5),
        ended(date(2025, 1, 1), after_hours=6),
        ended(after_hours=7),
    ]

    found = {placement(*order) for order in permutations(told)}

    assert len(found) == 1


def test_a_move_that_was_told_and_corrected_of_the_same_day_was_none():
    there = amended(date(2024, 8, 1), agency=OTHER_URN, after_hours=1)
    back = amended(date(2024, 8, 1), agency=URN, after_hours=2)

    assert {terms.with_agency_since for terms in placement(there, back).terms} == {START}


BORN_ON_29_FEBRUARY = [
    # the band 11-15 begins in a common year, the band 16-18 in a leap year
    (date(2012, 2, 29), date(2023, 3, 1), date(2028, 2, 29)),
    (date(2008, 2, 29), date(2019, 3, 1), date(2024, 2, 29)),
]


@pytest.mark.parametrize(("born", "eleven", "sixteen"), BORN_ON_29_FEBRUARY)
def test_who_was_born_on_29_february_has_a_birthday_on_1_march_in_common_years(
    born, eleven, sixteen
):
    one = placement(date_of_birth=born, start=date(2018, 5, 1))
    fees = FeeBook((key(band), point(AGED[band], date(2016, 4, 1))) for band in BANDS)

    days = [each.start for each in timeline_of(one, fees, date(2028, 12, 31))]

    assert days[1:3] == [eleven, sixteen]


def test_a_placement_may_start_and_end_on_29_february():
    leap = placement(ended(date(2024, 2, 29)), start=date(2024, 2, 28))

    segments = timeline_of(leap)

    assert weeks_of(segments) == [(date(2024, 2, 28), "900.00"), (date(2024, 2, 29), "0.00")]


def test_who_moves_in_and_out_on_one_day_costs_nothing_and_nothing_is_told():
    current = timeline_of(placement(ended(START)))

    assert not changes((), current, date(2024, 6, 1))
