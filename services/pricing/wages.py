"""What the minimum wage of each age band was, is or will be, and by how much it rose."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from services.pricing.indices import AwardKind, NoRateYet
from services.pricing.months import months_after
from shared.money import Money, Percentage

WageStatus = Literal["estimate", "announced", "in_force"]
"""How sure a rate is: a forecast, laid down but not due yet, or due."""

NATIONAL_LIVING_WAGE: Final = "nlw"
_OLDEST_AGE: Final = 200
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class WageRate:
    """The hourly rate of one band from a day on.

    Args:
        band: `nlw` whatever the age from which it is due; `nmw_18_20` and so on; `apprentice`.
        from_age, to_age: for whom it is due, `to_age` not included; no ages for apprentices.
    """

    band: str
    effective_from: date
    hourly: Money
    status: WageStatus
    source: str
    from_age: int | None = None
    to_age: int | None = None

    def covers(self, age: int) -> bool:
        """Say whether somebody of that age gets this rate."""
        return self.from_age is not None and self.from_age <= age < (self.to_age or _OLDEST_AGE)


@dataclass(frozen=True, slots=True)
class WageRise:
    """A band's rate before and after its last rise."""

    before: WageRate
    after: WageRate

    @property
    def change(self) -> Percentage:
        """The rise in per cent, to as many places as Decimal holds."""
        return Percentage((self.after.hourly / self.before.hourly - 1) * _HUNDRED)


class WageBook:
    """Every wage rate that is known. Of two for one band and day, the last one added counts."""

    def __init__(self, rates: Iterable[WageRate] = ()) -> None:
        self._rates: dict[tuple[str, date], WageRate] = {}
        for rate in rates:
            self.add(rate)

    def add(self, rate: WageRate) -> None:
        """Add a rate; it supersedes what was known for its band and day."""
        self._rates[rate.band, rate.effective_from] = rate

    def __iter__(self) -> Iterator[WageRate]:
        return iter(sorted(self._rates.values(), key=lambda each: (each.effective_from, each.band)))

    def rate_on(self, band: str, day: date) -> WageRate:
        """Return the rate of a band that is due on a day.

        Raises:
            NoRateYet: no rate of the band is known for that day, or the band has gone by then.
        """
        rates = self._of_band(band, day)
        if not rates:
            raise NoRateYet(f"No rate of {band} on {day}: {_advice()}")
        rate = rates[-1]
        if rate.from_age is not None:
            heir = self.rate_at_age(rate.from_age, day)
            if heir.band != band:
                raise NoRateYet(
                    f"The band {band} has gone by {day}: from {heir.effective_from} on, who is "
                    f"{rate.from_age} gets {heir.band}. Name that band in the review's terms."
                )
        return rate

    def rate_at_age(self, age: int, day: date) -> WageRate:
        """Return the rate that somebody of an age must be paid at least, whatever its band.

        Raises:
            NoRateYet: none is known for that age and day.
        """
        rates = [each for each in self if each.covers(age) and each.effective_from <= day]
        if not rates:
            raise NoRateYet(f"No wage rate at age {age} on {day}: {_advice()}")
        return rates[-1]

    def rise_at(self, band: str, day: date, award: AwardKind = "final") -> WageRise:
        """Return the last rise of a band within the twelve months up to and including a day.

        Two rises in one year (October 2016, April 2017) are two: the last one counts.

        Raises:
            NoRateYet: the band has not risen within the year, so its new rate is not known yet;
                or nothing is known from before the rise; or it is an estimate in a final award.
        """
        after = self.rate_on(band, day)
        if after.effective_from <= months_after(day, -12):
            due = months_after(after.effective_from, 12)
            raise NoRateYet(
                f"No rate of {band} from {due} on: the last known is {after.hourly} from "
                f"{after.effective_from}. {_advice()}"
            )
        if after.status == "estimate" and award == "final":
            raise NoRateYet(
                f"The rate of {band} from {after.effective_from} is an estimate: {after.source}. "
                "A final award needs the rate laid down; or draft a provisional award."
            )
        before = self._of_band(band, after.effective_from - timedelta(days=1))
        if not before:
            raise NoRateYet(f"No rate of {band} before {after.effective_from}: {_advice()}")
        return WageRise(before[-1], after)

    def rise_at_age(self, age: int, day: date) -> WageRise:
        """Return how the rate at one age rose on a day, over a change of bands too.

        Raises:
            NoRateYet: it is not known for the day, or for the day before.
        """
        return WageRise(
            self.rate_at_age(age, day - timedelta(days=1)),
            self.rate_at_age(age, day),
        )

    def _of_band(self, band: str, day: date) -> list[WageRate]:
        return [each for each in self if each.band == band and each.effective_from <= day]


def _advice() -> str:
    return "Import it with its source: fosterframe wage import FILE."
