"""Which fees a review uplifts, which it leaves, and why."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.reviews.review import review_line
from services.pricing.terms.agreed import Exclusion
from tests.pricing.builders import cpi, fixed, key, point, terms
from tests.pricing.ruling import a_rule

APRIL_2024 = date(2024, 4, 1)
APRIL_2025 = date(2025, 4, 1)
APRIL_2026 = date(2026, 4, 1)


def line(*points, effective_from=APRIL_2026, left_on=None, award="final", **told):
    """Return what a review of 5 % does about a fee key."""
    review_terms = terms(fixed("5", share="1"), **told)
    rule = a_rule(review_terms, effective_from=effective_from, award=award)
    return review_line(key(), points, rule, left_on=left_on)


def test_a_fee_is_uplifted_from_what_it_was_the_day_before():
    uplifted = line(point("900.00"), point("920.00", APRIL_2025, "review", "R25"))

    assert uplifted.is_uplifted
    assert (uplifted.before, uplifted.after) == (Decimal("920.00"), Decimal("966.00"))


def test_a_joiner_of_april_2024_is_not_uplifted_in_april_2024():
    left = line(
        point("900.00", APRIL_2024), effective_from=APRIL_2024, first_uplift_after_months=12
    )

    assert not left.is_uplifted


def test_a_joiner_of_april_2024_first_moves_in_april_2025():
    fee = point("900.00", APRIL_2024)

    assert line(fee, effective_from=APRIL_2025, first_uplift_after_months=12).is_uplifted


def test_a_price_fixed_in_june_2025_waits_until_june_2026_and_so_until_april_2027():
    fee = point("900.00", date(2025, 6, 1))

    left = line(fee, first_uplift_after_months=12)

    assert left.because == "the price was fixed on 2025-06-01, so it first moves from 2026-06-01"
    assert line(fee, effective_from=date(2027, 4, 1), first_uplift_after_months=12).is_uplifted


@pytest.mark.parametrize(
    ("fixed_on", "moves"), [(date(2024, 1, 1), True), (date(2024, 1, 2), False)]
)
def test_nottinghamshire_leaves_what_was_agreed_in_the_three_months_before(fixed_on, moves):
    found = line(point("900.00", fixed_on), effective_from=APRIL_2024, first_uplift_after_months=3)

    assert found.is_uplifted is moves


@pytest.mark.parametrize(("weekly", "moves"), [("1500.00", True), ("1500.01", False)])
def test_nottinghamshire_leaves_what_is_over_1500_a_week(weekly, moves):
    over = Exclusion("weekly_over", "1500.00", "the fee is over 1500.00 a week")

    found = line(point(weekly), exclude=(over,))

    assert found.is_uplifted is moves
    assert found.after == Decimal(weekly) * (Decimal("1.05") if moves else 1)


def test_a_placement_type_can_be_left_out():
    left = line(point("900.00"), exclude=(Exclusion("placement_type", "core", "priced apart"),))

    assert left.because == "priced apart"


def test_a_correction_is_no_new_price_that_waits():
    corrected = point("910.00", date(2026, 1, 1), "correction", "letter-7")

    assert line(point("900.00"), corrected, first_uplift_after_months=12).is_uplifted


def test_a_fee_that_begins_on_the_day_of_the_review_is_left():
    left = line(point("900.00"), point("1000.00", APRIL_2026))

    assert left.because == "a fee of its own begins on that day (tender)"
    assert left.after == Decimal("900.00")


def test_a_fee_that_begins_after_the_review_is_left():
    left = line(point("900.00", date(2026, 9, 1)))

    assert left.because == "the fee begins on 2026-09-01, not before the review"


def test_a_final_award_is_worked_out_from_the_fee_before_the_provisional_one():
    provisional = point("930.00", APRIL_2026, "review", "R26-provisional")

    final = line(point("900.00"), provisional)

    # 900.00 x 1.05 = 945.00; it moves on from the 930.00 that hold by then.
    assert (final.base, final.after) == (Decimal("900.00"), Decimal("945.00"))
    assert final.before == Decimal("930.00")


def test_a_fee_that_no_other_review_of_the_day_has_moved_is_uplifted_from_what_held_before():
    first = line(point("900.00"))

    assert (first.before, first.base) == (Decimal("900.00"), None)


def test_fees_compound_on_the_penny_that_was_paid():
    # 900.00 x 1.067 = 960.30; x 1.017 = 976.6251 -> 976.63; x 1.038 = 1013.74194 -> 1013.74
    fee, points = "900.00", [point("900.00")]

    for year, expected in ((2024, "960.30"), (2025, "976.63"), (2026, "1013.74")):
        effective_from = date(year, 4, 1)
        september = terms(cpi(9))
        rule = a_rule(september, effective_from=effective_from)
        fee = f"{review_line(key(), points, rule).after}"
        points.append(point(fee, effective_from, "review", f"R{year}"))

        assert fee == expected


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("need_category", "standard"),
        ("agency", "SC990001"),
        ("purchaser", "kent"),
        ("placement_type", "core"),
    ],
)
def test_fees_can_be_left_out_by_any_word_of_what_is_bought(fact, value):
    left = line(point("900.00"), exclude=(Exclusion(fact, value, "left out"),))
    other = line(point("900.00"), exclude=(Exclusion(fact, "another", "left out"),))

    assert (left.outcome, left.because) == ("excluded", "left out")
    assert other.outcome == "uplifted"


def test_an_exclusion_of_spot_fees_leaves_no_fee_of_the_framework():
    spot = Exclusion("agreement", "spot", "agreed anew")

    assert line(point("900.00"), exclude=(spot,)).is_uplifted


def test_a_fee_of_an_agency_that_left_is_left():
    left = line(point("900.00"), left_on=date(2026, 3, 15))

    assert left.because == "the agency left the framework on 2026-03-15"


def test_what_a_superseded_award_moved_and_this_one_leaves_goes_back():
    provisional = point("930.00", APRIL_2026, "review", "R26-provisional")
    over = Exclusion("weekly_over", "800.00", "the fee is over 800.00 a week")

    back = line(point("900.00"), provisional, exclude=(over,))

    assert (back.outcome, back.before, back.after) == (
        "restored",
        Decimal("930.00"),
        Decimal("900.00"),
    )
    assert back.moves
    assert not back.is_uplifted


def test_what_went_back_already_does_not_go_back_twice():
    back = point("900.00", APRIL_2026, "review", "R26-reversal")

    left = line(point("900.00"), back, award="reversal")

    assert (left.outcome, left.because) == ("excluded", "the review R0 is taken back")


def test_a_reversal_leaves_a_fee_of_its_own_from_the_same_day():
    letter = point("950.00", APRIL_2026, "correction", "letter-7")

    left = line(point("900.00"), letter, award="reversal")

    assert left.because == "a fee of its own begins on that day (correction)"


def test_fees_of_a_type_that_no_terms_are_for_are_left():
    left = line(point("900.00"), placement_types=("parent_and_child",))

    assert left.because == "no terms of this review are for core"


def test_the_terms_of_a_type_of_its_own_go_before_those_of_every_other():
    every, own = (
        terms(fixed("5", share="1")),
        terms(fixed("2", share="1"), placement_types=("core",)),
    )

    moved = review_line(key(), [point("900.00")], a_rule(every, own))

    assert moved.after == Decimal("918.00")


def test_an_unrounded_fee_is_kept_beside_the_penny_that_is_paid():
    moved = line(point("999.99"), compounds_unrounded=True)

    assert (moved.after, moved.unrounded) == (Decimal("1049.99"), Decimal("1049.9895"))
