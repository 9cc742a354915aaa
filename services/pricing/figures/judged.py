"""Which figures of a file are news, which are known, and which contradict what is known."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Generic, TypeVar

from services.pricing.indices import IndexBook, IndexValue
from services.pricing.wages import WageBook, WageRate
from shared.errors import FosterframeError
from shared.money import money_text, percentage_text

F = TypeVar("F", IndexValue, WageRate)

IMPORTED_BY: Final = "; imported by "
"""Stands in a kept source before the name of who imported the figure."""

_FAULTS_TOLD: Final = 20
_SURENESS: Final = ("estimate", "announced", "in_force")
_LARGEST_RISE: Final = Decimal(30)
_HUNDRED: Final = Decimal(100)


class FiguresRefused(FosterframeError):  # noqa: N818 - what became of the file
    """Figures contradict what is known, or are older than it; nothing of them is taken."""

    def __init__(self, faults: list[str]) -> None:
        told = faults[:_FAULTS_TOLD]
        if len(faults) > len(told):
            told.append(f"and {len(faults) - len(told)} more of this kind.")
        super().__init__("\n".join(told))
        self.faults = tuple(told)


@dataclass(frozen=True, slots=True)
class Judged(Generic[F]):
    """What a file adds to what is known.

    Args:
        new: the figures to keep.
        known: how many were known before.
        older: which releases are older than one that is known, in sentences.
        revised: what a new figure supersedes, in sentences.
        passed_over: which figures count for nothing although they differ, in sentences.
    """

    new: tuple[F, ...]
    known: int
    older: tuple[str, ...]
    revised: tuple[str, ...]
    passed_over: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What becomes of one figure; without a word it is known, as it is."""

    is_new: bool = False
    revised: str = ""
    passed_over: str = ""
    fault: str = ""


def judged_values(book: IndexBook, values: Iterable[IndexValue]) -> Judged[IndexValue]:
    """Return what an index file adds.

    An older release than one that is known adds the months that are not known yet. What it says of
    the others has to be what is known, or was known once: then it is passed over.

    Raises:
        FiguresRefused: a release says otherwise than a newer one, or than itself before.
    """
    every = list(values)
    newest = {series: book.newest_release(series) for series in book.series()}
    return _judged(
        every,
        lambda value: (
            _of_derived(book, value)
            if value.standing == "derived"
            else _of_published(book, value, newest.get(value.series))
        ),
        _older(every, newest),
    )


def judged_rates(
    book: WageBook, rates: Iterable[WageRate], *, unusual: bool = False
) -> Judged[WageRate]:
    """Return what a wage table adds.

    Args:
        book: what is known.
        rates: what the table says.
        unusual: a person has checked rises that are out of the ordinary.

    Raises:
        FiguresRefused: a rate is less sure than the one that is known and says otherwise, or its
            rise is out of the ordinary.
    """
    every = list(rates)
    together = WageBook([*book, *every])
    return _judged(every, lambda rate: _of_rate(book, together, rate, unusual=unusual))


def stated(source: str) -> str:
    """Return a source as its file states it, without who imported it."""
    return source.split(IMPORTED_BY, 1)[0]


def _judged(
    figures: Iterable[F], verdict_on: Callable[[F], _Verdict], older: Iterable[str] = ()
) -> Judged[F]:
    new, verdicts = [], []
    for figure in figures:
        verdict = verdict_on(figure)
        verdicts.append(verdict)
        if verdict.is_new:
            new.append(figure)
    if faults := [each.fault for each in verdicts if each.fault]:
        raise FiguresRefused(faults)
    return Judged(
        new=tuple(new),
        known=len(verdicts) - len(new),
        older=tuple(sorted(older)),
        revised=tuple(each.revised for each in verdicts if each.revised),
        passed_over=tuple(each.passed_over for each in verdicts if each.passed_over),
    )


def _older(values: Iterable[IndexValue], newest: Mapping[str, date | None]) -> set[str]:
    """Return a sentence for each release that is older than one that is known."""
    told = set()
    for value in values:
        known = newest.get(value.series)
        if value.standing == "published" and known is not None and value.released_on < known:
            told.add(
                f"The release of {value.series} of {value.released_on} is older than the one of "
                f"{known} that is known: only months that were not known are added."
            )
    return told


def _of_published(book: IndexBook, value: IndexValue, newest: date | None) -> _Verdict:
    every = book.of_month(value.series, value.month)
    rows = [each for each in every if each.standing == "published"]
    if not rows:
        revised = f"{_name(every[-1])} is now published as {_said(value)}." if every else ""
        return _Verdict(is_new=True, revised=revised)
    counting = rows[-1]
    if counting.value == value.value:
        return _Verdict()
    same = [each for each in rows if each.released_on == value.released_on]
    if same and same[-1].value != value.value:
        return _same_release(value, same[-1])
    if newest is not None and value.released_on < newest:
        if value.value in {each.value for each in rows}:
            return _Verdict(passed_over=f"{_name(value)} is superseded by {_said(counting)}.")
        return _Verdict(
            fault=f"{_placed(value.place)}{_name(value)} is older than the release of {newest} "
            f"that is known; allowed: {_said(counting)}, as is known. Import the newest file of "
            "the statistics office."
        )
    return _Verdict(is_new=True, revised=f"{_name(counting)} is revised to {_said(value)}.")


def _of_derived(book: IndexBook, value: IndexValue) -> _Verdict:
    counting = book.known(value.series, value.month)
    if counting is None:
        return _Verdict(is_new=True)
    if counting.standing == "published":
        said = f"{_name(value)} is passed over: {_said(counting)} is published."
        return _Verdict(passed_over=said if counting.value != value.value else "")
    if counting.value == value.value:
        return _Verdict()
    if counting.released_on == value.released_on:
        return _same_release(value, counting)
    if value.released_on < counting.released_on:
        return _Verdict(passed_over=f"{_name(value)} is superseded by {_said(counting)}.")
    return _Verdict(is_new=True, revised=f"{_name(counting)} is revised to {_said(value)}.")


def _same_release(value: IndexValue, known: IndexValue) -> _Verdict:
    return _Verdict(
        fault=f"{_placed(value.place)}{value.series} for {value.month} is "
        f"{percentage_text(value.value)} here, and was {percentage_text(known.value)} in the same "
        f"release of {known.released_on}; allowed: what that release says. One of the files is "
        "not as published."
    )


def _of_rate(book: WageBook, together: WageBook, rate: WageRate, *, unusual: bool) -> _Verdict:
    rows = book.of_day(rate.band, rate.effective_from)
    if not rows:
        fault = _overlap(together, rate) or ("" if unusual else _unusual_rise(together, rate))
        return _Verdict(is_new=not fault, fault=fault)
    counting = rows[-1]
    if _facts(counting) == _facts(rate):
        return _Verdict()
    if any(_facts(each) == _facts(rate) and stated(each.source) == rate.source for each in rows):
        return _Verdict(passed_over=f"{_rate_name(rate)} is superseded by {_rate_said(counting)}.")
    if _SURENESS.index(rate.status) < _SURENESS.index(counting.status):
        if rate.hourly == counting.hourly:
            said = f"{_rate_name(rate)} is passed over: it is {counting.status} already."
            return _Verdict(passed_over=said)
        return _Verdict(
            fault=f"{_placed(rate.place)}{_rate_name(rate)} is less sure than "
            f"{_rate_said(counting)}, which is known from {counting.source}; allowed: "
            f"{' or '.join(_SURENESS[_SURENESS.index(counting.status) :])}. Leave the row out; if "
            "what is known is wrong, state that status and the source."
        )
    fault = _overlap(together, rate) or ("" if unusual else _unusual_rise(together, rate))
    revised = "" if fault else f"{_rate_name(counting)} is now {_rate_said(rate)}."
    return _Verdict(is_new=not fault, revised=revised, fault=fault)


def _overlap(together: WageBook, rate: WageRate) -> str:
    for other in together.from_day(rate.effective_from):
        if other.band != rate.band and other.shares_an_age_with(rate):
            return (
                f"{_placed(rate.place)}{_rate_name(rate)} is for ages for which {other.band} "
                f"(age {other.ages}) is due from that day too; allowed: one band for each age."
            )
    return ""


def _unusual_rise(together: WageBook, rate: WageRate) -> str:
    before = together.before(rate.band, rate.effective_from)
    if before is None:
        return ""
    rise = (rate.hourly / before.hourly - 1) * _HUNDRED
    if 0 <= rise <= _LARGEST_RISE:
        return ""
    return (
        f"{_placed(rate.place)}{_rate_name(rate)} is {rise:+.1f} % on {money_text(before.hourly)} "
        f"from {before.effective_from}; allowed: a rise of 0 to {_LARGEST_RISE} % (since 2016 no "
        "band fell, or rose by more than 21.3 %); if it was laid down so, import the table as "
        "unusual (--unusual)."
    )


def _facts(rate: WageRate) -> tuple[object, ...]:
    return rate.hourly, rate.status, rate.from_age, rate.to_age


def _placed(place: str) -> str:
    return f"{place}: " if place else ""


def _name(value: IndexValue) -> str:
    how = f" ({value.standing})" if value.standing != "published" else ""
    said = percentage_text(value.value)
    return f"{value.series} for {value.month}, {said}{how} in the release of {value.released_on},"


def _said(value: IndexValue) -> str:
    return f"{percentage_text(value.value)} of {value.released_on}"


def _rate_name(rate: WageRate) -> str:
    hourly = money_text(rate.hourly)
    return f"{rate.band} from {rate.effective_from}, {hourly} ({rate.status}, age {rate.ages}),"


def _rate_said(rate: WageRate) -> str:
    return f"{money_text(rate.hourly)} ({rate.status}, age {rate.ages})"
