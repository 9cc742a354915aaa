"""The order of a shortlist: as the framework declares, and fair where it leaves agencies equal."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final
from weakref import WeakKeyDictionary

from services.eligibility.columns import Answer
from services.eligibility.criteria import NOT_MET
from services.eligibility.decision import Decision
from services.eligibility.panel import Panel, drawing_number, places

FAIR: Final = "fair_tie_break"
"""The last key of an order: what comes after it could only order equals again."""

STANDINGS_KEPT: Final = 2_048
"""How many standings are remembered for a panel; they are forgotten with it."""

_MASK: Final = (1 << 64) - 1

_Standings = dict[tuple[Answer, str | None, Sequence[str]], list[list[int]]]
_kept: Final[WeakKeyDictionary[Panel, _Standings]] = WeakKeyDictionary()


def shortlist(decision: Decision) -> list[int]:
    """Return the places of the agencies that are eligible or referred, in order."""
    if decision.gates.outcome == NOT_MET:
        return []
    referral = decision.referral
    order = decision.policy.shortlist_order
    equals = _standing(decision.answer, decision.panel, referral.preferred_area, order)
    numbers, draw = decision.panel.drawing_numbers, drawing_number(referral.referral_id)
    listed: list[int] = []
    for group in equals:
        if len(group) > 1 and FAIR in order:
            listed += sorted(group, key=lambda place: numbers[place] * draw & _MASK)
        else:
            listed += group
    return listed


def tie_break(referral_id: str, urn: str) -> int:
    """Return what orders agencies that are equal otherwise, the lowest first.

    It depends on the referral, so that no agency always comes first, and on nothing else, so
    that the order can be derived again.
    """
    return drawing_number(urn) * drawing_number(referral_id) & _MASK


def _standing(
    answer: Answer, panel: Panel, area: str | None, order: Sequence[str]
) -> list[list[int]]:
    """Return the agencies that may be listed, in groups of equals, the best group first."""
    standings = _kept.get(panel)
    if standings is None:
        standings = _kept[panel] = {}
    key = (answer, area, order)
    standing = standings.get(key)
    if standing is None:
        if len(standings) >= STANDINGS_KEPT:
            standings.clear()
        standing = standings[key] = _made(answer, panel, area, order)
    return standing


def _made(answer: Answer, panel: Panel, area: str | None, order: Sequence[str]) -> list[list[int]]:
    before_draw = order[: order.index(FAIR)] if FAIR in order else order
    by_key: dict[str, Sequence[int]] = {
        "outcome": [int(not answer.eligible >> place & 1) for place in range(len(panel.agencies))],
        "tier": panel.tiers,
        "quality": panel.qualities,
        "area": panel.nearness(area),
    }
    keys = [by_key[name] for name in before_draw]

    def standing(place: int) -> tuple[int, ...]:
        return tuple(key[place] for key in keys)

    listed = sorted(places(answer.eligible | answer.refer), key=standing)
    return [list(group) for _, group in groupby(listed, key=standing)]
