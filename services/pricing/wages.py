"""What the minimum wage of each age band was, is or will be, and by how much it rose."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
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
        place: the file and the line that it was just read from; not kept, nor compared.
    """

    band: str
    effective_from: date
    hourly: Money
    status: WageStatus
    source: str
    from_age: int | None = None
    to_age: int | None = None
    place: str = field(default="", compare=False, repr=False)

    @property
    def ages(self) -> str:
        """For whom the rate is due, as a person says it."""
        if self.from_age is None:
            return "any"
        return (
            f"{self.from_age} up" if self.to_age is None else f"{self.from_age}-{self.to_age - 1}"
        )

    def covers(self, age: int) -> bool:
        """Say whether somebody of that age gets this rate."""
        return self.from_age is not None and self.from_age <= age < (self.to_age or _OLDEST_AGE)

    def shares_an_age_with(self, other: "WageRate") -> bool:
        """Say whether somebody of some age would get both rates."""
        if self.from_age is None or other.from_age is None:
            return False
        oldest = min(self.to_age or _OLDEST_AGE, other.to_age or _OLDEST_AGE)
        return max(self.from_age, other.from_age) < oldest


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
        self._rates: dict[tuple[str, date], list[WageRate]] = {}
        for rate in rates:
            self.add(rate)

    def add(self, rate: WageRate) -> None:
        """Add a rate; it supersedes what was known for its band and day, which is kept."""
        self._rates.setdefault((rate.band, rate.effective_from), []).append(rate)

    def __iter__(self) -> Iterator[WageRate]:
        counting = (rates[-1] for rates in self._rates.values())
        return iter(sorted(counting, key=lambda each: (each.effective_from, each.band)))

    def of_day(self, band: str, effective_from: date) -> tuple[WageRate, ...]:
        """Return every rate of a band from one day; the last one counts."""
        return tuple(self._rates.get((band, effective_from), ()))

    def from_day(self, effective_from: date) -> list[WageRate]:
        """Return the rate of each band that changes on a day."""
        return [rates[-1] for (_, since), rates in self._rates.items() if since == effective_from]

    def every(self) -> Iterator[WageRate]:
        """Yield every rate, superseded ones too, by day and band; of a day the last one counts."""
        for since, band in sorted((since, band) for band, since in self._rates):
            yield from self._rates[band, since]

    def due_on(self, day: date) -> Iterator[WageRate]:
        """Yield each band's rate that is due on a day, after those that it superseded."""
        for band in sorted({band for band, _ in self._rates}):
            try:
                rate = self.rate_on(band, day)
            except NoRateYet:
                continue
            yield from self.of_day(band, rate.effective_from)

    def before(self, band: str, day: date) -> WageRate | None:
        """Return the rate of a band that was due before a day, if one is known."""
        rates = self._of_band(band, day - timedelta(days=1))
        return rates[-1] if rates else None

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
        _check_risen(after, day, f"rate of {band}")
        before = self.before(band, after.effective_from)
        if before is None:
            raise NoRateYet(f"No rate of {band} before {after.effective_from}: {_advice()}")
        return _risen(before, after, award)

    def rise_at_age(self, age: int, day: date, award: AwardKind = "final") -> WageRise:
        """Return how the rate at one age last rose up to a day, over a change of bands too.

        Raises:
            NoRateYet: as for a band.
        """
        after = self.rate_at_age(age, day)
        _check_risen(after, day, f"wage rate at age {age}")
        before = self.rate_at_age(age, after.effective_from - timedelta(days=1))
        return _risen(before, after, award)

    def _of_band(self, band: str, day: date) -> list[WageRate]:
        days = sorted(since for name, since in self._rates if name == band and since <= day)
        return [self._rates[band, since][-1] for since in days]


def _check_risen(after: WageRate, day: date, what: str) -> None:
    """Refuse last year's rise: the rate that is due by the day is not known yet."""
    if after.effective_from <= months_after(day, -12):
        due = months_after(after.effective_from, 12)
        raise NoRateYet(
            f"No {what} from {due} on: the last known is {after.hourly} from "
            f"{after.effective_from}. {_advice()}"
        )


def _risen(before: WageRate, after: WageRate, award: AwardKind) -> WageRise:
    for rate in (before, after):
        if rate.status == "estimate" and award == "final":
            raise NoRateYet(
                f"The rate of {rate.band} from {rate.effective_from} is an estimate: "
                f"{rate.source}. A final award needs the rate laid down; or draft a provisional "
                "award."
            )
    return WageRise(before, after)


def _advice() -> str:
    return "Import it with its source: fosterframe wage import FILE."
