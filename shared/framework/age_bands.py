"""Which age band of the framework a child is in on a day, and when that changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final, Literal

from shared.days import age_on, birthday
from shared.errors import FosterframeError

BandChange = Literal["birthday", "week_of_birthday"]
"""From when a birthday counts: from the day itself, or from the first day of its week."""

MONDAY: Final = 0
_DAYS_IN_WEEK: Final = 7


class OutsideAgeBands(FosterframeError):  # noqa: N818 - a fact about the child, not a fault
    """On that day the child is not born yet, or has reached adulthood: no age band counts."""


@dataclass(frozen=True, slots=True)
class AgeBand:
    """The ages from one birthday up to, not including, another: 11-15 is from 11 to 16.

    Args:
        label: how the framework writes it; `16-18` runs from 16 to 18.
    """

    label: str
    from_age: int
    to_age: int


@dataclass(frozen=True)
class AgeBands:
    """The framework's age bands, youngest first, each beginning where the one before ends.

    Args:
        change: whether a birthday counts from its own day or from the first day of its week.
        week_starts_on: the first day of the week, Monday is 0.

    Raises:
        ValueError: the bands leave a gap or overlap, or do not begin at birth.
    """

    bands: tuple[AgeBand, ...]
    change: BandChange = "birthday"
    week_starts_on: int = MONDAY

    def __post_init__(self) -> None:
        for _, reason in gaps(self.bands):
            raise ValueError(reason)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels of the bands, youngest first."""
        return tuple(band.label for band in self.bands)

    @property
    def adult_age(self) -> int:
        """The age from whose birthday on no band counts."""
        return self.bands[-1].to_age

    @cached_property
    def _label_at_age(self) -> tuple[str, ...]:
        return tuple(band.label for band in self.bands for _ in range(band.from_age, band.to_age))

    def adulthood(self, date_of_birth: date) -> date:
        """Return the birthday from which no band counts: never moved to the start of its week."""
        return birthday(date_of_birth, self.adult_age)

    def band_on(self, date_of_birth: date, day: date) -> str:
        """Return the label of the band that counts on a day.

        Raises:
            OutsideAgeBands: the day is before the birth, or on or after the last birthday. The
                date of birth is not repeated.
        """
        if day < date_of_birth:
            raise OutsideAgeBands("no age band counts before the child is born")
        age = age_on(date_of_birth, day)
        if age >= self.adult_age:
            raise OutsideAgeBands(f"no age band counts from birthday {self.adult_age} on")
        if self.change == "week_of_birthday":
            # What the week's last day brings counts for the whole week, but for adulthood.
            week_ends = self._week_start(day) + timedelta(days=_DAYS_IN_WEEK - 1)
            age = min(age_on(date_of_birth, week_ends), self.adult_age - 1)
        return self._label_at_age[age]

    def band_changes(self, date_of_birth: date) -> list[tuple[date, str | None]]:
        """Return the day from which each band counts, from birth; None from adulthood on."""
        changes: list[tuple[date, str | None]] = [(date_of_birth, self.bands[0].label)]
        for band in self.bands[1:]:
            reached = birthday(date_of_birth, band.from_age)
            changes.append((self._counts_from(reached), band.label))
        return [*changes, (self.adulthood(date_of_birth), None)]

    def _counts_from(self, reached: date) -> date:
        return reached if self.change == "birthday" else self._week_start(reached)

    def _week_start(self, day: date) -> date:
        return day - timedelta(days=(day.weekday() - self.week_starts_on) % _DAYS_IN_WEEK)


def gaps(bands: Sequence[AgeBand]) -> list[tuple[int, str]]:
    """Return what keeps the bands from covering every age once, as (position, reason)."""
    found = []
    due = 0
    for position, band in enumerate(bands):
        if band.from_age != due:
            found.append((position, f"age band {band.label} begins at {band.from_age}, not {due}"))
        if band.to_age <= band.from_age:
            found.append((position, f"age band {band.label} ends before it begins"))
        due = band.to_age
    return found or ([] if bands else [(0, "there is no age band")])
