"""Inflation rates as published, and never otherwise."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.indices import IndexBook, IndexValue, NoRateYet
from services.pricing.months import Month, months_after
from tests.pricing.builders import indices


def rate(year, month):
    return indices().rate_for("D7G7", year, month).value


def test_september_2023_is_6_7_as_published_and_not_6_6_as_recomputed():
    now, before = (indices().rate_for("D7BT", year, 9).value for year in (2023, 2022))
    recomputed = round((now / before - 1) * 100, 1)

    assert recomputed == Decimal("6.6")
    assert rate(2023, 9) == Decimal("6.7")


def test_the_recomputed_rate_is_wrong_in_forty_months_or_about_a_third():
    # January 2016 to February 2026, the last month of both files as published.
    months = [(year, month) for year in range(2016, 2027) for month in range(1, 13)][:122]

    wrong = [
        (year, month)
        for year, month in months
        if round(
            (
                indices().rate_for("D7BT", year, month).value
                / indices().rate_for("D7BT", year - 1, month).value
                - 1
            )
            * 100,
            1,
        )
        != rate(year, month)
    ]

    assert {(2019, 9), (2020, 9), (2021, 9), (2023, 9), (2023, 12), (2024, 12), (2025, 12)} <= set(
        wrong
    )
    assert 35 <= len(wrong) <= 40


@pytest.mark.parametrize(
    ("year", "september", "december", "january"),
    [
        (2017, "1.0", "1.6", "1.8"),
        (2018, "3.0", "3.0", "3.0"),
        (2019, "2.4", "2.1", "1.8"),
        (2020, "1.7", "1.3", "1.8"),
        (2021, "0.5", "0.6", "0.7"),
        (2022, "3.1", "5.4", "5.5"),
        (2023, "10.1", "10.5", "10.1"),
        (2024, "6.7", "4.0", "4.0"),
        (2025, "1.7", "2.5", "3.0"),
        (2026, "3.8", "3.4", "3.0"),
    ],
)
def test_the_rates_that_a_review_of_april_may_name(year, september, december, january):
    told = (rate(year - 1, 9), rate(year - 1, 12), rate(year, 1))

    assert told == (Decimal(september), Decimal(december), Decimal(january))


def test_prices_fell_in_april_and_september_2015():
    assert rate(2015, 4) == rate(2015, 9) == Decimal("-0.1")


def test_rates_run_on_over_the_new_base_of_january_2016():
    assert [rate(2015, 12), rate(2016, 1), rate(2016, 2)] == [
        Decimal("0.2"),
        Decimal("0.3"),
        Decimal("0.3"),
    ]


def value(said, *, released_on=date(2026, 3, 25), standing="published"):
    return IndexValue("D7G7", Month(2026, 1), Decimal(said), released_on, "a source", standing)


def test_a_revision_counts_and_the_old_value_is_kept():
    book = IndexBook([value("3.0"), value("3.1", released_on=date(2026, 4, 22))])

    assert book.rate_for("D7G7", 2026, 1).value == Decimal("3.1")
    assert [each.value for each in book.of_series("D7G7")] == [Decimal("3.0"), Decimal("3.1")]


def test_what_was_published_counts_before_what_was_derived_later():
    derived = value("3.2", released_on=date(2026, 6, 1), standing="derived")

    assert IndexBook([value("3.0"), derived]).rate_for("D7G7", 2026, 1).value == Decimal("3.0")


def test_a_series_that_is_not_known_is_not_another_one():
    with pytest.raises(NoRateYet, match=r"No CPI \(L55O\) for 2026-01"):
        indices().rate_for("L55O", 2026, 1)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 4, 1), 12, date(2025, 4, 1)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2025, 1, 15), -12, date(2024, 1, 15)),
    ],
)
def test_some_months_later_is_the_same_day_or_the_last(day, months, later):
    assert months_after(day, months) == later
