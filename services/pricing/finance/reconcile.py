"""Do the price changes that finance received add up to the timelines, each once and in order?"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import zip_longest
from typing import NamedTuple

from services.pricing.changes import Told, told_after, told_of
from services.pricing.placement import Account
from services.pricing.timeline import Timeline
from shared.money import NOTHING, Money


class ToldChange(NamedTuple):
    """A price change as finance received it."""

    placement_id: str
    sequence: int
    start: date
    end: date | None
    account: Account
    old_weekly: Money
    new_weekly: Money

    def covers(self, day: date) -> bool:
        """Say whether it is about a day."""
        return self.start <= day and (self.end is None or day < self.end)


class Mismatch(NamedTuple):
    """Something that does not add up."""

    placement_id: str
    reason: str


def ledger_of(received: Iterable[ToldChange]) -> tuple[Told, list[Mismatch]]:
    """Return what one placement's changes come to in sequence, and what is wrong with them.

    A copy of a change that was received before changes nothing.
    """
    by_sequence: dict[int, ToldChange] = {}
    faults: list[Mismatch] = []
    for change in received:
        known = by_sequence.setdefault(change.sequence, change)
        if known != change:
            reason = f"sequence {change.sequence} was told twice, not alike"
            faults.append(Mismatch(change.placement_id, reason))
    told: Told = ()
    for position, sequence in enumerate(sorted(by_sequence), start=1):
        change = by_sequence[sequence]
        if position == 1 and sequence != 1:
            faults.append(Mismatch(change.placement_id, "sequence 1 is missing"))
        elif sequence - 1 not in by_sequence and position > 1:
            faults.append(Mismatch(change.placement_id, f"sequence {sequence - 1} is missing"))
        if weekly_on(told, change.start, change.account) != change.old_weekly:
            reason = f"sequence {sequence} starts from an old fee that was not told before"
            faults.append(Mismatch(change.placement_id, reason))
        told = told_after(told, change.start, change.end, change.new_weekly, change.account)
    return told, faults


def reconcile(
    received: Iterable[ToldChange],
    current: Mapping[str, Timeline],
    purged: Collection[str] = (),
) -> list[Mismatch]:
    """Return everything in which finance's ledger differs from the timelines; nothing if it agrees.

    Args:
        received: every price change, in any order, copies allowed.
        current: the timeline of each placement, by its id.
        purged: placements that ended long ago, of which finance knows more than pricing does.
    """
    by_placement: dict[str, list[ToldChange]] = {placement_id: [] for placement_id in current}
    for change in received:
        by_placement.setdefault(change.placement_id, []).append(change)
    found: list[Mismatch] = []
    for placement_id, told_changes in by_placement.items():
        if placement_id in purged:
            continue
        told, faults = ledger_of(told_changes)
        found.extend(faults)
        if placement_id not in current:
            found.append(Mismatch(placement_id, "finance knows a placement that pricing does not"))
        else:
            found.extend(_differences(placement_id, told, told_of(current[placement_id])))
    return found


def weekly_on(told: Told, day: date, account: Account) -> Money:
    """Return the weekly fee that finance was told for an account on a day."""
    held = NOTHING
    for step in told:
        if step.start > day:
            break
        held = step.weekly if step.account == account else NOTHING
    return held


def _differences(placement_id: str, told: Told, current: Told) -> list[Mismatch]:
    for pair in zip_longest(current, told):
        if pair[0] != pair[1]:
            first = min(step.start for step in pair if step is not None)
            reason = f"finance's ledger differs from the timeline, from {first} on"
            return [Mismatch(placement_id, reason)]
    return []
