"""What one placement costs a week on each of its days, and why."""

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal, NamedTuple

from services.pricing.fees import FeeKey, Fees, position_on
from services.pricing.placement import Account, Placement, PlacementTerms
from shared.framework.age_bands import AgeBands
from shared.money import NOTHING, Money

CauseWord = Literal[
    "started", "birthday", "tender", "review", "correction", "amended", "ended", "adulthood"
]


class Cause(NamedTuple):
    """Why a weekly fee is otherwise from a day on: the word, where it was decided, the day."""

    word: CauseWord
    reference: str
    on: date


Causes = tuple[Cause, ...]


class Segment(NamedTuple):
    """Days, from `start` up to and not including `end`, with one weekly fee.

    No `end` means until further notice. A fee of 0.00 means that nothing is due.
    """

    start: date
    end: date | None
    weekly: Money
    account: Account
    causes: Causes


Timeline = tuple[Segment, ...]

_Piece = tuple[date, Money, Account, Causes]
_FOREVER: Final = date.max


def timeline(placement: Placement, fees: Fees, age_bands: AgeBands, horizon: date) -> Timeline:
    """Return the weekly fee of a placement on every day from its start on, without a gap.

    What was decided (fees, amendments, the end) counts however far ahead it lies. What the
    calendar brings (birthdays) counts up to and including the horizon: the age band of that day
    then holds until further notice. After the end the fee is 0.00, until further notice.

    Raises:
        NoFeeOn: the framework holds no fee for some of the days.
    """
    stop, stopped_by = _stop(placement, age_bands, max(horizon, placement.start))
    segments: list[Segment] = []
    for day, weekly, account, causes in _pieces(placement, fees, age_bands, stop, horizon):
        _append(segments, day, weekly, account, causes)
    if stop < _FOREVER:
        account = segments[-1].account if segments else placement.terms[0].account
        _append(segments, stop, NOTHING, account, stopped_by)
    return tuple(segments)


def next_birthday_after(placement: Placement, age_bands: AgeBands, horizon: date) -> date | None:
    """Return the first day after the horizon on which the calendar changes a placement's fee.

    It is None for a placement that has ended by then, or that reached adulthood.
    """
    for day, _ in age_bands.band_changes(placement.date_of_birth):
        if day > horizon and day > placement.start:
            return None if placement.end is not None and placement.end <= day else day
    return None


def segment_on(segments: Timeline, day: date) -> Segment:
    """Return the segment that a day lies in.

    Raises:
        ValueError: the day is before the placement.
    """
    for segment in reversed(segments):
        if segment.start <= day:
            return segment
    raise ValueError(f"the placement starts after {day}")


def _append(
    segments: list[Segment], day: date, weekly: Money, account: Account, causes: Causes
) -> None:
    """Add a segment, or nothing where the fee and the account stay as they are."""
    if segments:
        last = segments[-1]
        if last.weekly == weekly and last.account == account:
            return
        segments[-1] = last._replace(end=day)
    segments.append(Segment(day, None, weekly, account, causes))


def _stop(placement: Placement, age_bands: AgeBands, horizon: date) -> tuple[date, Causes]:
    """Return the first day that is not paid, as far as it is known, and why."""
    stop = _FOREVER
    causes: Causes = ()
    if placement.end is not None:
        stop, causes = placement.end, (Cause("ended", placement.id, placement.end),)
    adulthood = age_bands.adulthood(placement.date_of_birth)
    if adulthood <= horizon and adulthood < stop:
        stop = max(adulthood, placement.start)
        causes = (Cause("adulthood", placement.id, adulthood),)
    return stop, causes


def _pieces(
    placement: Placement, fees: Fees, age_bands: AgeBands, stop: date, horizon: date
) -> Iterator[_Piece]:
    every = placement.terms
    seen = max(horizon, placement.start)
    births = [
        (day, band)
        for day, band in age_bands.band_changes(placement.date_of_birth)
        if band is not None and day <= seen
    ]
    for position, terms in enumerate(every):
        first = terms.valid_from
        until = min(every[position + 1].valid_from, stop) if position + 1 < len(every) else stop
        if first >= until:
            continue
        why = Cause("amended" if position else "started", placement.id, first)
        if terms.agreed_weekly is not None:
            yield first, terms.agreed_weekly, terms.account, (why,)
        else:
            yield from _by_band(terms, births, fees, why, until)


def _by_band(
    terms: PlacementTerms,
    births: list[tuple[date, str]],
    fees: Fees,
    why: Cause,
    until: date,
) -> Iterator[_Piece]:
    """Yield the pieces of one stretch of terms, as the child grows through the age bands."""
    for position, (day, band) in enumerate(births):
        ends = births[position + 1][0] if position + 1 < len(births) else _FOREVER
        first = max(day, terms.valid_from)
        if first >= min(ends, until):
            continue
        causes: Causes = (why,) if first == terms.valid_from else ()
        if first == day:
            causes = (*causes, Cause("birthday", band, day))
        yield from _by_point(terms, band, fees, first, min(ends, until), causes)


def _by_point(
    terms: PlacementTerms, band: str, fees: Fees, first: date, until: date, causes: Causes
) -> Iterator[_Piece]:
    """Yield the pieces of one age band, as its weekly fee moves."""
    points = fees.points(terms.family, band)
    position = position_on(FeeKey(*terms.family, band), points, first)
    held = points[position]
    if held.valid_from == first:
        causes = (*causes, Cause(*held.cause, first))
    yield first, held.weekly, terms.account, causes
    for point in points[position + 1 :]:
        if point.valid_from >= until:
            break
        yield (
            point.valid_from,
            point.weekly,
            terms.account,
            (Cause(*point.cause, point.valid_from),),
        )
