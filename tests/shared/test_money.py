"""Money is exact, written one way, and rounded once, half up."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import (
    NOTHING,
    Percentage,
    for_days,
    money_text,
    percentage,
    percentage_text,
    pounds,
    to_penny,
    uplifted,
)

pence = st.integers(-99_999_999_999, 99_999_999_999)
fees = st.integers(1, 500_000).map(lambda pennies: to_penny(Decimal(pennies) / 100))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("934.47", "934.47"),
        ("0.00", "0"),
        ("0.10", "0.1"),
        ("-12.50", "-12.5"),
        ("999999999.99", "999999999.99"),
    ],
)
def test_money_is_written_as_pounds_with_two_decimals(text, amount):
    assert pounds(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "934", "934.5", "934.475", "1,000.00", "£934.47", " 934.47", "934.47 ", "934.47\n", "+1.00",
        "1e5", "1_000.00", "01.00", ".50", "", "NaN", "Infinity", "1000000000.00", "-", "٩٣٤.٤٧",
    ],
)  # fmt: skip
def test_money_written_any_other_way_is_refused(text):
    with pytest.raises(ValueError, match="two decimals"):
        pounds(text)


def test_what_cannot_be_read_as_money_is_not_repeated():
    with pytest.raises(ValueError, match="two decimals") as refused:
        pounds("777.7")

    assert "777" not in str(refused.value)


@pytest.mark.parametrize("text", ["3.8", "0", "-0.1", "100", "3.829500409501", "0.90"])
def test_a_percentage_is_written_as_a_plain_decimal(text):
    assert percentage(text) == Decimal(text)


@pytest.mark.parametrize("text", ["3,8", "3.8%", "", " 3.8", "3.8\n", "1e2", ".5", "3.", "10000"])
def test_a_percentage_written_any_other_way_is_refused(text):
    with pytest.raises(ValueError, match="plain decimal"):
        percentage(text)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("934.465", "934.47"),
        ("934.464999", "934.46"),
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("-934.465", "-934.47"),
        ("2.675", "2.68"),
        ("1E+3", "1000.00"),
    ],
)
def test_half_a_penny_is_rounded_away_from_nothing(amount, rounded):
    assert to_penny(Decimal(amount)) == Decimal(rounded)


@pytest.mark.parametrize(
    ("weekly", "rate", "after"),
    [
        ("900.00", "3.8295", "934.47"),  # 0.9 x CPI September 2025 + 0.1 x National Living Wage
        ("900.00", "3.4695", "931.23"),  # the same with CPI of December 2025
        ("900.00", "4.27", "938.43"),  # the same with the wage of 18 to 20 year olds
        ("900.00", "0", "900.00"),
        ("900.00", "-0.1", "899.10"),
        ("747.71", "10.05842105263157894736842105", "822.92"),
    ],
)
def test_an_uplift_is_rounded_once_at_its_end(weekly, rate, after):
    assert uplifted(pounds(weekly), Percentage(Decimal(rate))) == pounds(after)


@pytest.mark.parametrize(
    ("weekly", "days", "due"),
    [
        ("900.00", 3, "385.71"),
        ("900.00", 7, "900.00"),
        ("900.00", 365, "46928.57"),
        ("900.00", 366, "47057.14"),
        ("900.00", 364, "46800.00"),
        ("900.00", 0, "0.00"),
        ("177.00", 1, "25.29"),  # councils have published 25.28: a daily rate that was cut off
        ("158.00", 1, "22.57"),
        ("142.49", 1, "20.36"),
        ("-900.00", 3, "-385.71"),
    ],
)
def test_part_of_a_week_is_paid_in_sevenths_rounded_once(weekly, days, due):
    assert for_days(pounds(weekly), days) == pounds(due)


@given(pence)
def test_money_survives_being_written_and_read(pennies):
    amount = to_penny(Decimal(pennies) / 100)

    assert pounds(money_text(amount)) == amount


@given(st.decimals(-9999, 9999, places=12))
def test_a_percentage_survives_being_written_and_read(rate):
    assert percentage(percentage_text(Percentage(rate))) == rate


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=6))
def test_rounding_moves_an_amount_by_half_a_penny_at_most_and_once(amount):
    rounded = to_penny(amount)

    assert abs(rounded - amount) <= Decimal("0.005")
    assert to_penny(rounded) == rounded
    assert rounded == amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(fees, st.integers(0, 100))
def test_whole_weeks_cost_whole_weekly_fees(weekly, weeks):
    assert for_days(weekly, 7 * weeks) == weekly * weeks


@given(fees, st.integers(0, 400), st.integers(0, 400))
def test_two_parts_of_a_stay_differ_from_the_whole_by_a_penny_at_most(weekly, first, second):
    parts = for_days(weekly, first) + for_days(weekly, second)

    assert abs(parts - for_days(weekly, first + second)) <= Decimal("0.01")


@given(fees, st.integers(-400, 400))
def test_what_is_recovered_is_exactly_what_was_paid(weekly, days):
    assert for_days(weekly, days) + for_days(-weekly, days) == NOTHING


@given(fees, st.decimals(0, 20, places=4), st.decimals(0, 20, places=4))
def test_a_higher_rate_never_gives_a_lower_fee(weekly, one, other):
    lower, higher = sorted((one, other))

    assert uplifted(weekly, Percentage(lower)) <= uplifted(weekly, Percentage(higher))
