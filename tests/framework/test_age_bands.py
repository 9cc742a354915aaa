"""Every child is in exactly one age band on every day of childhood, and none on any other."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.days import birthday
from shared.framework.age_bands import AgeBand, AgeBands, OutsideAgeBands, gaps

BANDS = (
    AgeBand("0-4", 0, 5),
    AgeBand("5-10", 5, 11),
    AgeBand("11-15", 11, 16),
    AgeBand("16-18", 16, 18),
)
ON_BIRTHDAY = AgeBands(BANDS)
FROM_MONDAY = AgeBands(BANDS, "week_of_birthday")
FROM_SATURDAY = AgeBands(BANDS, "week_of_birthday", week_starts_on=5)

born = st.dates(date(2000, 1, 1), date(2030, 12, 31))
conventions = st.sampled_from([ON_BIRTHDAY, FROM_MONDAY, FROM_SATURDAY])


@pytest.mark.parametrize(
    ("day", "band"),
    [
        (date(2010, 6, 15), "0-4"),
        (date(2015, 6, 14), "0-4"),
        (date(2015, 6, 15), "5-10"),
        (date(2021, 6, 14), "5-10"),
        (date(2021, 6, 15), "11-15"),
        (date(2026, 6, 14), "11-15"),
        (date(2026, 6, 15), "16-18"),
        (date(2028, 6, 14), "16-18"),
    ],
)
def test_a_child_born_on_15_june_2010_changes_band_on_the_birthday(day, band):
    assert ON_BIRTHDAY.band_on(date(2010, 6, 15), day) == band


def test_the_oldest_band_ends_on_the_18th_birthday_and_not_on_the_19th():
    assert ON_BIRTHDAY.band_on(date(2010, 6, 15), date(2028, 6, 14)) == "16-18"
    with pytest.raises(OutsideAgeBands, match="18"):
        ON_BIRTHDAY.band_on(date(2010, 6, 15), date(2028, 6, 15))


def test_nobody_is_in_a_band_before_birth_and_the_date_of_birth_is_not_told():
    with pytest.raises(OutsideAgeBands) as outside:
        ON_BIRTHDAY.band_on(date(2010, 6, 15), date(2010, 6, 14))

    assert "2010" not in str(outside.value)


def test_who_is_born_on_29_february_changes_band_on_1_march_of_a_common_year():
    leap_day = date(2012, 2, 29)

    assert ON_BIRTHDAY.band_on(leap_day, date(2017, 2, 28)) == "0-4"
    assert ON_BIRTHDAY.band_on(leap_day, date(2017, 3, 1)) == "5-10"
    assert ON_BIRTHDAY.band_on(leap_day, date(2028, 2, 29)) == "16-18"
    assert ON_BIRTHDAY.band_changes(leap_day)[-1] == (date(2030, 3, 1), None)


def test_where_the_week_counts_a_birthday_on_thursday_counts_from_its_monday():
    thursday = date(2010, 6, 17)  # the 11th birthday, 17 June 2021, is a Thursday

    assert FROM_MONDAY.band_on(thursday, date(2021, 6, 13)) == "5-10"
    assert FROM_MONDAY.band_on(thursday, date(2021, 6, 14)) == "11-15"
    assert (date(2021, 6, 14), "11-15") in FROM_MONDAY.band_changes(thursday)
    assert (date(2021, 6, 12), "11-15") in FROM_SATURDAY.band_changes(thursday)


def test_where_the_week_counts_adulthood_still_begins_on_the_birthday_itself():
    thursday = date(2010, 6, 17)  # the 18th birthday, 17 June 2028, is a Saturday

    assert FROM_MONDAY.band_changes(thursday)[-1] == (date(2028, 6, 17), None)
    assert FROM_MONDAY.band_on(thursday, date(2028, 6, 16)) == "16-18"


@given(conventions, born, st.integers(0, 18 * 366))
@example(ON_BIRTHDAY, date(2012, 2, 29), 6575)
def test_every_day_before_adulthood_is_in_the_band_that_the_changes_name(bands, born_on, days):
    day = min(born_on + timedelta(days=days), bands.adulthood(born_on) - timedelta(days=1))

    band = bands.band_on(born_on, day)

    counting = [label for since, label in bands.band_changes(born_on) if since <= day]
    assert band == counting[-1]


@given(conventions, born)
def test_band_changes_rise_and_name_each_band_once(bands, born_on):
    changes = bands.band_changes(born_on)

    days = [day for day, _ in changes]
    assert days == sorted(set(days))
    assert [label for _, label in changes] == [*bands.labels, None]
    assert (days[0], days[-1]) == (born_on, birthday(born_on, 18))


@given(conventions, born)
def test_a_band_never_counts_later_than_its_birthday_nor_a_week_before(bands, born_on):
    changes = {label: day for day, label in bands.band_changes(born_on)}

    for band in BANDS[1:]:
        early = (birthday(born_on, band.from_age) - changes[band.label]).days
        assert early == 0 if bands is ON_BIRTHDAY else 0 <= early <= 6


@pytest.mark.parametrize(
    ("bands", "at"),
    [
        ((AgeBand("1-4", 1, 5),), 0),
        ((AgeBand("0-4", 0, 5), AgeBand("6-10", 6, 11)), 1),
        ((AgeBand("0-5", 0, 6), AgeBand("5-10", 5, 11)), 1),
        ((AgeBand("0-0", 0, 0),), 0),
        ((), 0),
    ],
)
def test_bands_with_a_gap_or_an_overlap_are_refused(bands, at):
    assert gaps(bands)[0][0] == at
    with pytest.raises(ValueError, match="age band"):
        AgeBands(bands)
