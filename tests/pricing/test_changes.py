"""What finance is told, and what is owed for days that are past."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.changes import changes, told_after, told_of
from services.pricing.timeline import Cause
from shared.days import days_in, financial_year
from shared.money import for_days, pounds
from tests.pricing.builders import (
    FAMILY,
    OTHER_URN,
    URN,
    amended,
    book,
    ended,
    flat_book,
    placement,
    point,
    timeline_of,
)

TODAY = date(2026, 5, 1)
REVIEWED = (point("900.00"), point("934.47", date(2026, 4, 1), "review", "R26"))


def told_lines(found):
    return [(each.start, each.end, f"{each.old_weekly}", f"{each.new_weekly}") for each in found]


def arrears(found):
    return [f"{line.amount}" for each in found for line in each.arrears]


def test_a_placement_that_starts_today_is_told_without_arrears():
    current = timeline_of(placement(start=TODAY))

    found = changes((), current, TODAY)

    assert told_lines(found) == [(TODAY, None, "0.00", "900.00")]
    assert not arrears(found)


def test_a_placement_that_is_told_five_days_late_owes_five_sevenths():
    # 900.00 x 5 / 7 = 642.857...
    found = changes((), timeline_of(placement(start=date(2026, 4, 26))), TODAY)

    assert arrears(found) == ["642.86"]


def test_three_days_are_three_sevenths_rounded_once():
    # 900.00 x 3 / 7 = 385.714..., not 3 x 128.57 = 385.71
    assert for_days(pounds("900.00"), 3) == Decimal("385.71")
    # 177.00 x 5 / 7 = 126.428..., where five rounded days of 25.29 would be 126.45
    assert for_days(pounds("177.00"), 5) == Decimal("126.43")


def test_a_late_review_owes_the_difference_for_each_day_since():
    # 34.47 x 30 / 7 = 147.728...
    told = told_of(timeline_of(placement(), book(point("900.00"))))

    found = changes(told, timeline_of(placement(), book(*REVIEWED)), TODAY)

    assert told_lines(found) == [(date(2026, 4, 1), None, "900.00", "934.47")]
    assert arrears(found) == ["147.73"]
    assert [(each.word, each.reference) for each in found[0].causes] == [("review", "R26")]


def test_a_provisional_award_that_the_final_one_lowers_is_recovered():
    # 925.00 was told, 934.47 before: (925.00 - 934.47) x 30 / 7 = -40.585...
    final = point("925.00", date(2026, 4, 1), "review", "R26-final")
    told = told_of(timeline_of(placement(), book(*REVIEWED)))

    found = changes(told, timeline_of(placement(), book(*REVIEWED, final)), TODAY)

    assert told_lines(found) == [(date(2026, 4, 1), None, "934.47", "925.00")]
    assert arrears(found) == ["-40.59"]


def test_an_end_told_late_recovers_what_was_paid_since():
    # 900.00 x 16 / 7 = 2057.142...
    told = told_of(timeline_of(placement()))
    because = Cause("ended", "P1", date(2026, 4, 15))

    found = changes(told, timeline_of(placement(ended(date(2026, 4, 15)))), TODAY, because)

    assert told_lines(found) == [(date(2026, 4, 15), None, "900.00", "0.00")]
    assert arrears(found) == ["-2057.14"]
    assert found[0].causes == (because,)


def test_an_end_that_moves_is_told_for_the_days_between():
    told = told_of(timeline_of(placement(ended(date(2026, 4, 1)))))
    because = Cause("ended", "P1", date(2026, 4, 15))

    found = changes(told, timeline_of(placement(ended(date(2026, 4, 15)))), TODAY, because)

    assert told_lines(found) == [(date(2026, 4, 1), date(2026, 4, 15), "0.00", "900.00")]
    assert arrears(found) == ["1800.00"]
    assert found[0].causes == (because,)


def test_a_backdated_review_pays_arrears_for_a_placement_that_has_ended():
    # 34.47 x 9 / 7 = 44.318...
    end = ended(date(2026, 4, 10))
    told = told_of(timeline_of(placement(end), book(point("900.00"))))

    found = changes(told, timeline_of(placement(end), book(*REVIEWED)), TODAY)

    assert told_lines(found) == [(date(2026, 4, 1), date(2026, 4, 10), "900.00", "934.47")]
    assert arrears(found) == ["44.32"]


def test_a_corrected_date_of_birth_moves_the_days_between_the_two_birthdays():
    aged = flat_book(by_band={"11-15": "950.00"})
    wrong = placement(date_of_birth=date(2015, 4, 1))
    because = Cause("amended", "P1", date(2024, 5, 1))
    right = placement(
        amended(date(2024, 5, 1), date_of_birth=date(2015, 4, 15)),
        date_of_birth=date(2015, 4, 1),
    )

    found = changes(told_of(timeline_of(wrong, aged)), timeline_of(right, aged), TODAY, because)

    # 50.00 x 14 / 7
    assert told_lines(found) == [(date(2026, 4, 1), date(2026, 4, 15), "950.00", "900.00")]
    assert arrears(found) == ["-100.00"]


def test_a_move_to_another_agency_ends_one_account_and_begins_another():
    fees = flat_book(families=(FAMILY, FAMILY._replace(agency=OTHER_URN)))
    told = told_of(timeline_of(placement(), fees))
    moved = timeline_of(placement(amended(date(2026, 4, 24), agency=OTHER_URN)), fees)

    found = changes(told, moved, TODAY)

    assert [(each.account.agency, f"{each.new_weekly}") for each in found] == [
        (URN, "0.00"),
        (OTHER_URN, "900.00"),
    ]
    assert arrears(found) == ["-900.00", "900.00"]


def test_what_finance_knows_is_not_told_again():
    current = timeline_of(placement(), book(*REVIEWED))

    assert not changes(told_of(current), current, TODAY)


def test_a_day_before_the_change_nothing_is_owed_and_a_day_after_one_seventh():
    told = told_of(timeline_of(placement(), book(point("900.00"))))
    current = timeline_of(placement(), book(*REVIEWED))

    assert not arrears(changes(told, current, date(2026, 4, 1)))
    # 34.47 / 7 = 4.924...
    assert arrears(changes(told, current, date(2026, 4, 2))) == ["4.92"]


@pytest.mark.parametrize(
    ("first_day", "days", "year_at_900"),
    [(date(2026, 4, 1), 365, "46928.57"), (date(2027, 4, 1), 366, "47057.14")],
)
def test_a_financial_year_has_365_or_366_days_and_never_52_weeks(first_day, days, year_at_900):
    assert days_in(financial_year(first_day)) == days
    assert for_days(pounds("900.00"), days) == Decimal(year_at_900)


def test_what_was_told_can_be_replayed_from_the_messages():
    early, late = timeline_of(placement()), timeline_of(placement(ended(date(2026, 4, 15))))
    told = told_of(early)

    for each in changes(told, late, TODAY):
        told = told_after(told, each.start, each.end, each.new_weekly, each.account)

    assert told == told_of(late)
