"""How long ago is long ago: an age in days, months or years, and none too young."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.operating.purge.age import AgeRefused, horizon_of
from shared.clock import SetClock


def clock_on(day):
    return SetClock(datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=12))


@pytest.mark.parametrize(
    ("age", "day"),
    [
        ("90d", date(2026, 8, 24)),
        ("120d", date(2026, 7, 25)),
        ("3m", date(2026, 8, 22)),
        ("18m", date(2025, 5, 22)),
        ("6y", date(2020, 11, 22)),
        (" 6Y ", date(2020, 11, 22)),
        ("99999d", date(1900, 11, 22)),
    ],
)
def test_an_age_is_told_in_days_months_or_years(age, day):
    horizon = horizon_of(age, clock_on(date(2026, 11, 22)))

    assert horizon.day == day
    assert horizon.instant.utcoffset() is not None


def test_a_month_that_is_shorter_ends_on_its_last_day():
    assert horizon_of("6m", clock_on(date(2026, 8, 31))).day == date(2026, 2, 28)


@pytest.mark.parametrize("age", ["", "6", "6 y", "-6y", "0d", "6w", "6.5y", "six years", "1e3d"])
def test_what_is_no_age_is_refused_with_an_example(age):
    with pytest.raises(AgeRefused, match="90d, 18m, 6y"):
        horizon_of(age, clock_on(date(2026, 11, 22)))


@pytest.mark.parametrize("age", ["89d", "1d", "2m"])
def test_an_age_at_which_a_message_may_still_come_again_is_refused(age):
    with pytest.raises(AgeRefused, match=r"younger than 90 days.*taken as new"):
        horizon_of(age, clock_on(date(2026, 11, 22)))
