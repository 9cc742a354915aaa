"""What becomes of an agency as a whole under two rulebooks: which changes of outcome can happen.

Every criterion counts, so what two criteria share must be the same for both. Two partial cases
that agree in all facts that are still to be read end alike, so the work grows with the facts that
criteria share, and not with all combinations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.eligibility.facts import Value
from services.eligibility.rulebooks.criteria import MET, Verdict
from services.eligibility.verdicts.columns import worst
from services.eligibility.verdicts.tables import Facts

MOST_STEPS: Final = 1_000_000
"""How many lines may be looked at before the question is given up."""

Pair = tuple[Verdict, Verdict]
"""What the old rulebook says, and what the new one says."""

Reached = Mapping[Pair, Facts]
"""The pairs that can happen, each with a case in which it does."""

SAME: Final[Pair] = (MET, MET)


class TooManySteps(Exception):  # noqa: N818 - said of the question, and turned into words
    """The criteria share so many facts that the outcomes cannot be worked out."""


@dataclass(frozen=True)
class PairTable:
    """What one criterion says under both rulebooks; one that is in neither says that it is met.

    Args:
        rows: by the values of the facts, those combinations that both rulebooks know.
    """

    facts: tuple[str, ...]
    rows: Sequence[tuple[tuple[Value, ...], Pair]]


def reached(tables: Sequence[PairTable]) -> Reached:
    """Return every pair of worst verdicts that any case can have, each with a case.

    Raises:
        TooManySteps: the criteria share too many facts.
    """
    return _Search(_related_next(tables)).reached({}, 0)


def _related_next(tables: Sequence[PairTable]) -> list[PairTable]:
    """Return the tables so that each shares facts with those before it, where it can."""
    rest = list(tables)
    ordered: list[PairTable] = []
    known: set[str] = set()
    while rest:
        best = max(rest, key=lambda table: len(known & set(table.facts)) - len(table.facts))
        rest.remove(best)
        known |= set(best.facts)
        ordered.append(best)
    return ordered


class _Search:
    """Finds the pairs, table after table, and remembers what the rest comes to."""

    def __init__(self, ordered: Sequence[PairTable]) -> None:
        self._lines = [_Lines(table, _of_others(table, ordered)) for table in ordered]
        self._later: list[frozenset[str]] = [frozenset()]
        for table in reversed(ordered):
            self._later.append(self._later[-1] | frozenset(table.facts))
        self._later.reverse()
        self._known: dict[tuple[int, frozenset[tuple[str, Value]]], Reached] = {}
        self._steps = 0

    def reached(self, case: Facts, position: int) -> Reached:
        """Return the pairs that the tables from a position on reach, where a case is given."""
        if position == len(self._lines):
            return {SAME: {}}
        told = {name: value for name, value in case.items() if name in self._later[position]}
        state = (position, frozenset(told.items()))
        if state not in self._known:
            self._known[state] = self._worked_out(told, position)
        return self._known[state]

    def _worked_out(self, told: Facts, position: int) -> Reached:
        found: dict[Pair, Facts] = {}
        for shared, pair, case in self._lines[position].agreeing_with(told):
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise TooManySteps
            for rest, rest_case in self.reached({**told, **shared}, position + 1).items():
                both = (worst((pair[0], rest[0])), worst((pair[1], rest[1])))
                found.setdefault(both, {**case, **rest_case})
        return found


class _Lines:
    """A table's lines by the facts that other tables read too; the rest stands for itself."""

    def __init__(self, table: PairTable, of_others: frozenset[str]) -> None:
        self._lines: dict[tuple[tuple[Value, ...], Pair], tuple[Facts, Facts]] = {}
        self.shared = tuple(name for name in table.facts if name in of_others)
        for values, pair in table.rows:
            case = dict(zip(table.facts, values, strict=True))
            shared = {name: case[name] for name in self.shared}
            self._lines.setdefault((tuple(shared.values()), pair), (shared, case))
        self._agreeing: dict[Facts_, list[tuple[Facts, Pair, Facts]]] = {}

    def agreeing_with(self, told: Facts) -> list[tuple[Facts, Pair, Facts]]:
        """Return the lines that a case does not contradict."""
        fixed = tuple((name, told[name]) for name in self.shared if name in told)
        if fixed not in self._agreeing:
            self._agreeing[fixed] = [
                (shared, pair, case)
                for (_, pair), (shared, case) in self._lines.items()
                if all(shared[name] == value for name, value in fixed)
            ]
        return self._agreeing[fixed]


Facts_ = tuple[tuple[str, Value], ...]


def _of_others(table: PairTable, tables: Sequence[PairTable]) -> frozenset[str]:
    return frozenset(name for other in tables if other is not table for name in other.facts)
