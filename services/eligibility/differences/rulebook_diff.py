"""What a new rulebook changes: for which combinations of facts, and for an agency as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final, Literal

from services.eligibility.differences.rewording import (
    Reworded,
    criterion_reworded,
    rulebook_reworded,
)
from services.eligibility.differences.whole_outcomes import (
    Pair,
    PairTable,
    Reached,
    TooManySteps,
    reached,
)
from services.eligibility.facts import Domain, OneOf, SetOf, Value, Vocabulary, Whole, value_count
from services.eligibility.rulebooks.criteria import MET, NOT_MET, REFER, Verdict
from services.eligibility.rulebooks.rulebook import Rulebook
from services.eligibility.verdicts.condensed import Line, fewest_lines
from services.eligibility.verdicts.dimensions import comparisons_of, plain_dimensions
from services.eligibility.verdicts.policy import Policy
from services.eligibility.verdicts.tables import Facts, VerdictTable

MOST_COMPARED: Final = 50_000
"""Where two versions of a criterion read other facts, more combinations are not compared."""

Said = Verdict | Literal["not_asked", "no_word"]
"""What a rulebook says; `no_word` where it does not know a value, `not_asked` without criterion."""

_ORDER: Final[tuple[Said, ...]] = (NOT_MET, REFER, MET, "not_asked", "no_word")

Change = tuple[Said, Said]
Kind = Literal["added", "removed", "changed", "renamed"]


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """What changes in one criterion.

    Args:
        criterion: its id, in the new rulebook if it is there.
        was_called: its id before, if it has another one now.
        lines: the combinations that are judged otherwise, condensed, each once.
        compared: how many combinations there are in all; none where they were too many.
    """

    criterion: str
    kind: Kind
    asks: str
    is_gate: bool
    lines: tuple[Line[Change], ...]
    compared: int | None
    reworded: tuple[Reworded, ...] = ()
    was_called: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything in which a new rulebook differs from an old one.

    Args:
        reworded: what changes beside the criteria: days, sources, promises.
        outcomes: by the worst verdicts of an agency, old and new, a case in which they come
            about, told by the facts of the criteria that change; None if not worked out. Every
            fact is taken to be free of the others: what is not among them cannot happen.
    """

    old: str
    new: str
    criteria: tuple[CriterionChange, ...]
    reworded: tuple[Reworded, ...]
    outcomes: Reached | None

    @property
    def is_none(self) -> bool:
        """Whether nothing changes but, perhaps, what the rulebook is called."""
        return not self.criteria and not self.reworded

    @property
    def judges_alike(self) -> bool:
        """Whether each criterion says the same to every combination of facts."""
        return all(not each.lines and each.compared is not None for each in self.criteria)


Versions = tuple[VerdictTable | None, VerdictTable | None]
Domains = Mapping[str, Domain | None]
"""By fact every value that either rulebook knows; None where they speak of different things."""


def difference(old: Policy, new: Policy) -> Difference:
    """Return what changes when a new rulebook takes the place of an old one."""
    facts = _domains(old.rulebook.facts, new.rulebook.facts)
    changes, pairs = [], []
    for versions in _versions(old.tables, new.tables):
        compared = _Compared(versions, (old.rulebook, new.rulebook), facts)
        pairs.append(compared.pair_table() if compared.is_possible else None)
        change = compared.change()
        if change is not None:
            changes.append(change)
    return Difference(
        str(old.rulebook),
        str(new.rulebook),
        tuple(changes),
        tuple(rulebook_reworded(old.rulebook, new.rulebook)),
        _outcomes(pairs, changes),
    )


def _versions(old: Sequence[VerdictTable], new: Sequence[VerdictTable]) -> Iterator[Versions]:
    """Yield each criterion of the new rulebook with what it was, then those that are gone."""
    before = {table.criterion.id: table for table in old}
    gone = {name: before[name] for name in before if name not in {t.criterion.id for t in new}}
    for table in new:
        known = before.get(table.criterion.id)
        if known is None:
            # Under another name it may be the same: then nothing is taken away or added.
            known = next((each for each in gone.values() if _judge_alike(each, table)), None)
            if known is not None:
                del gone[known.criterion.id]
        yield known, table
    for table in gone.values():
        yield table, None


def _judge_alike(one: VerdictTable, other: VerdictTable) -> bool:
    return one.facts == other.facts and one.rows == other.rows


class _Compared:
    """Two versions of one criterion, side by side over every combination of their facts."""

    def __init__(
        self, versions: Versions, rulebooks: tuple[Rulebook, Rulebook], facts: Domains
    ) -> None:
        self._versions = versions
        self._rulebooks = rulebooks
        self._tables = [table for table in versions if table is not None]
        names = [name for table in self._tables for name in table.facts]
        self._names = tuple(dict.fromkeys(names))
        self._domains = [facts[name] for name in self._names]
        self._count = prod(value_count(each) for each in self._domains if each is not None)
        self.is_possible: Final = None not in self._domains and self._count <= MOST_COMPARED

    def pair_table(self) -> PairTable:
        """Return both verdicts on each combination for which both rulebooks have words."""
        rows: list[tuple[tuple[Value, ...], Pair]] = []
        for facts, said in self._judged():
            was, now = map(_as_verdict, said)
            if was != "no_word" and now != "no_word":
                rows.append((tuple(facts.values()), (was, now)))
        return PairTable(self._names, rows)

    def change(self) -> CriterionChange | None:
        """Return what changes, or None if nothing does."""
        old, new = self._versions
        table = self._tables[-1]
        lines = tuple(self._lines()) if self.is_possible else ()
        reworded = tuple(criterion_reworded(old.criterion, new.criterion)) if old and new else ()
        was_called = None
        if old and new and old.criterion.id != new.criterion.id:
            was_called = old.criterion.id
        kind: Kind = "changed"
        if old is None or new is None:
            kind = "added" if old is None else "removed"
        elif was_called:
            kind = "renamed"
        if kind == "changed" and not lines and not reworded and self.is_possible:
            return None
        return CriterionChange(
            criterion=table.criterion.id,
            kind=kind,
            asks=table.criterion.asks,
            is_gate=table.is_gate,
            lines=lines,
            compared=self._count if self.is_possible else None,
            reworded=reworded,
            was_called=was_called,
        )

    def _lines(self) -> list[Line[Change]]:
        labelled: list[tuple[Facts, Change | None]] = [
            (facts, None if _as_verdict(was) == _as_verdict(now) else (was, now))
            for facts, (was, now) in self._judged()
        ]
        domains = zip(self._names, self._domains, strict=True)
        plain = plain_dimensions((name, domain) for name, domain in domains if domain)
        compared = [each for table in self._tables for each in comparisons_of(table.criterion)]
        lines = fewest_lines(labelled, plain, list(dict.fromkeys(compared)))
        told = [
            Line(line.said, line.answers, line.combinations)
            for line in lines
            if line.said is not None
        ]
        return sorted(told, key=lambda line: (_place(line.said[1]), _place(line.said[0])))

    def _judged(self) -> Iterator[tuple[Facts, Change]]:
        every = product(*(each.every_value() for each in self._domains if each is not None))
        for values in every:
            facts = dict(zip(self._names, values, strict=True))
            yield facts, (self._said(0, facts), self._said(1, facts))

    def _said(self, which: Literal[0, 1], facts: Facts) -> Said:
        table = self._versions[which]
        if table is None:
            return "not_asked"
        known = self._rulebooks[which].facts
        if all(_can_be(known[name].domain, facts[name]) for name in table.facts):
            return table.verdict(facts)
        return "no_word"


def _outcomes(
    pairs: Sequence[PairTable | None], changes: Sequence[CriterionChange]
) -> Reached | None:
    """Return what can become of an agency, told by no more facts than change something."""
    telling = {
        name
        for change in changes
        for line in change.lines
        for dimension, _ in line.answers
        for name in dimension.facts
    }
    try:
        found = reached([pair for pair in pairs if pair]) if None not in pairs else None
    except TooManySteps:
        found = None
    return found and {
        pair: {name: value for name, value in case.items() if name in telling}
        for pair, case in found.items()
    }


def _domains(old: Vocabulary, new: Vocabulary) -> Domains:
    return {
        name: _joined(old[name].domain, new[name].domain)
        if name in old and name in new
        else (new.get(name) or old[name]).domain
        for name in (*new, *old)
    }


def _joined(one: Domain, other: Domain) -> Domain | None:
    if isinstance(one, OneOf) and isinstance(other, OneOf):
        return OneOf(tuple(dict.fromkeys((*other.values, *one.values))))
    if isinstance(one, SetOf) and isinstance(other, SetOf):
        return SetOf(tuple(dict.fromkeys((*other.members, *one.members))))
    if isinstance(one, Whole) and isinstance(other, Whole):
        return Whole(min(one.lowest, other.lowest), max(one.highest, other.highest))
    return None


def _can_be(domain: Domain, value: Value) -> bool:
    if isinstance(domain, SetOf):
        return isinstance(value, frozenset) and value <= set(domain.members)
    if isinstance(domain, Whole):
        return isinstance(value, int) and domain.lowest <= value <= domain.highest
    return value in domain.values


def _as_verdict(said: Said) -> Verdict | Literal["no_word"]:
    """Return what counts: a criterion that is not asked keeps nobody from anything."""
    return MET if said == "not_asked" else said


def _place(said: Said) -> int:
    return _ORDER.index(said)
