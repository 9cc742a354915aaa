"""Days, periods and ages, as a contract counts them: half-open, whole days, London time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
_LEAP_DAY: Final = (2, 29)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` up to, but not including, `end`; without an `end`, all that follow.

    Raises:
        ValueError: the end is before the start. An empty period, start = end, is allowed.
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"a period cannot end on {self.end}, before its start {self.start}")

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: "Period") -> bool:
        """Say whether the two periods share at least one day."""
        latest_start = max(self.start, other.start)
        return latest_start in self and latest_start in other


def next_day(day: date) -> date:
    """Return the day after."""
    return day + timedelta(days=1)


def london_day(instant: datetime) -> date:
    """Return the calendar day in London at an instant that carries its offset.

    Raises:
        ValueError: the instant has no offset.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant must carry its offset from UTC")
    return instant.astimezone(LONDON).date()


def birthday(date_of_birth: date, age: int) -> date:
    """Return the day on which somebody reaches an age.

    Who is born on 29 February reaches an age on 1 March in common years.
    """
    year = date_of_birth.year + age
    if (date_of_birth.month, date_of_birth.day) == _LEAP_DAY and not is_leap_year(year):
        return date(year, 3, 1)
    return date_of_birth.replace(year=year)


def age_on(date_of_birth: date, day: date) -> int:
    """Return the age last birthday, in years, on a day.

    Raises:
        ValueError: the day is before the birth. The date of birth is not repeated.
    """
    if day < date_of_birth:
        raise ValueError("the date of birth is after the day for which the age is asked")
    age = day.year - date_of_birth.year
    return age if birthday(date_of_birth, age) <= day else age - 1


def is_leap_year(year: int) -> bool:
    """Say whether February has 29 days in that year."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def financial_year(day: date) -> Period:
    """Return the financial year, 1 April to 31 March, that a day lies in."""
    first = day.year if (day.month, day.day) >= (4, 1) else day.year - 1
    return Period(date(first, 4, 1), date(first + 1, 4, 1))


def days_in(period: Period) -> int:
    """Return the number of days of a closed period.

    Raises:
        ValueError: the period has no end.
    """
    if period.end is None:
        raise ValueError("a period without an end has no number of days")
    return (period.end - period.start).days
