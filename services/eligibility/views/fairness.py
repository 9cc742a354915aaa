"""Counts how often each agency came first, beside the share that the draw owes to it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt

from services.eligibility.decision import Decision
from services.eligibility.shortlist import groups_of_equals, shortlist


@dataclass(slots=True)
class Turns:
    """How often an agency was listed for a lot, and where.

    Args:
        listed: on how many shortlists it was.
        first: on how many it was offered first.
        equals: how often it was among the best, by how many these were, itself included. Nothing
            but the draw orders them.
    """

    name: str
    listed: int = 0
    first: int = 0
    equals: Counter[int] = field(default_factory=Counter)

    @property
    def at_top(self) -> int:
        """On how many shortlists it was among the best."""
        return self.equals.total()

    @property
    def fair_share(self) -> Fraction:
        """How often it would come first if each of the best did so equally often."""
        return sum((Fraction(often, of) for of, often in self.equals.items()), Fraction(0))

    @property
    def chance(self) -> float:
        """How far from its share chance alone may take it; nowhere where nothing was drawn.

        Two standard deviations and half a turn, for turns come whole: a fair draw stays within
        that in nineteen cases of twenty or more. It is never less than one turn, for somebody
        must come first.
        """
        variance = sum(
            (often * Fraction(of - 1, of * of) for of, often in self.equals.items()), Fraction(0)
        )
        return max(2 * sqrt(variance) + 0.5, 1.0) if variance else 0.0

    @property
    def is_within_chance(self) -> bool:
        """Whether it came first about as often as it should."""
        return abs(float(self.first - self.fair_share)) <= self.chance


@dataclass(slots=True)
class LotTurns:
    """How many shortlists a lot had, and whose turn it was."""

    shortlists: int = 0
    agencies: dict[str, Turns] = field(default_factory=dict)

    def in_order(self) -> list[tuple[str, Turns]]:
        """Return the agencies by their numbers, who came first most often first."""
        return sorted(
            self.agencies.items(),
            key=lambda one: (-one[1].first, -one[1].at_top, -one[1].listed, one[0]),
        )


class Fairness:
    """Whose turn it was, lot by lot. A lot is a placement type.

    Attributes:
        decisions: how many were looked at, those without a shortlist included.
        lots: by placement type.

    Args:
        lots: the lots that count; all if none is named.
    """

    def __init__(self, lots: Collection[str] = ()) -> None:
        self.decisions = 0
        self.lots: dict[str, LotTurns] = {}
        self._wanted = frozenset(lots)

    def add(self, decision: Decision) -> None:
        """Count one decision; one that lists no agency is nobody's turn."""
        lot = decision.referral.placement_type
        if self._wanted and lot not in self._wanted:
            return
        self.decisions += 1
        listed = shortlist(decision)
        if not listed:
            return
        turns = self.lots.setdefault(lot, LotTurns())
        turns.shortlists += 1
        best = groups_of_equals(decision)[0]
        of_agency = {place: _turns(turns, decision, place) for place in listed}
        for each in of_agency.values():
            each.listed += 1
        for place in best:
            of_agency[place].equals[len(best)] += 1
        of_agency[listed[0]].first += 1

    def told(self) -> dict[str, object]:
        """Return the counts as JSON has them."""
        return {
            "decisions": self.decisions,
            "lots": {
                lot: {
                    "shortlists": turns.shortlists,
                    "agencies": [_told(urn, each) for urn, each in turns.in_order()],
                }
                for lot, turns in sorted(self.lots.items())
            },
        }


def _turns(lot: LotTurns, decision: Decision, place: int) -> Turns:
    agency = decision.panel.agencies[place]
    turns = lot.agencies.get(agency.urn)
    if turns is None:
        turns = lot.agencies[agency.urn] = Turns(agency.name)
    turns.name = agency.name
    return turns


def _told(urn: str, turns: Turns) -> dict[str, object]:
    return {
        "agency": urn,
        "name": turns.name,
        "listed": turns.listed,
        "among_the_best": turns.at_top,
        "offered_first": turns.first,
        "fair_share": round(float(turns.fair_share), 2),
        "chance": round(turns.chance, 2),
        "within_chance": turns.is_within_chance,
    }
