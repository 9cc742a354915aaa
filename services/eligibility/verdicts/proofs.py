"""Proves that a rulebook keeps its promises: what it says never happens, cannot happen."""

from collections.abc import Sequence
from typing import Final

from services.eligibility.facts import Value
from services.eligibility.rulebooks.criteria import MET, REFER, Finding
from services.eligibility.rulebooks.rulebook import Never, Rulebook
from services.eligibility.verdicts.tables import (
    Evaluator,
    Part,
    VerdictTable,
    every_combination,
    in_words,
    part_of,
)

MOST_STATES: Final = 500_000
"""How many partial cases a proof may look at before it is given up."""

HOLDS: Final = "holds"
Case = dict[str, Value]

_EMPTY: Final = "is empty: its condition never holds. Correct its `when`."
_UNREAD: Final = "No criterion reads the facts of the promise: add one that does."


class ProofTooLarge(Exception):  # noqa: N818 - said of the proof, and turned into a reason
    """The criteria share so many facts that the promise cannot be proved."""


def never_name(position: int) -> str:
    """Return the name under which the evaluator knows a promise: none that a criterion can have."""
    return f"never:{position}"


def broken_promises(
    rulebook: Rulebook, tables: Sequence[VerdictTable], evaluator: Evaluator
) -> list[Finding]:
    """Return each promise that can be broken, in words, with a case that breaks it."""
    found = []
    for position, never in enumerate(rulebook.never):
        cases = _cases(rulebook, never, position, evaluator)
        reason = _broken(never, cases, tables) if cases else _EMPTY
        if reason is not None:
            found.append(Finding(never.at, f"{never} {reason}"))
    return found


def _broken(never: Never, cases: Sequence[Case], tables: Sequence[VerdictTable]) -> str | None:
    try:
        broken = _counter_example(never, cases, tables)
    except ProofTooLarge:
        return "cannot be proved. Let its criteria share fewer facts."
    if broken is None:
        return None
    named = never.facts()
    names = (*named, *sorted(broken.keys() - set(named)))
    words = in_words(names, tuple(broken[name] for name in names))
    readers = [table.criterion.id for table in tables if {*named} & {*table.facts}]
    advice = f"Correct what reads them: {', '.join(readers)}." if readers else _UNREAD
    return f"is broken by this case: {words}. {advice}"


def _cases(rulebook: Rulebook, never: Never, position: int, evaluator: Evaluator) -> list[Case]:
    """Return every combination of the facts of a promise for which its condition holds."""
    names = never.facts()
    combinations = [
        dict(zip(names, each, strict=True)) for each in every_combination(names, rulebook.facts)
    ]
    told = evaluator.holding(never_name(position), combinations)
    return [case for case, holding in zip(combinations, told, strict=True) if HOLDS in holding]


def _counter_example(
    never: Never, cases: Sequence[Case], tables: Sequence[VerdictTable]
) -> Case | None:
    """Return a case in which an agency has the forbidden outcome all the same, if there is one."""
    ordered = _most_telling_first(tables, set(never.facts()))
    search = _Search(ordered, never.facts(), is_referred=never.outcome == REFER)
    for case in cases:
        broken = search.completed(case, 0, has_referred=False)
        if broken is not None:
            return broken
    return None


def _most_telling_first(tables: Sequence[VerdictTable], names: set[str]) -> list[VerdictTable]:
    """Return the tables so that each shares facts with those before it, where it can."""
    rest = list(tables)
    known = set(names)
    ordered = []
    while rest:
        best = max(rest, key=lambda table: len(known & set(table.facts)) - len(table.facts))
        rest.remove(best)
        known |= set(best.facts)
        ordered.append(best)
    return ordered


def _facts_later(ordered: Sequence[VerdictTable]) -> list[frozenset[str]]:
    """Return for each table the facts that it or a later one reads."""
    later: list[frozenset[str]] = [frozenset()]
    for table in reversed(ordered):
        later.append(later[-1] | frozenset(table.facts))
    return later[::-1]


class _Search:
    """Looks for one case that every table lets pass, and remembers what led nowhere.

    Two partial cases that agree in all facts that are still to be read end alike, so the work
    grows with the facts that tables share and not with all combinations.
    """

    def __init__(
        self, tables: Sequence[VerdictTable], promised: Sequence[str], *, is_referred: bool
    ) -> None:
        self._rows = []
        known = frozenset(promised)
        for table in tables:
            self._rows.append(_Rows(table, known, is_referred=is_referred))
            known |= set(table.facts)
        self._later = _facts_later(tables)
        self._is_referred = is_referred
        self._dead: set[tuple[int, bool, frozenset[tuple[str, Value]]]] = set()

    def completed(self, case: Case, position: int, *, has_referred: bool) -> Case | None:
        """Return the case with all its facts, or None when some table forbids the outcome."""
        if position == len(self._rows):
            return case if has_referred or not self._is_referred else None
        told = frozenset(item for item in case.items() if item[0] in self._later[position])
        state = (position, has_referred, told)
        if state in self._dead:
            return None
        for addition, refers in self._rows[position].allowing(case):
            completed = self.completed(
                case | addition, position + 1, has_referred=has_referred or refers
            )
            if completed is not None:
                return completed
        self._dead.add(state)
        if len(self._dead) > MOST_STATES:
            raise ProofTooLarge
        return None


class _Rows:
    """The rows of one table that allow the outcome, by the facts that are known before it."""

    def __init__(self, table: VerdictTable, known: frozenset[str], *, is_referred: bool) -> None:
        allowed = {MET, REFER} if is_referred else {MET}
        self._fixed = part_of(tuple(name for name in table.facts if name in known))
        self._by_fixed: dict[Part, list[tuple[Case, bool]]] = {}
        for values, verdict in table.every_row():
            if verdict in allowed:
                told = dict(zip(table.facts, values, strict=True))
                self._by_fixed.setdefault(self._fixed(told), []).append((told, verdict == REFER))

    def allowing(self, case: Case) -> Sequence[tuple[Case, bool]]:
        """Return what completes the case for this table, and whether it refers."""
        return self._by_fixed.get(self._fixed(case), ())
