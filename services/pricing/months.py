"""Calendar months: one by itself, and the day that lies some months from another."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

_MONTHS: Final = 12


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"

    def next(self) -> "Month":
        """Return the month after."""
        return _moved(self, 1)

    def previous(self) -> "Month":
        """Return the month before."""
        return _moved(self, -1)


@lru_cache(maxsize=1024)
def months_after(day: date, months: int) -> date:
    """Return the same day of the month, some months later, or earlier below zero.

    Where that month is too short it is its last day: a month after 31 January is 28 February.
    """
    to = _moved(Month(day.year, day.month), months)
    return date(to.year, to.month, min(day.day, monthrange(to.year, to.month)[1]))


def _moved(month: Month, by: int) -> Month:
    years, position = divmod(month.month - 1 + by, _MONTHS)
    return Month(month.year + years, position + 1)
