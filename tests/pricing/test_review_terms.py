"""Published price reviews, worked out again by our formula."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.indices import NoRateYet
from services.pricing.terms.agreed import uplift_for
from services.pricing.terms.in_force import terms_in_force
from services.pricing.terms.pack_yaml import read_terms
from shared.money import percentage, pounds, uplifted
from tests.pricing.builders import (
    PACK,
    at_age,
    cpi,
    fixed,
    framework,
    indices,
    terms,
    wage,
    wages,
)

APRIL_2024 = date(2024, 4, 1)
APRIL_2026 = date(2026, 4, 1)


def rise(review_terms, effective_from, **told):
    return uplift_for(review_terms, effective_from, indices(), wages(), **told)


def test_cardiff_2024_comes_to_7_26_per_cent_exactly():
    # 60 % of cost x 10.1 + 40 % x 3.0 = 6.06 + 1.20
    cardiff = terms(fixed("10.1", share="0.6"), fixed("3.0", share="0.4"))

    assert rise(cardiff, APRIL_2024).rate == Decimal("7.26")


def test_cardiff_from_the_unrounded_rise_would_be_7_254_per_cent():
    # 10.90 -> 12.00 is 10.0917...: their 10.1 is rounded first. 0.6 x 10.0917 + 1.2 = 7.2550
    share = percentage("10.091743119266")
    cardiff = terms(fixed(str(share), share="0.6"), fixed("3.0", share="0.4"))

    assert round(rise(cardiff, APRIL_2024).rate, 3) == Decimal("7.255")


def test_d2n2_in_april_2024_is_held_at_1_5_and_needs_a_decision():
    # CPI of December 2023 was 4.0: the lower of 1.5 and CPI, and above 3 the rate is reviewed.
    d2n2 = terms(cpi(12), lower_of=percentage("1.5"), review_above=percentage("3"))

    uplift = rise(d2n2, APRIL_2024)

    assert uplift.rate == Decimal("1.5")
    assert uplift.held_by == ("lower_of",)
    assert uplift.needs_decision


def test_d2n2_takes_a_cpi_of_1_0_as_it_is():
    # CPI of September 2016 was 1.0.
    d2n2 = terms(cpi(9), lower_of=percentage("1.5"), review_above=percentage("3"))

    uplift = rise(d2n2, date(2017, 4, 1))

    assert uplift.rate == Decimal("1.0")
    assert not uplift.held_by
    assert not uplift.needs_decision


@pytest.mark.parametrize(
    ("components", "rate", "fee"),
    [
        # 0.9 x 3.8 + 0.1 x 4.0950 = 3.8295 %; 900 x 1.038295 = 934.4655
        ((cpi(9, share="0.9"), wage(share="0.1")), "3.8295", "934.47"),
        # 0.9 x 3.4 + 0.1 x 4.0950 = 3.4695 %; 900 x 1.034695 = 931.2255
        ((cpi(12, share="0.9"), wage(share="0.1")), "3.4695", "931.23"),
        # 0.9 x 3.8 + 0.1 x 8.5 = 4.27 %; 900 x 1.0427 = 938.43
        ((cpi(9, share="0.9"), wage("nmw_18_20", share="0.1")), "4.27", "938.43"),
    ],
    ids=["September CPI, NLW", "December CPI, NLW", "September CPI, rate of 18 to 20"],
)
def test_900_pounds_in_april_2026(components, rate, fee):
    uplift = rise(terms(*components), APRIL_2026)

    assert uplift.rate.quantize(Decimal("0.0001")) == Decimal(rate)
    assert uplifted(pounds("900.00"), uplift.rate) == Decimal(fee)


def test_the_sample_terms_give_934_47_in_april_2026():
    every = [model.terms() for model in read_terms(PACK / "price-review.yaml", framework()).terms]
    (held,) = terms_in_force(every, APRIL_2026)
    sample = every[held.position]

    uplift = rise(sample, APRIL_2026)

    assert uplifted(pounds("900.00"), uplift.rate) == Decimal("934.47")


def test_a_floor_of_nothing_keeps_the_fee_when_prices_fall():
    # CPI of September 2015 was -0.1.
    uplift = rise(terms(cpi(9), floor=percentage("0.00")), date(2016, 4, 1))

    assert uplift.blended == Decimal("-0.1")
    assert uplift.rate == 0
    assert uplift.held_by == ("floor",)


def test_without_a_floor_a_fee_falls_with_prices():
    uplift = rise(terms(cpi(9)), date(2016, 4, 1))

    assert uplifted(pounds("900.00"), uplift.rate) == Decimal("899.10")


def test_a_cap_holds_the_rate_before_the_fee_is_rounded():
    uplift = rise(terms(cpi(9), cap=percentage("5")), date(2023, 4, 1))

    assert uplift.blended == Decimal("10.1")
    assert uplift.rate == 5


def test_a_percentage_rounded_to_one_place_is_rounded_half_up():
    # 0.5 x 6.7 + 0.5 x 4.0 = 5.35
    halves = terms(cpi(9, share="0.5"), cpi(12, share="0.5"), percentage_decimals=1)

    assert rise(halves, APRIL_2024).rate == Decimal("5.4")


def test_the_month_moves_the_fee_more_than_anything_else():
    # Kent's external spend of 2022/23 at 6.7 % and at 4.0 %: 545,375 pounds apart.
    september, december = rise(terms(cpi(9)), APRIL_2024), rise(terms(cpi(12)), APRIL_2024)

    difference = Decimal(20199057) * (september.rate - december.rate) / 100

    assert round(difference) == 545_375


def test_a_review_of_april_2027_waits_for_the_september_figure():
    with pytest.raises(NoRateYet) as refused:
        rise(terms(cpi(9)), date(2027, 4, 1))

    assert str(refused.value) == (
        "No CPI (D7G7) for 2026-09. Import the ONS file released on or after 2026-10-21: "
        "fosterframe index import FILE."
    )


def test_a_final_award_refuses_a_derived_index_value():
    august = terms(cpi(8))

    with pytest.raises(NoRateYet, match="derived, not published"):
        rise(august, date(2027, 4, 1))

    assert rise(august, date(2027, 4, 1), award="provisional").rate == Decimal("3.1")


def test_what_an_uplift_says_can_be_worked_out_by_hand():
    uplift = rise(terms(cpi(9, share="0.9"), wage(share="0.1")), APRIL_2026)

    assert uplift.formula() == "0.9 x 3.8 + 0.1 x 4.095004095004 = 3.8295004095 %"


def test_the_rate_at_20_rose_by_8_5_per_cent_in_april_2026_as_its_band_did():
    # 10.00 -> 10.85
    at_20 = terms(at_age(20, share="1"))

    assert rise(at_20, APRIL_2026).rate == Decimal("8.5")


def test_the_rate_at_23_in_april_2021_is_followed_over_the_change_of_its_band():
    # At 23 the rate of 21 to 24, 8.20, gave way to the National Living Wage, 8.91: 8.658537 %
    at_23 = terms(at_age(23, share="1"))

    uplift = rise(at_23, date(2021, 4, 1))

    assert uplift.rate == Decimal("8.658536585366")
    figure = uplift.parts[0].figure
    assert (figure.before.band, figure.after.band) == ("nmw_21_24", "nlw")


def test_wolverhampton_from_7_april_follows_the_wage_of_1_april():
    wolverhampton = terms(wage(share="1"), day=7)

    # 11.44 -> 12.21 on 1 April 2025
    assert rise(wolverhampton, date(2025, 4, 7)).rate == Decimal("6.730769230769")
    assert wolverhampton.takes_effect_on(date(2025, 4, 7))
    assert not wolverhampton.takes_effect_on(date(2025, 4, 1))


def test_devon_2024_with_6_per_cent_on_staff_and_4_on_the_rest():
    # 0.7 x 6 + 0.3 x 4
    devon = terms(fixed("6", share="0.7"), fixed("4", share="0.3"))

    assert rise(devon, APRIL_2024).rate == Decimal("5.4")


def test_cap_and_floor_hold_in_the_order_of_the_agreement():
    # CPI of September 2023 was 6.7; the lower of 9 and that, capped at 3, is above a floor of 1.
    held = terms(cpi(9), lower_of=percentage("9"), cap=percentage("3"), floor=percentage("1"))

    uplift = rise(held, APRIL_2024)

    assert (uplift.rate, uplift.held_by) == (Decimal(3), ("cap",))
