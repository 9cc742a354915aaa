"""What a placement costs on each of its days."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.pricing.fees import FeeBook, FeeFamily, NoFeeOn
from services.pricing.timeline import next_move_after, segment_on, timeline
from shared.framework.age_bands import AgeBands
from shared.money import pounds
from tests.pricing.builders import (
    FAMILY,
    OTHER_URN,
    URN,
    amended,
    book,
    causes_of,
    ended,
    flat_book,
    framework,
    key,
    placement,
    point,
    timeline_of,
    weeks_of,
)

AGED = {"0-4": "800.00", "5-10": "900.00", "11-15": "950.00", "16-18": "1000.00"}


def test_a_placement_without_any_change_is_one_segment_until_further_notice():
    segments = timeline_of(placement())

    assert weeks_of(segments) == [(date(2024, 5, 1), "900.00")]
    assert segments[-1].end is None
    assert causes_of(segments) == [[("started", "P1")]]


def test_the_fee_moves_on_the_eleventh_birthday():
    segments = timeline_of(placement(date_of_birth=date(2014, 9, 2)), flat_book(by_band=AGED))

    assert weeks_of(segments) == [(date(2024, 5, 1), "900.00"), (date(2025, 9, 2), "950.00")]
    assert causes_of(segments)[1] == [("birthday", "11-15")]


def test_a_birthday_beyond_the_horizon_is_not_told_yet():
    segments = timeline_of(
        placement(date_of_birth=date(2014, 9, 2)),
        flat_book(by_band=AGED),
        horizon=date(2025, 9, 1),
    )

    assert weeks_of(segments) == [(date(2024, 5, 1), "900.00")]


def test_a_review_that_was_decided_is_told_however_far_ahead():
    fees = book(point("900.00"), point("934.47", date(2026, 4, 1), "review", "R26"))

    segments = timeline_of(placement(), fees, horizon=date(2024, 6, 1))

    assert weeks_of(segments)[-1] == (date(2026, 4, 1), "934.47")
    assert causes_of(segments)[-1] == [("review", "R26")]


def test_a_birthday_that_leaves_the_fee_as_it_is_makes_no_segment():
    segments = timeline_of(placement(date_of_birth=date(2014, 9, 2)))

    assert len(segments) == 1


def test_on_the_eighteenth_birthday_nothing_is_due_any_more():
    segments = timeline_of(placement(date_of_birth=date(2008, 2, 5)))

    assert weeks_of(segments) == [(date(2024, 5, 1), "900.00"), (date(2026, 2, 5), "0.00")]
    assert causes_of(segments)[-1] == [("adulthood", "P1")]


def test_a_child_born_on_29_february_grows_up_on_1_march():
    segments = timeline_of(placement(date_of_birth=date(2008, 2, 29)))

    assert segments[-1].start == date(2026, 3, 1)


def test_from_the_end_on_nothing_is_due():
    segments = timeline_of(placement(ended(date(2025, 1, 15))))

    assert weeks_of(segments) == [(date(2024, 5, 1), "900.00"), (date(2025, 1, 15), "0.00")]
    assert causes_of(segments)[-1] == [("ended", "P1")]


def test_an_end_far_ahead_is_told_at_once():
    segments = timeline_of(placement(ended(date(2030, 1, 1))), horizon=date(2024, 6, 1))

    assert segments[-1].start == date(2030, 1, 1)


def test_a_placement_that_ends_on_the_day_of_its_start_costs_nothing():
    segments = timeline_of(placement(ended(date(2024, 5, 1))))

    assert weeks_of(segments) == [(date(2024, 5, 1), "0.00")]


def test_of_two_ends_the_one_told_later_holds():
    segments = timeline_of(
        placement(ended(date(2025, 1, 15), after_hours=20), ended(date(2025, 3, 1), after_hours=10))
    )

    assert segments[-1].start == date(2025, 1, 15)


def test_several_changes_on_one_day_are_one_segment_with_all_causes():
    fees = flat_book(by_band=AGED)
    fees.add(key("11-15"), point("986.38", date(2025, 4, 1), "review", "R25", number=2))

    segments = timeline_of(placement(date_of_birth=date(2014, 4, 1)), fees)

    assert weeks_of(segments) == [(date(2024, 5, 1), "900.00"), (date(2025, 4, 1), "986.38")]
    assert causes_of(segments)[-1] == [("birthday", "11-15"), ("review", "R25")]


def test_the_child_moves_to_another_agency():
    moved = amended(date(2024, 9, 1), agency=OTHER_URN)
    family = FAMILY._replace(agency=OTHER_URN)
    fees = flat_book(families=(FAMILY, family))

    segments = timeline_of(placement(moved), fees)

    assert [each.account.agency for each in segments] == [URN, OTHER_URN]
    assert causes_of(segments)[-1] == [("amended", "P1")]


def test_an_amendment_from_before_the_start_holds_from_the_start():
    family = FAMILY._replace(need_category="enhanced")
    fees = flat_book("1100.00", families=(family,))

    segments = timeline_of(placement(amended(date(2024, 1, 1), need_category="enhanced")), fees)

    assert weeks_of(segments) == [(date(2024, 5, 1), "1100.00")]


def test_of_two_amendments_from_one_day_the_one_told_later_holds():
    enhanced = FAMILY._replace(need_category="enhanced")
    complex_ = FAMILY._replace(need_category="complex")
    fees = flat_book(families=(FAMILY,))
    for family, fee in ((enhanced, "1100.00"), (complex_, "1300.00")):
        for band in AGED:
            fees.add(key(band, family=family), point(fee))
    later = amended(date(2024, 9, 1), need_category="complex", after_hours=5)
    sooner = amended(date(2024, 9, 1), need_category="enhanced", after_hours=2)

    segments = timeline_of(placement(later, sooner), fees)

    assert weeks_of(segments)[-1] == (date(2024, 9, 1), "1300.00")


def test_a_corrected_date_of_birth_holds_from_the_start():
    corrected = amended(date(2026, 1, 1), date_of_birth=date(2012, 3, 10))

    segments = timeline_of(placement(corrected), flat_book(by_band=AGED), date(2026, 2, 1))

    assert weeks_of(segments) == [(date(2024, 5, 1), "950.00")]


def test_a_spot_placement_keeps_its_agreed_fee_over_birthdays():
    spot = placement(
        agreement="spot", agreed_weekly=pounds("1234.00"), date_of_birth=date(2014, 9, 2)
    )

    assert weeks_of(timeline_of(spot, FeeBook())) == [(date(2024, 5, 1), "1234.00")]


def test_a_spot_fee_that_is_agreed_anew_holds_from_its_day():
    spot = placement(
        amended(date(2025, 4, 1), agreed_weekly=pounds("1300.00")),
        agreement="spot",
        agreed_weekly=pounds("1234.00"),
    )

    assert weeks_of(timeline_of(spot, FeeBook()))[-1] == (date(2025, 4, 1), "1300.00")


def test_kent_and_medway_each_pay_their_own_fee_to_the_same_agency():
    medway = FeeFamily(URN, "medway", "core", "standard")
    fees = flat_book("900.00")
    for band in AGED:
        fees.add(key(band, family=medway), point("880.00"))

    for_kent, for_medway = (
        timeline_of(placement(family=family), fees)[0] for family in (FAMILY, medway)
    )

    assert (for_kent.account.purchaser, for_kent.weekly) == ("kent", Decimal("900.00"))
    assert (for_medway.account.purchaser, for_medway.weekly) == ("medway", Decimal("880.00"))


@pytest.mark.parametrize(
    ("told", "line", "funding"),
    [
        ({}, "looked_after", "base_budget"),
        ({"disability": True}, "looked_after_disability", "base_budget"),
        ({"uasc": True}, "asylum", "uasc_grant"),
        ({"uasc": True, "disability": True}, "asylum", "uasc_grant"),
    ],
)
def test_each_placement_is_booked_to_its_budget_line(told, line, funding):
    account = timeline_of(placement(**told))[0].account

    assert (account.service_line, account.funding) == (line, funding)


def test_a_fee_that_is_missing_from_a_birthday_on_is_named():
    fees = book(point("900.00"))

    with pytest.raises(NoFeeOn, match="No weekly fee for SC990001 kent core standard 11-15"):
        timeline_of(placement(date_of_birth=date(2014, 9, 2)), fees)


def test_a_fee_that_begins_too_late_is_named_with_its_first_day():
    fees = book(point("900.00", date(2024, 6, 1)))

    with pytest.raises(NoFeeOn, match="the first is from 2024-06-01"):
        timeline_of(placement(), fees)


def test_where_the_week_of_a_birthday_counts_the_fee_moves_on_its_monday():

    bands = AgeBands(framework().age_bands.bands, change="week_of_birthday")
    weekly = replace(framework(), age_bands=bands)
    # 2 September 2025 is a Tuesday.
    one = placement(date_of_birth=date(2014, 9, 2))

    segments = timeline(one, flat_book(by_band=AGED), weekly, date(2026, 12, 31))

    assert segments[-1].start == date(2025, 9, 1)


def test_the_next_birthday_that_counts_is_the_one_of_the_next_band():
    one = placement(date_of_birth=date(2014, 9, 2))

    assert next_move_after(one, framework(), date(2024, 5, 1)) == date(2025, 9, 2)
    assert next_move_after(one, framework(), date(2025, 9, 2)) == date(2030, 9, 2)
    assert next_move_after(one, framework(), date(2032, 9, 2)) is None


def test_after_the_end_no_birthday_counts():
    one = placement(ended(date(2025, 1, 1)), date_of_birth=date(2014, 9, 2))

    assert next_move_after(one, framework(), date(2024, 6, 1)) is None


def test_the_segment_of_a_day_is_the_one_that_holds_it():
    segments = timeline_of(placement(ended(date(2025, 1, 15))))

    assert segment_on(segments, date(2025, 1, 14)).weekly == Decimal("900.00")
    assert segment_on(segments, date(2025, 1, 15)).weekly == 0
    with pytest.raises(ValueError, match="starts after"):
        segment_on(segments, date(2024, 4, 30))
