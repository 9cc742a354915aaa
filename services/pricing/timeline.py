"""What one placement costs a week on each of its days, and why."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, Literal, NamedTuple

from services.pricing.adjusting import Move, long_stay_days, moves, with_adjustments
from services.pricing.fee_book.awarded import points_awarded_before
from services.pricing.fee_book.spot_fee import SpotStep, spot_steps
from services.pricing.fees import FeeKey, FeePoint, Fees, position_on
from services.pricing.membership import check_member
from services.pricing.placement import Account, Placement, PlacementTerms
from shared.framework.adjustments import Adjustment, Amount, ForVolume
from shared.framework.framework import Framework
from shared.money import NOTHING, Money

CauseWord = Literal[
    "started",
    "birthday",
    "tender",
    "review",
    "correction",
    "amended",
    "ended",
    "continued",
    "adulthood",
    "discount",
    "supplement",
    "volume",
    "left_framework",
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

_FOREVER: Final = date.max


class _Piece(NamedTuple):
    """A weekly fee of the framework, before anything is due on it, and what begins that day."""

    day: date
    weekly: Money
    causes: Causes


def timeline(placement: Placement, fees: Fees, framework: Framework, horizon: date) -> Timeline:
    """Return the weekly fee of a placement on every day from its start on, without a gap.

    What was decided (fees, amendments, counts, the end) counts however far ahead it lies. What
    the calendar brings (birthdays, a long stay) counts up to and including the horizon: what
    holds on that day then holds until further notice. After the end the fee is 0.00, until
    further notice.

    Raises:
        NoFeeOn: the framework holds no fee for some of the days.
    """
    look = _look(placement, fees, framework, horizon)
    stop = look.stop
    every = placement.terms
    segments: list[Segment] = []
    due: _DueById = {}
    spot: SpotStep | None = None
    for position, terms in enumerate(every):
        first = terms.valid_from
        until = min(every[position + 1].valid_from, stop) if position + 1 < len(every) else stop
        if first >= until:
            continue
        why = Cause("amended" if position else "started", placement.id, first)
        if terms.agreed_weekly is None:
            pieces = _framework_pieces(look, terms, why, until, due)
        else:
            due.clear()
            goes_on = position and every[position - 1].agreed_from == terms.agreed_from
            before = spot if goes_on else None
            steps = spot_steps(terms, terms.agreed_weekly, before, fees, until, look.awarded_before)
            spot = steps[-1]
            pieces = _spot_pieces(steps, why)
        for day, weekly, causes in pieces:
            _append(segments, day, weekly, terms.account, causes)
    if stop < _FOREVER:
        account = segments[-1].account if segments else every[0].account
        _append(segments, stop, NOTHING, account, look.stopped_by)
    return tuple(segments)


def paid_until(placement: Placement, framework: Framework, horizon: date) -> date | None:
    """Return the first day that is not paid: the end, or adulthood once the horizon reaches it."""
    stop, _ = _stop(placement, framework, max(horizon, placement.start))
    return None if stop == _FOREVER else stop


def next_move_after(placement: Placement, framework: Framework, horizon: date) -> date | None:
    """Return the first day after the horizon on which the calendar changes a placement's fee.

    It is a birthday, or the day from which the child has been there long enough. It is None for
    a placement that has ended by then, or that reached adulthood.
    """
    seen = max(horizon, placement.start)
    days = [day for day, _ in framework.age_bands.band_changes(placement.date_of_birth)]
    for terms in placement.terms:
        days.extend(long_stay_days(terms, framework))
    ahead = min((day for day in days if day > seen), default=None)
    if ahead is None or seen >= framework.age_bands.adulthood(placement.date_of_birth):
        return None
    return None if placement.end is not None and placement.end <= ahead else ahead


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
        segments[-1] = Segment(last.start, day, last.weekly, last.account, last.causes)
    segments.append(Segment(day, None, weekly, account, causes))


class _Look(NamedTuple):
    """What is the same for all stretches of terms of one placement.

    Args:
        births: from which day the child is in which age band, as far as the horizon sees.
        seen: the last day of which what the calendar brings counts.
        stop, stopped_by: the first day that is not paid, and why.
        awarded_before: reviews that were applied on or after this day do not reach it, if given.
    """

    fees: Fees
    framework: Framework
    births: list[tuple[date, str]]
    seen: date
    stop: date
    stopped_by: Causes
    awarded_before: date | None


_DueById = dict[str, tuple[Adjustment, Amount]]


def _look(placement: Placement, fees: Fees, framework: Framework, horizon: date) -> _Look:
    seen = max(horizon, placement.start)
    stop, stopped_by = _stop(placement, framework, seen)
    births = [
        (day, band)
        for day, band in framework.age_bands.band_changes(placement.date_of_birth)
        if band is not None and day <= seen
    ]
    is_left = framework.conventions.review_arrears_for_ended == "not_paid" and stop < _FOREVER
    return _Look(fees, framework, births, seen, stop, stopped_by, stop if is_left else None)


def _stop(placement: Placement, framework: Framework, seen: date) -> tuple[date, Causes]:
    """Return the first day that is not paid, as far as it is known, and why."""
    stop = _FOREVER
    causes: Causes = ()
    if placement.end is not None:
        stop = max(placement.end, placement.start)
        causes = (Cause("ended", placement.id, placement.end),)
    adulthood = framework.age_bands.adulthood(placement.date_of_birth)
    if adulthood <= seen and adulthood < stop:
        stop = max(adulthood, placement.start)
        causes = (Cause("adulthood", placement.id, adulthood),)
    return stop, causes


def _spot_pieces(steps: list[SpotStep], why: Cause) -> Iterator[_Piece]:
    """Yield the pieces of one stretch of terms with an agreed fee, as reviews lift it."""
    for day, weekly, review_id in steps:
        causes: Causes = (why,) if day == why.on else ()
        if review_id is not None:
            causes = (*causes, Cause("review", review_id, day))
        yield _Piece(day, weekly, causes)


def _framework_pieces(
    look: _Look, terms: PlacementTerms, why: Cause, until: date, due: _DueById
) -> Iterable[_Piece]:
    """Return the pieces of one stretch of terms with the framework's fee and what is due on it."""
    pieces = _by_band(look, terms, why, until)
    first = terms.valid_from
    found = moves(terms, look.framework, look.fees, first, until, look.seen)
    return _adjusted(pieces, found, first, due) if found or due else pieces


def _adjusted(
    pieces: Iterable[_Piece], found: list[Move], first: date, due: _DueById
) -> Iterator[_Piece]:
    """Yield the pieces with what is due on them, which is kept for the stretch that follows."""
    fees = {piece.day: piece for piece in pieces}
    moved: dict[date, list[Move]] = {}
    for move in found:
        moved.setdefault(move.day, []).append(move)
    goes_on = {move.adjustment.id for move in moved.get(first, ())}
    gone = [Move(first, each, None) for each, _ in due.values() if each.id not in goes_on]
    if gone:
        moved[first] = [*gone, *moved.get(first, ())]
    weekly = NOTHING
    for day in sorted({*fees, *moved}):
        causes: Causes = ()
        if day in fees:
            _, weekly, causes = fees[day]
        for _, adjustment, amount in moved.get(day, ()):
            if due.get(adjustment.id, (adjustment, None))[1] != amount:
                causes = (*causes, Cause(_word(adjustment), adjustment.id, day))
            if amount is None:
                due.pop(adjustment.id, None)
            else:
                due[adjustment.id] = (adjustment, amount)
        yield _Piece(day, with_adjustments(weekly, tuple(due.values())), causes)


def _word(adjustment: Adjustment) -> CauseWord:
    return "volume" if isinstance(adjustment.due, ForVolume) else adjustment.kind


def _by_band(look: _Look, terms: PlacementTerms, why: Cause, until: date) -> Iterator[_Piece]:
    """Yield the pieces of one stretch of terms, as the child grows through the age bands."""
    births = look.births
    for position, (day, band) in enumerate(births):
        ends = births[position + 1][0] if position + 1 < len(births) else _FOREVER
        first = max(day, terms.valid_from)
        last = min(ends, until)
        if first >= last:
            continue
        causes: Causes = (why,) if first == terms.valid_from else ()
        if first == day:
            causes = (*causes, Cause("birthday", band, day))
        yield from _by_point(look, terms, band, first, last, causes)


def _by_point(
    look: _Look, terms: PlacementTerms, band: str, first: date, until: date, causes: Causes
) -> Iterator[_Piece]:
    """Yield the pieces of one age band, as its weekly fee moves."""
    key = FeeKey(*terms.family, band)
    check_member(look.fees, key, terms.agreed_from, first)
    points = _points(look, terms, band)
    position = position_on(key, points, first)
    held = points[position]
    if held.valid_from == first:
        causes = (*causes, Cause(*held.cause, first))
    yield _Piece(first, held.weekly, causes)
    for point in points[position + 1 :]:
        if point.valid_from >= until:
            break
        yield _Piece(point.valid_from, point.weekly, (Cause(*point.cause, point.valid_from),))


def _points(look: _Look, terms: PlacementTerms, band: str) -> tuple[FeePoint, ...]:
    if look.awarded_before is None:
        return look.fees.points(terms.family, band)
    return points_awarded_before(look.fees, FeeKey(*terms.family, band), look.awarded_before)
