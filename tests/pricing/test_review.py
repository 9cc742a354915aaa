"""Which fees a review uplifts, which it leaves, and why."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.review import Preview, review_line
from services.pricing.terms import Exclusion, uplift_for
from tests.pricing.builders import cpi, fixed, indices, key, point, terms, wages

APRIL_2024 = date(2024, 4, 1)
APRIL_2025 = date(2025, 4, 1)
APRIL_2026 = date(2026, 4, 1)


def line(*points, effective_from=APRIL_2026, placements=0, **told):
    review_terms = terms(fixed("5", share="1"), **told)
    uplift = uplift_for(review_terms, effective_from, indices(), wages())
    return review_line(key(), points, review_terms, uplift, effective_from, placements)


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

    assert (final.before, final.after) == (Decimal("900.00"), Decimal("945.00"))


def test_fees_compound_on_the_penny_that_was_paid():
    # 900.00 x 1.067 = 960.30; x 1.017 = 976.6251 -> 976.63; x 1.038 = 1013.74194 -> 1013.74
    fee, points = "900.00", [point("900.00")]

    for year, expected in ((2024, "960.30"), (2025, "976.63"), (2026, "1013.74")):
        effective_from = date(year, 4, 1)
        september = terms(cpi(9))
        uplift = uplift_for(september, effective_from, indices(), wages())
        fee = f"{review_line(key(), points, september, uplift, effective_from).after}"
        points.append(point(fee, effective_from, "review", f"R{year}"))

        assert fee == expected


def a_preview(*lines, effective_from=APRIL_2026):
    counted = Preview.of("heading", effective_from)
    counted.add(lines)
    return counted


def test_the_annual_effect_counts_365_days_of_each_live_placement():
    # 45.00 x 3 placements x 365 / 7 = 7039.285...
    counted = a_preview(line(point("900.00"), placements=3))

    assert counted.total.annual_effect == Decimal("7039.29")


def test_the_annual_effect_counts_366_days_of_a_leap_year():
    # 45.00 x 3 x 366 / 7 = 7058.571...; the year from April 2027 has a 29 February.
    april_2027 = date(2027, 4, 1)

    counted = a_preview(
        line(point("900.00"), effective_from=april_2027, placements=3), effective_from=april_2027
    )

    assert counted.total.annual_effect == Decimal("7058.57")


def test_control_totals_add_up_over_purchasers_and_agencies():
    left = line(point("900.00", APRIL_2026))
    moved = line(point("900.00"))
    medway = moved._replace(key=moved.key._replace(purchaser="medway"))

    counted = a_preview(left, moved, medway)

    assert (counted.total.fees_uplifted, counted.total.fees_excluded) == (2, 1)
    assert counted.total.weekly_after == Decimal("1890.00")
    for parts in (counted.by_purchaser, counted.by_agency):
        assert sum(one.weekly_after for one in parts.values()) == counted.total.weekly_after
        assert sum(one.fees_excluded for one in parts.values()) == 1


def test_the_digest_moves_with_a_penny_a_reason_and_the_heading():
    moved = line(point("900.00"))
    other_heading = Preview.of("another", APRIL_2026)
    other_heading.add([moved])

    digests = {
        a_preview(moved).digest(),
        a_preview(moved._replace(after=moved.after + Decimal("0.01"))).digest(),
        a_preview(moved._replace(because="left")).digest(),
        other_heading.digest(),
    }

    assert len(digests) == 4
    assert a_preview(moved).digest() == a_preview(moved).digest()
