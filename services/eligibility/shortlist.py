"""The order of a shortlist: as the framework declares, and fair where it leaves agencies equal."""

from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from services.eligibility.decision import Decision
from services.eligibility.panel import Panel, drawing_number, places
from services.eligibility.rulebooks.criteria import NOT_MET
from services.eligibility.verdicts.columns import Answer

FAIR: Final = "fair_tie_break"
"""The last key of an order: what comes after it could only order equals again."""

STANDINGS_KEPT: Final = 2_048
"""How many standings are remembered for a panel; they are forgotten with it."""

_MASK: Final = (1 << 64) - 1


class _Standing(NamedTuple):
    """Agencies in groups of equals, the best group first, and the ranks that the draw fills."""

    groups: tuple[tuple[int, ...], ...]
    drawn: tuple[tuple[int, int], ...]


_Standings = dict[tuple[Answer, str | None, Sequence[str]], _Standing]
_kept: Final[WeakKeyDictionary[Panel, _Standings]] = WeakKeyDictionary()


def shortlist(decision: Decision) -> list[int]:
    """Return the places of the agencies that are eligible or referred, in order."""
    if decision.gates.outcome == NOT_MET:
        return []
    is_drawn = FAIR in decision.policy.shortlist_order
    numbers = decision.panel.drawing_numbers
    draw = drawing_number(decision.referral.referral_id)
    listed: list[int] = []
    for group in _standing(decision).groups:
        if len(group) > 1 and is_drawn:
            listed += sorted(group, key=lambda place: numbers[place] * draw & _MASK)
        else:
            listed += group
    return listed


def groups_of_equals(decision: Decision) -> list[list[int]]:
    """Return the places that may be listed, in groups of equals, the best group first."""
    if decision.gates.outcome == NOT_MET:
        return []
    return [list(group) for group in _standing(decision).groups]


def drawn(decision: Decision) -> tuple[tuple[int, int], ...]:
    """Return the first and the last rank of each group of equals whose order was drawn."""
    return () if decision.gates.outcome == NOT_MET else _standing(decision).drawn


def tie_break(referral_id: str, urn: str) -> int:
    """Return what orders agencies that are equal otherwise, the lowest first.

    It depends on the referral, so that no agency always comes first, and on nothing else, so
    that the order can be derived again.
    """
    return drawing_number(urn) * drawing_number(referral_id) & _MASK


def _standing(decision: Decision) -> _Standing:
    """Return the agencies that may be listed as they stand before the draw."""
    answer, panel, area = decision.answer, decision.panel, decision.referral.preferred_area
    order = decision.policy.shortlist_order
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


def _made(answer: Answer, panel: Panel, area: str | None, order: Sequence[str]) -> _Standing:
    keys = standing_keys(answer, panel, area, order)

    def standing(place: int) -> tuple[int, ...]:
        return tuple(key[place] for key in keys)

    listed = sorted(places(answer.eligible | answer.refer), key=standing)
    groups = tuple(tuple(group) for _, group in groupby(listed, key=standing))
    last_ranks = accumulate(map(len, groups))
    drawn_ranks = tuple(
        (last - len(group) + 1, last)
        for group, last in zip(groups, last_ranks, strict=True)
        if len(group) > 1 and FAIR in order
    )
    return _Standing(groups, drawn_ranks)


def standing_keys(
    answer: Answer, panel: Panel, area: str | None, order: Sequence[str]
) -> list[Sequence[int]]:
    """Return by what agencies are ordered before the draw: numbers by place, the lowest first."""
    before_draw = order[: order.index(FAIR)] if FAIR in order else order
    by_key: dict[str, Sequence[int]] = {
        "outcome": [int(not answer.eligible >> place & 1) for place in range(len(panel.agencies))],
        "tier": panel.tiers,
        "quality": panel.qualities,
        "area": panel.nearness(area),
    }
    return [by_key[name] for name in before_draw]
