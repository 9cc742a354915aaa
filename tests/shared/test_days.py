"""Days, ages and periods are counted as a contract counts them, in London."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.days import (
    Period,
    age_on,
    birthday,
    days_in,
    financial_year,
    is_leap_year,
    london_day,
    next_day,
)

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
LEAP_DAY = date(2012, 2, 29)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 1, 31, 23, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 3, 31, 23, 0, tzinfo=UTC), date(2026, 4, 1)),  # summer time: 00:00
        (datetime(2026, 3, 31, 22, 59, tzinfo=UTC), date(2026, 3, 31)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),  # the night of two 01:30s
        (datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=5))), date(2025, 12, 31)),
    ],
)
def test_the_day_is_the_day_in_london(instant, day):
    assert london_day(instant) == day


def test_an_instant_without_its_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        london_day(datetime(2026, 4, 1, 12))  # noqa: DTZ001 - what must be refused


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2010, 6, 15), date(2010, 6, 15), 0),
        (date(2010, 6, 15), date(2011, 6, 14), 0),
        (date(2010, 6, 15), date(2011, 6, 15), 1),
        (date(2010, 6, 15), date(2028, 6, 14), 17),
        (date(2010, 6, 15), date(2028, 6, 15), 18),
        (date(2010, 12, 31), date(2026, 1, 1), 15),
        (LEAP_DAY, date(2013, 2, 28), 0),
        (LEAP_DAY, date(2013, 3, 1), 1),
        (LEAP_DAY, date(2016, 2, 28), 3),
        (LEAP_DAY, date(2016, 2, 29), 4),
        (LEAP_DAY, date(2030, 2, 28), 17),
        (LEAP_DAY, date(2030, 3, 1), 18),
    ],
)
def test_an_age_is_the_age_last_birthday(born, day, age):
    assert age_on(born, day) == age


def test_nobody_has_an_age_before_birth_and_the_date_of_birth_is_not_told():
    with pytest.raises(ValueError, match="date of birth") as refused:
        age_on(date(2010, 6, 15), date(2010, 6, 14))

    assert "2010" not in str(refused.value)


def test_who_is_born_on_29_february_has_a_birthday_on_1_march_of_a_common_year():
    assert birthday(LEAP_DAY, 5) == date(2017, 3, 1)
    assert birthday(LEAP_DAY, 8) == date(2020, 2, 29)


@pytest.mark.parametrize(
    ("day", "first", "length"),
    [
        (date(2026, 3, 31), date(2025, 4, 1), 365),
        (date(2026, 4, 1), date(2026, 4, 1), 365),
        (date(2027, 4, 1), date(2027, 4, 1), 366),  # holds 29 February 2028
        (date(2024, 1, 1), date(2023, 4, 1), 366),
        (date(2024, 12, 31), date(2024, 4, 1), 365),
    ],
)
def test_the_financial_year_runs_from_1_april_and_counts_its_leap_day(day, first, length):
    year = financial_year(day)

    assert (year.start, days_in(year)) == (first, length)
    assert day in year


@pytest.mark.parametrize(
    ("year", "is_leap"), [(2024, True), (2026, False), (2000, True), (2100, False)]
)
def test_centuries_are_leap_years_only_every_fourth_time(year, is_leap):
    assert is_leap_year(year) is is_leap


def test_a_period_holds_its_first_day_and_not_its_end():
    april = Period(date(2026, 4, 1), date(2026, 5, 1))

    assert date(2026, 4, 1) in april
    assert date(2026, 4, 30) in april
    assert date(2026, 5, 1) not in april
    assert days_in(april) == 30


def test_a_period_without_an_end_goes_on_and_has_no_number_of_days():
    term = Period(date(2022, 4, 1))

    assert date(2099, 1, 1) in term
    with pytest.raises(ValueError, match="without an end"):
        days_in(term)


def test_a_period_cannot_end_before_it_starts_but_may_be_empty():
    assert date(2026, 4, 1) not in Period(date(2026, 4, 1), date(2026, 4, 1))
    with pytest.raises(ValueError, match="before its start"):
        Period(date(2026, 4, 2), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("one", "other", "do_overlap"),
    [
        (("2026-04-01", "2026-05-01"), ("2026-05-01", "2026-06-01"), False),
        (("2026-04-01", "2026-05-02"), ("2026-05-01", "2026-06-01"), True),
        (("2026-04-01", None), ("2030-05-01", None), True),
        (("2026-04-01", "2026-04-01"), ("2026-03-01", None), False),
    ],
)
def test_periods_that_only_touch_do_not_overlap(one, other, do_overlap):
    first, second = (period(*each) for each in (one, other))

    assert first.overlaps(second) is do_overlap
    assert second.overlaps(first) is do_overlap


@given(days, st.integers(0, 40))
@example(LEAP_DAY, 18)
def test_an_age_is_reached_on_its_birthday_and_not_the_day_before(born, age):
    reached = birthday(born, age)

    assert age_on(born, reached) == age
    if age > 0:
        assert age_on(born, reached - timedelta(days=1)) == age - 1


@given(days, st.integers(0, 40 * 365))
def test_nobody_grows_by_more_than_a_year_overnight(born, lived):
    day = born + timedelta(days=lived)

    assert age_on(born, next_day(day)) - age_on(born, day) in (0, 1)


@given(days)
def test_financial_years_follow_one_another_without_a_gap(day):
    year = financial_year(day)

    assert year.end is not None
    assert financial_year(year.end).start == year.end
    assert financial_year(year.start) == year


@given(days, st.integers(0, 60), st.integers(-70, 70), st.integers(0, 60))
def test_periods_overlap_when_some_day_lies_in_both(start, length, later, other_length):
    other_start = start + timedelta(days=later)
    one = Period(start, start + timedelta(days=length))
    other = Period(other_start, other_start + timedelta(days=other_length))

    shared_days = [day for day in each_day(one) if day in other]

    assert one.overlaps(other) == bool(shared_days)


def period(start: str, end: str | None) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end) if end else None)


def each_day(whole: Period) -> list[date]:
    return [whole.start + timedelta(days=count) for count in range(days_in(whole))]
