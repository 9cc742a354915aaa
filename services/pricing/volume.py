"""Counts the live placements of each agency, which the framework's volume discount goes by."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from services.pricing.fees import VolumeCount
from services.pricing.placement import Placement
from services.pricing.timeline import paid_until
from shared.framework.framework import Framework


class Counted(NamedTuple):
    """How many live placements an agency has, and how many when it was last counted.

    Args:
        before: what counted for the same day until now, or before it; none for the first count.
        is_new: whether this says anything that was not recorded before.
    """

    agency: str
    placements: int
    before: int | None
    is_new: bool


def live_placements(
    placements: Iterable[Placement], framework: Framework, day: date
) -> Counter[str]:
    """Return how many placements each agency has on a day under the framework.

    Those of all purchasers count together; spot placements do not count.
    """
    live: Counter[str] = Counter()
    for placement in placements:
        until = paid_until(placement, framework, day)
        terms = placement.terms_on(day)
        is_live = placement.start <= day and (until is None or day < until)
        if is_live and terms.agreement == "framework":
            live[terms.family.agency] += 1
    return live


def counted(
    live: Mapping[str, int],
    before: Mapping[str, tuple[VolumeCount, ...]],
    counted_on: date,
    effective_from: date,
) -> list[Counted]:
    """Return the count of each agency, beside what was counted before.

    An agency that was counted before and has no placement any more is counted with none: a count
    stands until the next.

    Args:
        live: how many placements each agency has.
        before: the counts of each agency that are recorded, by the day from which they count.
        counted_on: the day that was counted.
        effective_from: the day from which the count decides about the discount.
    """
    found = []
    for agency in sorted({*live, *before}):
        earlier = [each for each in before.get(agency, ()) if each.effective_from <= effective_from]
        last = earlier[-1] if earlier else None
        placements = live.get(agency, 0)
        is_known = last is not None and last[:3] == (effective_from, placements, counted_on)
        held = None if last is None else last.placements
        found.append(Counted(agency, placements, held, not is_known))
    return found
