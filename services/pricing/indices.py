"""Which inflation rate was published for a month, when, and where that is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal

from services.pricing.months import Month
from shared.errors import FosterframeError
from shared.money import Percentage

Standing = Literal["published", "derived"]
"""Whether a value was read from a file of the statistics office, or worked out from others."""

AwardKind = Literal["provisional", "final"]
"""Whether an award may rest on figures that are not final."""

AWARDS: Final[tuple[AwardKind, ...]] = ("final", "provisional")

SERIES: Final = {
    "D7G7": "the CPI 12-month rate",
    "D7BT": "the CPI index",
}
"""The series that a price review may name, by the statistics office's code."""

_SEEN: Final = {
    "D7G7": (Decimal("-0.1"), Decimal("11.1")),
    "D7BT": (Decimal("48.4"), Decimal("140.1")),
}
"""The lowest and the highest value that was published up to February 2026, by series."""

_USUAL: Final = {
    "D7G7": (Decimal(-10), Decimal(30)),
    "D7BT": (Decimal(10), Decimal(1000)),
}
"""From what to what a value is taken unasked: wide of all that was seen, so that a value beyond
is a slip, such as an index among rates, or news that a person has checked with the office."""

_LATEST_RELEASE_DAY: Final = 15
"""Prices of a month have come out between the middle and the end of the next month."""


class NoRateYet(FosterframeError):  # noqa: N818 - the lookup's answer: the figure is not known yet
    """A figure that a price review needs is not known, or not good enough for its award."""


@dataclass(frozen=True, slots=True)
class IndexValue:
    """What a series says for one month.

    Args:
        value: as written in the source; per cent for a rate.
        released_on: the day of the release that it was read from; of a derived value, the day of
            the release that it was derived from.
        place: the file and the line that it was just read from; not kept, nor compared.
    """

    series: str
    month: Month
    value: Percentage
    released_on: date
    source: str
    standing: Standing = "published"
    place: str = field(default="", compare=False, repr=False)


class IndexBook:
    """Every index value that is known. Values are added and never changed: a revision is new."""

    def __init__(self, values: Iterable[IndexValue] = ()) -> None:
        self._values: dict[tuple[str, Month], list[IndexValue]] = {}
        for value in values:
            self.add(value)

    def add(self, value: IndexValue) -> None:
        """Add a value. What was published counts before what was derived; then the newest."""
        known = self._values.setdefault((value.series, value.month), [])
        known.append(value)
        known.sort(key=_weight)

    def known(self, series: str, month: Month) -> IndexValue | None:
        """Return the value that counts for a month, if there is any yet."""
        values = self._values.get((series, month))
        return values[-1] if values else None

    def rate_for(
        self, series: str, year: int, month: int, award: AwardKind = "final"
    ) -> IndexValue:
        """Return the value that a price review must use for one month.

        The rate is the published one. It is never worked out from the rounded index, which
        differs from it by 0.1 in about three months of ten.

        Raises:
            NoRateYet: it is not known, or it was derived and the award is final.
        """
        wanted = Month(year, month)
        value = self.known(series, wanted)
        if value is None:
            raise NoRateYet(
                f"No CPI ({series}) for {wanted}. Import the ONS file released on or after "
                f"{release_due(wanted)}: fosterframe index import FILE."
            )
        if value.standing != "published" and award == "final":
            raise NoRateYet(
                f"CPI ({series}) for {wanted} is derived, not published: {value.source}. "
                "A final award needs the published one: fosterframe index import FILE, "
                "or draft a provisional award."
            )
        return value

    def newest_release(self, series: str) -> date | None:
        """Return the newest release of which a published value is known."""
        return max(
            (each.released_on for each in self.of_series(series) if each.standing == "published"),
            default=None,
        )

    def of_month(self, series: str, month: Month) -> tuple[IndexValue, ...]:
        """Return every value of a month, superseded ones too, the one that counts last."""
        return tuple(self._values.get((series, month), ()))

    def of_series(self, series: str) -> Iterator[IndexValue]:
        """Yield every value of a series, superseded ones too, by month."""
        for code, month in sorted(self._values):
            if code == series:
                yield from self._values[code, month]

    def series(self) -> set[str]:
        """Return the series of which anything is known."""
        return {code for code, _ in self._values}

    def gaps(self, series: str) -> list[tuple[Month, Month]]:
        """Return the runs of months without a value between the first and the last that has one."""
        months = sorted(month for code, month in self._values if code == series)
        return [
            (before.next(), after.previous())
            for before, after in pairwise(months)
            if before.next() != after
        ]


_RELEASES: Final = {
    Month(2026, 8): date(2026, 9, 16),
    Month(2026, 9): date(2026, 10, 21),
    Month(2026, 10): date(2026, 11, 18),
    Month(2026, 11): date(2026, 12, 16),
    Month(2026, 12): date(2027, 1, 20),
    Month(2027, 1): date(2027, 2, 17),
}
"""When the office said that it releases a month's prices."""


def is_release_announced(month: Month) -> bool:
    """Say whether the office has said on which day it releases a month's prices."""
    return month in _RELEASES


def usual_range(series: str) -> str:
    """Return from what to what a value is taken unasked, why, and how one beyond is taken."""
    (lowest, highest), (low, high) = _USUAL[series], _SEEN[series]
    return (
        f"a number from {lowest} to {highest} (up to February 2026 the office had published "
        f"{low} to {high}); if it did publish this one, import the file as unusual (--unusual)"
    )


def is_usual(series: str, value: Decimal) -> bool:
    """Say whether a value is taken unasked."""
    lowest, highest = _USUAL[series]
    return lowest <= value <= highest


def release_due(month: Month) -> date:
    """Return the day on or after which a month's value comes out, as far as it is announced."""
    after = month.next()
    return _RELEASES.get(month, date(after.year, after.month, _LATEST_RELEASE_DAY))


def _weight(value: IndexValue) -> tuple[bool, date]:
    return value.standing == "published", value.released_on
