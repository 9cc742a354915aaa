"""A Kent-sized year: invented placements that cost in 2022/23 what the council published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from services.demo.kent_homes import Home, homes, words_used
from services.demo.sample import Sample, sample_of
from services.pricing.fee_book.prices_csv import TenderedFee
from services.pricing.fees import FeeBook, FeeFamily, FeePoint
from services.pricing.placement import Account, Ended, Placement, Started, placement_of
from services.pricing.timeline import Timeline, timeline
from shared.contracts.catalogue import PLACEMENT_ENDED, PLACEMENT_STARTED
from shared.contracts.placement import PlacementEnded, PlacementStarted
from shared.days import Period, financial_year
from shared.errors import FosterframeError
from shared.framework.framework import Framework
from shared.money import NOTHING, Money, for_days, money_text, pounds

YEAR: Final = financial_year(date(2022, 4, 1))
"""The financial year whose spend is published."""

LAST_DAY: Final = date(2023, 3, 31)

PUBLISHED_SPEND: Final = pounds("20199057.00")
"""What was spent in 2022/23 on all external fostering, over three service lines: looked after
children, looked after children with a disability, asylum.

Source: Kent County Council, record of decision 23-00112, signed 18 January 2024. Only the sum is
published. How it divides by service line, and between the two councils, is invented here.
"""

TOLERANCE_PER_CENT: Final = Decimal("0.1")
"""How near the invented year comes; a tenth of the one per cent that is asked of it."""

SEED: Final = 2022
_MOST_HOMES: Final = 3_000
_NOON: Final = time(12, tzinfo=UTC)


class YearRefused(FosterframeError):  # noqa: N818 - what became of what was asked for
    """No such year can be made; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Costed:
    """One placement of the year, and what its days in the year cost."""

    home: Home
    start: PlacementStarted
    account: Account
    cost: Money


@dataclass(frozen=True, slots=True)
class Sum:
    """What the placements of one service line and purchaser come to."""

    service_line: str
    purchaser: str
    placements: int
    cost: Money


@dataclass(frozen=True, slots=True)
class KentYear:
    """The invented year, as its seed makes it at the fees of a framework."""

    framework: Framework
    seed: int
    placements: tuple[Costed, ...]

    @property
    def total(self) -> Money:
        """What it costs."""
        return _summed(self.placements)

    @property
    def difference(self) -> Money:
        """By how much it costs more than was published; less, below zero."""
        return Money(self.total - PUBLISHED_SPEND)

    def sums(self) -> list[Sum]:
        """Return what each service line costs each purchaser, by name."""
        parts: dict[tuple[str, str], list[Costed]] = {}
        for one in self.placements:
            part = (one.account.service_line, one.account.purchaser)
            parts.setdefault(part, []).append(one)
        return [Sum(*part, len(some), _summed(some)) for part, some in sorted(parts.items())]

    def running_on(self, day: date) -> int:
        """Return how many placements are at the framework's fees on a day."""
        bands = self.framework.age_bands
        return sum(
            one.start.agreement == "framework"
            and one.start.start_date <= day
            and (one.home.end is None or day < one.home.end)
            and day < bands.adulthood(one.start.date_of_birth)
            for one in self.placements
        )

    def samples(self) -> list[Sample]:
        """Return the events of the year as case management would publish them, by time."""
        told = [sample for one in self.placements for sample in _told(one)]
        return sorted(told, key=lambda sample: sample.at)


def kent_year(framework: Framework, fees: FeeBook, seed: int = SEED) -> KentYear:
    """Return a year of placements that costs what was published; the same for the same seed.

    Homes are added as long as there is money for them, each priced as pricing does; so there are
    as many as the fees of the pack allow.

    Raises:
        YearRefused: the framework is in other words, or its fees lead nowhere near.
    """
    _refuse_other_words(framework)
    margin = PUBLISHED_SPEND * TOLERANCE_PER_CENT / 100
    total = NOTHING
    taken: list[Costed] = []
    for home in islice(homes(framework, fees, YEAR, seed), _MOST_HOMES):
        costed = [_costed(home, start, framework, fees) for start in home.starts]
        after = Money(total + _summed(costed))
        if after > PUBLISHED_SPEND + margin:
            continue  # too dear for what is left; a shorter stay may fit
        taken += costed
        total = after
        if total >= PUBLISHED_SPEND - margin:
            return KentYear(framework, seed, tuple(taken))
    raise YearRefused(
        f"{_MOST_HOMES} homes at the fees of {framework.id} come to {money_text(total)}, not to "
        f"{money_text(PUBLISHED_SPEND)}. Use the pack kent-medway: set FOSTERFRAME_FRAMEWORK."
    )


def check_year(first: int) -> None:
    """Refuse a year of which nothing is published.

    Raises:
        YearRefused: says what can be done instead.
    """
    if first != YEAR.start.year:
        raise YearRefused(
            f"What was spent is published for {year_name(YEAR)} alone, so only --year "
            f"{YEAR.start.year} can be made to its size. To see a later year's fees on the same "
            "book: fosterframe sample --load, then fosterframe review draft and preview."
        )


def year_name(year: Period) -> str:
    """Return how a financial year is written: 2022/23."""
    return f"{year.start.year}/{(year.start.year + 1) % 100:02d}"


def tendered_book(fees: Iterable[TenderedFee]) -> FeeBook:
    """Return the fees of a pack as a book, before any review."""
    return FeeBook(
        (fee.key, FeePoint(fee.valid_from, fee.weekly, fee.cause, number))
        for number, fee in enumerate(fees, start=1)
    )


def placement_told(start: PlacementStarted, end: date | None, framework: Framework) -> Placement:
    """Return the placement that a start and perhaps an end tell of."""
    started = Started(
        told_at=_noon(start.start_date),
        event_id=start.placement_id,
        placement_id=start.placement_id,
        date_of_birth=start.date_of_birth,
        family=FeeFamily(start.agency, start.purchaser, start.placement_type, start.need_category),
        start=start.start_date,
        agreement=start.agreement,
        agreed_weekly=start.agreed_weekly,
        uasc=start.uasc,
        disability=start.disability,
        duration=start.duration,
        solo=start.solo,
        sibling_number=start.sibling_number,
    )
    ended = () if end is None else (Ended(_noon(end), f"{start.placement_id} ended", end),)
    return placement_of((started, *ended), framework)


def cost_in(year: Period, segments: Timeline) -> Money:
    """Return what the days of a timeline in a closed period cost: each segment rounded once."""
    if year.end is None:
        raise ValueError("a period without an end has no cost")
    total = NOTHING
    for segment in segments:
        first = max(segment.start, year.start)
        last = year.end if segment.end is None else min(segment.end, year.end)
        if first < last:
            total = Money(total + for_days(segment.weekly, (last - first).days))
    return total


def figures(made: KentYear) -> dict[str, Any]:
    """Return what the year comes to, without anything of a child."""
    names = {line.id: line.name for line in made.framework.service_lines}
    return {
        "year": year_name(YEAR),
        "seed": made.seed,
        "placements": len(made.placements),
        "homes": len({id(one.home) for one in made.placements}),
        "spot": sum(one.start.agreement == "spot" for one in made.placements),
        "events": len(made.samples()),
        "total": money_text(made.total),
        "published": money_text(PUBLISHED_SPEND),
        "difference": money_text(made.difference),
        "difference_per_cent": per_cent(made.difference, PUBLISHED_SPEND),
        "lines": [
            {
                "service_line": one.service_line,
                "name": names[one.service_line],
                "purchaser": one.purchaser,
                "placements": one.placements,
                "cost": money_text(one.cost),
                "share_per_cent": per_cent(one.cost, made.total),
            }
            for one in made.sums()
        ],
    }


def per_cent(part: Money, whole: Money) -> str:
    """Return a part in per cent of the whole, with two decimals, to be read and not reckoned on."""
    return f"{part * 100 / whole:.2f}"


def _costed(home: Home, start: PlacementStarted, framework: Framework, fees: FeeBook) -> Costed:
    placement = placement_told(start, home.end, framework)
    segments = timeline(placement, fees, framework, LAST_DAY)
    return Costed(home, start, placement.terms[0].account, cost_in(YEAR, segments))


def _told(one: Costed) -> Iterable[Sample]:
    id_, start = one.start.placement_id, one.start.start_date
    yield sample_of(PLACEMENT_STARTED, id_, _noon(start), one.home.kind, one.start)
    if one.home.end is not None:
        ended = PlacementEnded(placement_id=id_, end_date=one.home.end)
        yield sample_of(PLACEMENT_ENDED, id_, _noon(one.home.end), "ended", ended)


def _refuse_other_words(framework: Framework) -> None:
    known = (framework.purchasers, framework.placement_types, framework.need_categories)
    strange = sorted(
        word
        for used, words in zip(words_used(), known, strict=True)
        for word in used - words.keys()
    )
    if strange:
        raise YearRefused(
            f"The framework {framework.id} has no word {', '.join(strange)}, in which the sample "
            "is told. Use the pack kent-medway: set FOSTERFRAME_FRAMEWORK."
        )


def _summed(some: Sequence[Costed]) -> Money:
    return Money(sum((one.cost for one in some), NOTHING))


def _noon(day: date) -> datetime:
    return datetime.combine(day, _NOON)
