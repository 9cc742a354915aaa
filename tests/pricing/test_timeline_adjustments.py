"""What discounts and supplements make of a fee, from which day, and what finance reads of it."""

from datetime import date

import pytest

from services.pricing.adjusting import adjustments_due
from services.pricing.timeline import next_move_after, segment_on
from shared.framework.adjustments import ForLongStay, ForSibling, ForSolo, ForVolume
from shared.money import money_text, pounds
from tests.pricing.builders import (
    FAMILY,
    OTHER_URN,
    URN,
    adjustment,
    amended,
    amount,
    book,
    causes_of,
    counted,
    ended,
    flat_book,
    framework_with,
    key,
    placement,
    point,
    timeline_of,
    weeks_of,
)

SIBLING = adjustment("sibling", ForSibling(2), amount("5"))
LONG_STAY = adjustment("long_stay", ForLongStay(24, "long_term"), amount("3"))
SOLO = adjustment("solo", ForSolo(), amount("£75.00"), kind="supplement")
TIER = adjustment("volume_20", ForVolume(20, 40), amount("1.5"))
HIGHER = adjustment("volume_40", ForVolume(40), amount("2.5"))
EVERY = framework_with(SIBLING, LONG_STAY, TIER, HIGHER, SOLO)
START = date(2024, 5, 1)


def told(one, fees=None, horizon=date(2026, 12, 31)):
    """Return (first day, weekly, causes) of each segment, for a person to read."""
    segments = timeline_of(one, fees, horizon, under=EVERY)
    weeks, causes = weeks_of(segments), causes_of(segments)
    return [(*week, cause) for week, cause in zip(weeks, causes, strict=True)]


ON_THE_FIRST_DAY = [
    ("the first child of a group", {}, "900.00", []),
    # 900.00 x 0.95
    ("the second child", {"sibling_number": 2}, "855.00", [("discount", "sibling")]),
    ("the fourth child", {"sibling_number": 4}, "855.00", [("discount", "sibling")]),
    # 900.00 + 75.00
    ("a solo child", {"solo": True}, "975.00", [("supplement", "solo")]),
    # 900.00 x 0.95 + 75.00: pounds are not discounted
    (
        "both",
        {"solo": True, "sibling_number": 2},
        "930.00",
        [("discount", "sibling"), ("supplement", "solo")],
    ),
    ("a long-term child, not yet", {"duration": "long_term"}, "900.00", []),
]


@pytest.mark.parametrize(
    ("whom", "facts", "weekly", "causes"),
    ON_THE_FIRST_DAY,
    ids=[row[0] for row in ON_THE_FIRST_DAY],
)
def test_what_is_due_from_the_first_day_is_in_the_first_fee(whom, facts, weekly, causes):
    segments = told(placement(**facts), horizon=START)

    assert segments == [(START, weekly, [("started", "P1"), *causes])], whom


def test_the_fee_is_rounded_once_after_everything_is_added_up():
    # 747.77 x (100 - 5 - 1.5) / 100 = 699.16495; rounded after each step it would be 699.73.
    fees = flat_book("747.77")
    fees.count_volume(URN, counted(25, date(2024, 4, 1)))

    (segment,) = told(placement(sibling_number=2), fees)

    assert segment[1] == "699.16"


def test_a_half_penny_is_rounded_up():
    # 900.10 x 0.95 = 855.095
    assert told(placement(sibling_number=2), flat_book("900.10"))[0][1] == "855.10"


def test_after_24_months_with_the_agency_a_long_term_placement_costs_less():
    segments = told(placement(duration="long_term"))

    # 900.00 x 0.97
    assert segments[1:] == [(date(2026, 5, 1), "873.00", [("discount", "long_stay")])]


def test_what_began_on_29_february_is_24_months_old_on_28_february():
    segments = told(placement(duration="long_term", start=date(2024, 2, 29)))

    assert segments[-1][0] == date(2026, 2, 28)


def test_a_long_stay_beyond_the_horizon_is_not_told_yet_but_looked_for():
    one = placement(duration="long_term")

    assert len(told(one, horizon=date(2026, 4, 30))) == 1
    assert next_move_after(one, EVERY, date(2026, 4, 30)) == date(2026, 5, 1)
    assert next_move_after(one, EVERY, date(2026, 5, 1)) == date(2027, 3, 10)


def test_a_short_term_placement_has_no_long_stay():
    one = placement(duration="short_term")

    assert len(told(one)) == 1
    assert next_move_after(one, EVERY, START) == date(2027, 3, 10)


def test_nobody_has_a_long_stay_of_whom_nobody_said_for_how_long():
    assert len(told(placement())) == 1


def test_a_short_term_placement_that_becomes_long_term_counts_from_its_start():
    one = placement(amended(date(2026, 9, 1), duration="long_term"), duration="short_term")

    # 24 months were over on 1 May already.
    causes = [("amended", "P1"), ("discount", "long_stay")]
    assert told(one)[1:] == [(date(2026, 9, 1), "873.00", causes)]


def test_another_agency_counts_the_months_anew():
    moved = amended(date(2026, 6, 1), agency=OTHER_URN)
    fees = flat_book(families=(FAMILY, FAMILY._replace(agency=OTHER_URN)))

    segments = told(placement(moved, duration="long_term"), fees, date(2028, 12, 31))

    assert [(day, weekly) for day, weekly, _ in segments] == [
        (START, "900.00"),
        (date(2026, 5, 1), "873.00"),
        (date(2026, 6, 1), "900.00"),
        (date(2028, 6, 1), "873.00"),
    ]


def test_another_purchaser_or_need_does_not_count_the_months_anew():
    enhanced = FAMILY._replace(need_category="enhanced")
    one = placement(amended(date(2025, 6, 1), need_category="enhanced"), duration="long_term")

    segments = told(one, flat_book(families=(FAMILY, enhanced)))

    assert segments[-1][:2] == (date(2026, 5, 1), "873.00")


def test_a_corrected_start_moves_the_long_stay():
    one = placement(amended(date(2024, 5, 1), start=date(2024, 3, 1)), duration="long_term")

    assert [each[0] for each in told(one)] == [date(2024, 3, 1), date(2026, 3, 1)]


def test_an_amount_that_changes_moves_the_fee_on_its_day_however_far_ahead():
    rising = adjustment(
        "sibling",
        ForSibling(2),
        amount("5"),
        amount("6", date(2025, 4, 1)),
        amount("0", date(2030, 4, 1)),
    )
    segments = timeline_of(placement(sibling_number=2), horizon=START, under=framework_with(rising))

    # 900.00 x 0.94; and 0 ends it
    assert weeks_of(segments)[1:] == [(date(2025, 4, 1), "846.00"), (date(2030, 4, 1), "900.00")]
    assert causes_of(segments)[1:] == [[("discount", "sibling")]] * 2


def test_an_adjustment_counts_from_the_first_day_of_its_first_amount():
    late = adjustment("sibling", ForSibling(2), amount("5", date(2025, 1, 1)))

    segments = timeline_of(placement(sibling_number=2), under=framework_with(late))

    assert weeks_of(segments) == [(START, "900.00"), (date(2025, 1, 1), "855.00")]


def test_a_sibling_who_leaves_makes_the_other_the_first():
    one = placement(amended(date(2025, 2, 1), sibling_number=1), sibling_number=2)

    causes = [("amended", "P1"), ("discount", "sibling")]
    assert told(one)[1:] == [(date(2025, 2, 1), "900.00", causes)]


def test_a_child_who_is_no_longer_alone_has_no_supplement_from_that_day():
    one = placement(amended(date(2025, 2, 1), solo=False), solo=True)

    assert [each[:2] for each in told(one)] == [(START, "975.00"), (date(2025, 2, 1), "900.00")]


def test_an_amendment_of_something_else_does_not_name_what_goes_on():
    medway = FAMILY._replace(purchaser="medway")
    one = placement(amended(date(2025, 2, 1), purchaser="medway"), solo=True)

    segments = told(one, flat_book(families=(FAMILY, medway)))

    assert segments[1] == (date(2025, 2, 1), "975.00", [("amended", "P1")])


def test_a_review_a_birthday_and_a_long_stay_on_one_day_are_one_segment_with_all_causes():
    fees = flat_book()
    fees.add(key("11-15"), point("1000.00", date(2026, 4, 1), "review", "R26", number=2))
    one = placement(duration="long_term", start=date(2024, 4, 1), date_of_birth=date(2015, 4, 1))

    # 1000.00 x 0.97
    assert told(one, fees)[1:] == [
        (
            date(2026, 4, 1),
            "970.00",
            [("birthday", "11-15"), ("review", "R26"), ("discount", "long_stay")],
        )
    ]


def test_a_review_lifts_the_framework_fee_and_the_discount_is_taken_of_that():
    fees = book(point("900.00"), point("934.47", date(2026, 4, 1), "review", "R26"))

    # 934.47 x 0.95 = 887.7465
    assert told(placement(sibling_number=2), fees)[-1][1] == "887.75"


def test_nothing_is_due_on_a_fee_that_was_agreed_for_one_placement():
    one = placement(agreement="spot", agreed_weekly=pounds("1234.00"), solo=True, sibling_number=3)

    assert told(one) == [(START, "1234.00", [("started", "P1")])]
    assert adjustments_due(one, START, EVERY, flat_book()) == ()


def test_who_comes_over_from_a_spot_fee_has_what_is_due_from_then_on():
    one = placement(
        amended(date(2025, 1, 1), agreement="framework"),
        agreement="spot",
        agreed_weekly=pounds("1234.00"),
        solo=True,
    )

    causes = [("amended", "P1"), ("supplement", "solo")]
    assert told(one)[1:] == [(date(2025, 1, 1), "975.00", causes)]


def test_a_discount_never_makes_a_fee_less_than_nothing():
    whole = adjustment("sibling", ForSibling(2), amount("£2000.00"))

    segments = timeline_of(placement(sibling_number=2), under=framework_with(whole))

    assert weeks_of(segments) == [(START, "0.00")]


def test_what_is_due_on_a_day_is_what_its_fee_is_made_of():
    fees = flat_book()
    fees.count_volume(URN, counted(20, date(2025, 4, 1)))
    one = placement(duration="long_term", solo=True, sibling_number=2)

    ids = {
        day: [adjustment.id for adjustment, _ in adjustments_due(one, day, EVERY, fees)]
        for day in (START, date(2025, 4, 1), date(2026, 5, 1))
    }

    assert list(ids.values()) == [
        ["sibling", "solo"],
        ["sibling", "volume_20", "solo"],
        ["sibling", "long_stay", "volume_20", "solo"],
    ]
    # 900.00 x (100 - 5 - 3 - 1.5) / 100 + 75.00
    segments = timeline_of(one, fees, under=EVERY)
    assert money_text(segment_on(segments, date(2026, 5, 1)).weekly) == "889.50"


def test_after_the_end_nothing_is_due_whatever_was():
    segments = told(placement(ended(date(2025, 1, 1)), solo=True))

    assert segments[-1] == (date(2025, 1, 1), "0.00", [("ended", "P1")])
