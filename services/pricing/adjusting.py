"""Which discounts and supplements of the framework are due on a fee, and from which day."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from services.pricing.fees import FeeFamily, Fees, VolumeCount
from services.pricing.months import months_after
from services.pricing.placement import Placement
from shared.days import next_day
from shared.framework.adjustments import (
    Adjustment,
    AdjustmentsByDue,
    Amount,
    ForVolume,
    adjusted,
)
from shared.framework.framework import Framework
from shared.money import Money, to_penny

Due = tuple[tuple[Adjustment, Amount], ...]
"""What is due on top of a framework fee or off it, in the order of the pack."""

_Window = tuple[Adjustment, date, date]


class Stay(Protocol):
    """How a child is placed, as far as discounts and supplements look at it."""

    @property
    def family(self) -> FeeFamily:
        """What the placement is bought as."""

    @property
    def with_agency_since(self) -> date:
        """The day from which the child has been with that agency."""

    @property
    def duration(self) -> str | None:
        """Whether the placement is long or short term, if anybody said."""

    @property
    def solo(self) -> bool:
        """Whether no other child is in the household."""

    @property
    def sibling_number(self) -> int:
        """Which child of a sibling group in one home this is."""


class Move(NamedTuple):
    """From a day on an adjustment comes to an amount, or no longer to any."""

    day: date
    adjustment: Adjustment
    amount: Amount | None


def moves(
    stay: Stay, framework: Framework, fees: Fees, first: date, until: date, seen: date
) -> list[Move]:
    """Return what is due on the first of some days, and each change of it before the last.

    Args:
        stay: how the child is placed on those days.
        framework: whose discounts and supplements they are.
        fees: where the counts of an agency's placements are.
        first: the first of the days.
        until: the day after the last.
        seen: the last day of which what the calendar brings counts.
    """
    if not framework.adjustments:
        return []
    windows = list(_windows(stay, framework, fees, first, until, seen))
    if len(windows) > 1:
        position = framework.adjustments_by_due.position
        windows.sort(key=lambda window: position[window[0].id])
    return [move for window in windows for move in _moves_within(*window, until)]


def due_on(stay: Stay, framework: Framework, fees: Fees, day: date) -> Due:
    """Return what is due on a framework fee on a day."""
    found = moves(stay, framework, fees, day, next_day(day), day)
    return tuple((each.adjustment, each.amount) for each in found if each.amount is not None)


def adjustments_due(placement: Placement, day: date, framework: Framework, fees: Fees) -> Due:
    """Return what is due on the framework fee of a placement on a day; on a spot fee nothing."""
    terms = placement.terms_on(day)
    return () if terms.agreed_weekly is not None else due_on(terms, framework, fees, day)


def with_adjustments(weekly: Money, due: Sequence[tuple[Adjustment, Amount]]) -> Money:
    """Return a weekly fee of the framework with what is due on it, rounded once."""
    return to_penny(adjusted(weekly, due)) if due else weekly


def long_stay_days(stay: Stay, framework: Framework) -> Iterator[date]:
    """Yield the days from which the stay is long enough for one more adjustment."""
    for _, due in framework.adjustments_by_due.long_stays:
        if due.duration is None or due.duration == stay.duration:
            yield months_after(stay.with_agency_since, due.after_months)


def _windows(
    stay: Stay, framework: Framework, fees: Fees, first: date, until: date, seen: date
) -> Iterator[_Window]:
    """Yield each adjustment with the days between the first and the last on which it is due."""
    every = framework.adjustments_by_due
    if stay.sibling_number > 1 or stay.solo:
        yield from ((adjustment, first, until) for adjustment in _of_the_home(stay, every))
    for adjustment, long_stay in every.long_stays:
        if long_stay.duration is None or long_stay.duration == stay.duration:
            reached = months_after(stay.with_agency_since, long_stay.after_months)
            if reached <= seen and reached < until:
                yield adjustment, max(first, reached), until
    if every.volumes and (counts := fees.volumes(stay.family.agency)):
        for adjustment, volume in every.volumes:
            for start, end in _within_tier(volume, counts, first, until):
                yield adjustment, start, end


def _of_the_home(stay: Stay, every: AdjustmentsByDue) -> Iterator[Adjustment]:
    """Yield what is due because of who else lives there, or because nobody else does."""
    for adjustment, due in every.siblings:
        if stay.sibling_number >= due.from_number:
            yield adjustment
    if stay.solo:
        yield from every.solos


def _within_tier(
    due: ForVolume, counts: Sequence[VolumeCount], first: date, until: date
) -> Iterator[tuple[date, date]]:
    """Yield the days for which the last count lies within the tier; counts that agree are one."""
    opened: date | None = None
    for count in counts:
        day = max(count.effective_from, first)
        if day >= until:
            break
        is_within = due.at_least <= count.placements and (
            due.below is None or count.placements < due.below
        )
        if is_within and opened is None:
            opened = day
        elif not is_within and opened is not None:
            if opened < day:
                yield opened, day
            opened = None
    if opened is not None:
        yield opened, until


def _moves_within(adjustment: Adjustment, start: date, end: date, until: date) -> Iterator[Move]:
    """Yield how an adjustment moves on days on which it is due, the first and the end included."""
    yield Move(start, adjustment, _counting(adjustment.amount_on(start)))
    for amount in adjustment.amounts:
        if start < amount.valid_from < end:
            yield Move(amount.valid_from, adjustment, _counting(amount))
    if end < until:
        yield Move(end, adjustment, None)


def _counting(amount: Amount | None) -> Amount | None:
    """Return an amount, or none where the framework says 0 to end it."""
    return amount if amount is not None and (amount.percent or amount.weekly) else None
