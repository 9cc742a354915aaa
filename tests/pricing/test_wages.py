"""The minimum wage as it was, band by band."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.pricing.indices import NoRateYet
from services.pricing.wages import WageBook, WageRate
from shared.money import pounds
from tests.pricing.builders import wages


def rate_of_2027(hourly, status):
    return WageRate("nlw", date(2027, 4, 1), pounds(hourly), status, "a source", from_age=21)


def rounded(rise):
    return round(rise.change, 2)


def test_the_living_wage_on_1_april_2023_is_10_42():
    assert wages().rate_on("nlw", date(2023, 4, 1)).hourly == Decimal("10.42")
    assert wages().rate_on("nlw", date(2023, 3, 31)).hourly == Decimal("9.50")


@pytest.mark.parametrize(
    ("year", "percent"),
    [
        (2017, "4.17"),
        (2018, "4.40"),
        (2019, "4.85"),
        (2020, "6.21"),
        (2021, "2.18"),
        (2022, "6.62"),
        (2023, "9.68"),
        (2024, "9.79"),
        (2025, "6.73"),
        (2026, "4.10"),
    ],
)
def test_the_living_wage_rose_each_april_as_published(year, percent):
    assert rounded(wages().rise_at("nlw", date(year, 4, 1))) == Decimal(percent)


def test_the_younger_rates_rose_otherwise_than_the_living_wage():
    on = date(2025, 4, 1)

    assert rounded(wages().rise_at("nmw_18_20", on)) == Decimal("16.28")
    assert rounded(wages().rise_at("nmw_16_17", on)) == Decimal("17.97")
    assert rounded(wages().rise_at("apprentice", on)) == Decimal("17.97")


def test_in_2016_the_younger_rates_rose_in_october_and_again_in_april():
    october = wages().rise_at("nmw_18_20", date(2016, 10, 1))
    april = wages().rise_at("nmw_18_20", date(2017, 4, 1))

    assert (october.before.hourly, october.after.hourly) == (Decimal("5.30"), Decimal("5.55"))
    assert (april.before.hourly, april.after.hourly) == (Decimal("5.55"), Decimal("5.60"))


def test_the_band_21_to_24_was_split_in_april_2021():
    assert wages().rate_at_age(22, date(2021, 3, 31)).band == "nmw_21_24"
    assert wages().rate_at_age(22, date(2021, 4, 1)).band == "nmw_21_22"
    assert wages().rate_at_age(23, date(2021, 4, 1)).band == "nlw"


def test_the_band_21_to_22_has_gone_by_april_2024():
    with pytest.raises(NoRateYet, match="The band nmw_21_22 has gone by 2024-04-01"):
        wages().rate_on("nmw_21_22", date(2024, 4, 1))


def test_who_was_21_in_april_2024_got_12_38_per_cent_more():
    assert rounded(wages().rise_at_age(21, date(2024, 4, 1))) == Decimal("12.38")


def test_a_review_on_7_april_sees_the_rise_at_an_age_too():
    assert rounded(wages().rise_at_age(21, date(2024, 4, 7))) == Decimal("12.38")


def test_last_years_rise_at_an_age_is_not_taken_for_the_next():
    with pytest.raises(NoRateYet, match="No wage rate at age 21 from 2027-04-01 on"):
        wages().rise_at_age(21, date(2027, 4, 1))


def test_a_rise_on_an_estimate_is_none_for_a_final_award():
    book = WageBook(wages())
    book.add(rate_of_2027("13.20", "estimate"))
    book.add(replace(rate_of_2027("13.60", "announced"), effective_from=date(2028, 4, 1)))

    with pytest.raises(NoRateYet, match="from 2027-04-01 is an estimate"):
        book.rise_at("nlw", date(2028, 4, 1))


@pytest.mark.parametrize(
    ("day", "age"), [("2016-04-01", 25), ("2021-04-01", 23), ("2024-04-01", 21)]
)
def test_the_living_wage_begins_ever_younger(day, age):
    since = date.fromisoformat(day)

    assert wages().rate_on("nlw", since).from_age == age
    assert wages().rate_at_age(age, since).band == "nlw"
    assert wages().rate_at_age(age - 1, since).band != "nlw"


def test_what_was_superseded_is_kept_and_does_not_count():
    estimate, announced = rate_of_2027("13.20", "estimate"), rate_of_2027("13.25", "announced")
    book = WageBook([*wages(), estimate, announced])

    assert book.rate_on("nlw", date(2027, 4, 1)) == announced
    assert book.of_day("nlw", date(2027, 4, 1)) == (estimate, announced)
    assert [one for one in book if one.effective_from.year == 2027] == [announced]


def test_of_a_day_only_the_bands_that_are_left_are_due():
    due = {rate.band for rate in wages().due_on(date(2026, 4, 1))}

    assert due == {"nlw", "nmw_18_20", "nmw_16_17", "apprentice"}


def test_a_review_on_7_april_sees_the_rise_of_1_april():
    assert rounded(wages().rise_at("nlw", date(2025, 4, 7))) == Decimal("6.73")


def test_last_years_rise_is_not_taken_for_a_rate_not_announced_yet():
    with pytest.raises(NoRateYet, match="No rate of nlw from 2027-04-01 on"):
        wages().rise_at("nlw", date(2027, 4, 1))


def test_a_final_award_refuses_an_estimated_rate():
    book = WageBook(wages())
    book.add(
        WageRate("nlw", date(2027, 4, 1), pounds("13.20"), "estimate", "a forecast", from_age=21)
    )

    with pytest.raises(NoRateYet, match="is an estimate"):
        book.rise_at("nlw", date(2027, 4, 1))

    assert book.rise_at("nlw", date(2027, 4, 1), "provisional").after.hourly == Decimal("13.20")


def test_no_rate_is_known_from_before_the_table():
    with pytest.raises(NoRateYet, match="No rate of nlw on 2016-03-31"):
        wages().rate_on("nlw", date(2016, 3, 31))
