"""Which figures a price review will need, which of them are known, and when the others come out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from services.pricing.indices import (
    AWARDS,
    SERIES,
    AwardKind,
    IndexBook,
    NoRateYet,
    is_release_announced,
    release_due,
)
from services.pricing.months import Month
from services.pricing.terms.agreed import (
    Component,
    FixedShare,
    IndexShare,
    ReviewTerms,
    WageAtAgeShare,
    WageShare,
)
from services.pricing.wages import WageBook, WageRate, WageRise
from shared.money import money_text, percentage_text

FigureState = Literal["known", "provisional", "missing"]
"""Whether a figure will do for any award, for a provisional one alone, or for none."""

_WAGES_RISE: Final = (4, 1)
"""The day of the year on which minimum wages have risen since 2017."""

_ADVISED_BY: Final = (10, 31)
"""By which day of the year before the government has been advised on them."""


@dataclass(frozen=True, slots=True)
class Expected:
    """When a figure comes out.

    Args:
        day: that day, or the first day on which it may.
        is_announced: the day itself is laid down.
        sentence: the same, for a person.
    """

    day: date
    is_announced: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a figure.

    Args:
        what: which figure it is: `the CPI 12-month rate (D7G7) for 2026-09`.
        value: what it says, or the last that is known of a wage; empty where nothing is.
        known_as: its standing or status, with the day of its release or from which it is due.
        source: where it was read.
        expected: when it comes out, or came out; nothing where it never will.
    """

    what: str
    value: str
    known_as: str
    source: str
    expected: Expected | None


@dataclass(frozen=True, slots=True)
class NeededFigure:
    """A figure that a review needs.

    Args:
        shares: for what share of a fee, by the version of the terms.
        refused: why an award that rests on it is refused, by the kind of award.
    """

    standing: Standing
    shares: tuple[tuple[str, str], ...]
    refused: dict[AwardKind, str]

    @property
    def state(self) -> FigureState:
        """Whether the figure will do."""
        if "provisional" in self.refused:
            return "missing"
        return "provisional" if "final" in self.refused else "known"


@dataclass(frozen=True, slots=True)
class _Known:
    """What a component's figure is looked for in."""

    effective_from: date
    indices: IndexBook
    wages: WageBook
    today: date


def figures_needed(
    every: Iterable[ReviewTerms],
    effective_from: date,
    indices: IndexBook,
    wages: WageBook,
    today: date,
) -> tuple[NeededFigure, ...]:
    """Return the figures that a review from a day on needs, each once, as the terms name them."""
    known = _Known(effective_from, indices, wages, today)
    needed: dict[str, NeededFigure] = {}
    for terms in every:
        for component in terms.components:
            standing = KINDS[type(component)](component, known)
            if standing is None:
                continue
            share = (terms.version, f"{component.share:f}")
            if before := needed.get(standing.what):
                needed[standing.what] = NeededFigure(
                    standing, (*before.shares, share), before.refused
                )
            else:
                refused = _refused(component, known)
                needed[standing.what] = NeededFigure(standing, (share,), refused)
    return tuple(needed.values())


def _refused(component: Component, known: _Known) -> dict[AwardKind, str]:
    """Return why awards are refused, in the words in which a draft is."""
    refused: dict[AwardKind, str] = {}
    for award in AWARDS:
        try:
            component.part(known.effective_from, known.indices, known.wages, award)
        except NoRateYet as not_yet:
            refused[award] = str(not_yet)
    return refused


def _of_index(component: IndexShare, known: _Known) -> Standing:
    year = known.effective_from.year - (component.year == "previous")
    month = Month(year, component.month)
    what = f"{SERIES.get(component.series, 'the series')} ({component.series}) for {month}"
    value = known.indices.known(component.series, month)
    expected = _release(month, known.today)
    if value is None:
        return Standing(what, "", "", "", expected)
    known_as = f"{value.standing}, release of {value.released_on}"
    return Standing(what, percentage_text(value.value), known_as, value.source, expected)


def _release(month: Month, today: date) -> Expected:
    day = release_due(month)
    is_announced = is_release_announced(month)
    if is_announced:
        said = f"ONS {'published' if day < today else 'publishes'} it on {day}"
    elif day.replace(day=1) + timedelta(days=31) < today:
        said = f"ONS published it in {Month(day.year, day.month)}"
    else:
        said = f"ONS publishes it in {Month(day.year, day.month)}, usually after the {day.day}th"
    return Expected(day, is_announced, f"{said}.")


def _of_wage(component: WageShare, known: _Known) -> Standing:
    band, day = component.band, known.effective_from
    return _of_rise(
        f"the rise of the wage band {band} up to {day}",
        lambda: known.wages.rise_at(band, day, "provisional"),
        lambda: known.wages.rate_on(band, day),
        _announcement(day, known.today),
        # A band that was there and is there no more has no rate to come.
        is_to_come=known.wages.before(band, day + timedelta(days=1)) is None,
    )


def _of_wage_at_age(component: WageAtAgeShare, known: _Known) -> Standing:
    age, day = component.age, known.effective_from
    return _of_rise(
        f"the rise of the wage due at age {age} up to {day}",
        lambda: known.wages.rise_at_age(age, day, "provisional"),
        lambda: known.wages.rate_at_age(age, day),
        _announcement(day, known.today),
    )


def _of_rise(
    what: str,
    rise: Callable[[], WageRise],
    last: Callable[[], WageRate],
    expected: Expected,
    *,
    is_to_come: bool = True,
) -> Standing:
    """Return what is known of a rise; of one that is not known, which rate was the last."""
    try:
        found = rise()
    except NoRateYet:
        try:
            rate = last()
        except NoRateYet:
            return Standing(what, "", "", "", expected if is_to_come else None)
        known_as = f"the last known is {money_text(rate.hourly)} from {rate.effective_from}"
        return Standing(what, "", known_as, rate.source, expected)
    before, after = found.before, found.after
    value = f"{money_text(before.hourly)} to {money_text(after.hourly)}"
    known_as = f"{after.status}, from {after.effective_from}"
    return Standing(what, value, known_as, after.source, expected)


def _announcement(effective_from: date, today: date) -> Expected:
    """Return when the wage rates that are due by a day are announced."""
    due = date(effective_from.year, *_WAGES_RISE)
    if due > effective_from:
        due = date(effective_from.year - 1, *_WAGES_RISE)
    advised = date(due.year - 1, *_ADVISED_BY)
    if today >= due:
        said = f"The rates from {due} were announced in the autumn of {advised.year}."
    else:
        said = (
            f"The Low Pay Commission advises the government by {advised}; the rates from {due} "
            "are usually announced at the Budget of that autumn or shortly before."
        )
    return Expected(advised, is_announced=False, sentence=said)


def _of_fixed(_component: FixedShare, _known: _Known) -> None:
    """Return nothing: the terms fix the rate themselves."""


KINDS: Final[dict[type, Callable[[Any, _Known], Standing | None]]] = {
    IndexShare: _of_index,
    WageShare: _of_wage,
    WageAtAgeShare: _of_wage_at_age,
    FixedShare: _of_fixed,
}
"""What is known of the figure of each kind of component."""
