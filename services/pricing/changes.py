"""Where the timeline that finance was told differs from the one that holds, and what that owes."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from services.pricing.placement import Account
from services.pricing.timeline import Cause, Causes, Segment, Timeline
from shared.money import NOTHING, Money, for_days


class Step(NamedTuple):
    """A weekly fee from a day on, until the next step; where nothing is due, no account."""

    start: date
    weekly: Money
    account: Account | None


Told = tuple[Step, ...]
"""What finance was told of one placement, by day; before the first step nothing is due."""


class Arrears(NamedTuple):
    """What is owed for days that are past, or to be recovered when it is below zero."""

    first_day: date
    day_after_last: date
    old_weekly: Money
    new_weekly: Money
    amount: Money

    @property
    def days(self) -> int:
        """How many days that are."""
        return (self.day_after_last - self.first_day).days


class Change(NamedTuple):
    """Days of one account whose weekly fee is otherwise than finance was told."""

    start: date
    end: date | None
    account: Account
    old_weekly: Money
    new_weekly: Money
    causes: Causes
    arrears: tuple[Arrears, ...]


def changes(
    told: Told, current: Timeline, today: date, because: Cause | None = None
) -> list[Change]:
    """Return each run of days on which the two differ, with what is owed for days before today.

    Where the account changes, the old account falls to 0.00 first and the new one rises from it.

    Args:
        told: what finance was told.
        current: what holds.
        today: the first day that is not past.
        because: what made the placement be looked at again, told beside the causes of the day.
    """
    runs = _runs(told, told_of(current))
    return [
        change
        for start, end, old, new in runs
        for change in _changes_of(start, end, old, new, today, _causes(current, start, because))
    ]


def told_of(current: Timeline) -> Told:
    """Return what finance knows once it was told a whole timeline."""
    steps: list[Step] = []
    for segment in current:
        _put(steps, segment.start, segment.weekly, segment.account)
    return tuple(steps)


def stopped(told: Told, by: Cause) -> Timeline:
    """Return what finance was told, with nothing due from the day of a cause on."""
    kept = [step for step in told if step.start < by.on]
    ends = [*(step.start for step in kept[1:]), by.on]
    accounts = [step.account for step in told if step.account is not None]
    segments = [
        Segment(step.start, end, step.weekly, step.account or accounts[0], (by,))
        for step, end in zip(kept, ends, strict=False)
    ]
    return (*segments, Segment(by.on, None, NOTHING, accounts[-1], (by,)))


def told_after(told: Told, start: date, end: date | None, weekly: Money, account: Account) -> Told:
    """Return what finance knows after one more change: some days have another weekly fee."""
    if not told or told[-1].start < start:
        steps = list(told)
        _put(steps, start, weekly, account)
        if end is not None:
            last = told[-1] if told else _NOTHING_YET
            _put(steps, end, last.weekly, last.account)
        return tuple(steps)
    steps = []
    for step in told:
        if step.start < start:
            _put(steps, *step)
    _put(steps, start, weekly, account)
    if end is not None:
        _put(steps, end, *_on(told, end)[1:])
        for step in told:
            if step.start > end:
                _put(steps, *step)
    return tuple(steps)


_NOTHING_YET = Step(date.min, NOTHING, None)

_Run = tuple[date, date | None, Step, Step]


def _put(steps: list[Step], start: date, weekly: Money, account: Account | None) -> None:
    """Add a step, or nothing where the fee and the account stay as they are."""
    if weekly == NOTHING:
        account = None
    last = steps[-1] if steps else _NOTHING_YET
    if last.weekly != weekly or last.account != account:
        steps.append(Step(start, weekly, account))


def _on(steps: Told, day: date) -> Step:
    position = bisect_right(steps, day, key=_start_of) - 1
    return steps[position] if position >= 0 else _NOTHING_YET


def _start_of(step: Step) -> date:
    return step.start


def _runs(told: Told, current: Told) -> Iterator[_Run]:
    """Yield the longest runs of days with one old and one new fee, which differ."""
    same = 0
    for mine, theirs in zip(told, current, strict=False):
        if mine != theirs:
            break
        same += 1
    old = new = current[same - 1] if same else _NOTHING_YET
    olds, news = list(told[same:]), list(current[same:])
    while olds or news:
        start = min(steps[0].start for steps in (olds, news) if steps)
        old = olds.pop(0) if olds and olds[0].start == start else old
        new = news.pop(0) if news and news[0].start == start else new
        end = min((steps[0].start for steps in (olds, news) if steps), default=None)
        if old.weekly != new.weekly or old.account != new.account:
            yield start, end, old, new


def _changes_of(
    start: date, end: date | None, old: Step, new: Step, today: date, causes: Causes
) -> list[Change]:
    if old.account is not None and new.account is not None and old.account != new.account:
        return [
            _change(start, end, old.account, old.weekly, NOTHING, today, causes),
            _change(start, end, new.account, NOTHING, new.weekly, today, causes),
        ]
    account = new.account or old.account
    if account is None:
        raise AssertionError("two sides that differ cannot both be nothing")
    return [_change(start, end, account, old.weekly, new.weekly, today, causes)]


def _change(
    start: date,
    end: date | None,
    account: Account,
    old: Money,
    new: Money,
    today: date,
    causes: Causes,
) -> Change:
    past = today if end is None or end > today else end
    arrears: tuple[Arrears, ...] = ()
    if start < past:
        owed = for_days(new - old, (past - start).days)
        arrears = (Arrears(start, past, old, new, owed),)
    return Change(start, end, account, old, new, causes, arrears)


def _causes(current: Timeline, start: date, because: Cause | None) -> Causes:
    """Return why the fee is otherwise from a day on: what begins that day, and what was done."""
    causes: Causes = ()
    covering: Segment | None = None
    for segment in current:
        if segment.start > start:
            break
        covering = segment
    if covering is not None and (covering.start == start or because is None):
        causes = covering.causes
    if because is not None and all(each[:2] != because[:2] for each in causes):
        causes = (*causes, because)
    return causes
