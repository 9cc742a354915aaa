"""Finds what a rulebook says in vain: conditions without effect, and facts that nothing reads."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Final

from services.eligibility.facts import Vocabulary
from services.eligibility.rulebooks.criteria import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Finding,
    KeyPath,
    comparisons_in,
    facts_read,
)
from services.eligibility.rulebooks.rulebook import Rulebook
from services.eligibility.verdicts.proofs import HOLDS
from services.eligibility.verdicts.tables import Evaluator, Part, every_combination, part_of

_ADVICE: Final = "Remove or correct it."

Cases = int
"""The combinations of some facts in which something holds, as a set of bits."""


def comparison_name(position: int) -> str:
    """Return the name under which the evaluator knows a comparison of the rulebook."""
    return f"comparison:{position}"


def unread_facts(rulebook: Rulebook) -> list[Finding]:
    """Return each fact that the rulebook declares and nothing in it reads."""
    read = {name for _, condition in rulebook.conditions() for name in facts_read(condition)}
    return [
        Finding(("facts", name), f"no criterion and no promise reads the fact {name}. Remove it.")
        for name in rulebook.facts
        if name not in read
    ]


class ComparisonTables:
    """In which combinations of its facts each comparison of a rulebook holds.

    Each goes through the evaluator by itself; what whole conditions say follows as sets.
    """

    def __init__(self, rulebook: Rulebook, evaluator: Evaluator) -> None:
        self._rulebook = rulebook
        self._holding: dict[Comparison, tuple[tuple[str, ...], Mapping[Part, bool]]] = {}
        for position, comparison in enumerate(rulebook.comparisons()):
            names = tuple(sorted(set(facts_read(comparison))))
            combinations = every_combination(names, rulebook.facts)
            told = evaluator.holding(
                comparison_name(position),
                [dict(zip(names, each, strict=True)) for each in combinations],
            )
            held = {part: HOLDS in each for part, each in zip(combinations, told, strict=True)}
            self._holding[comparison] = (names, held)

    def constant_findings(self) -> list[Finding]:
        """Return each comparison that always holds, or never does."""
        found = []
        for where, condition in self._rulebook.conditions():
            for comparison in _each(condition):
                names, held = self._holding[comparison]
                if len(set(held.values())) == 1:
                    always = "always" if any(held.values()) else "never"
                    domains = " and ".join(_domain(name, self._rulebook.facts) for name in names)
                    said = f"in {where}, {comparison} {always} holds, for {domains}. {_ADVICE}"
                    found.append(Finding(comparison.at, said))
        return found

    def branch_findings(self) -> list[Finding]:
        """Return each branch of an `any` or `all` that can never hold, or that adds nothing."""
        return [
            Finding(at, f"in {where}, {reason} {_ADVICE}")
            for where, condition in self._rulebook.conditions()
            for at, reason in _Branches(self._cases_of(condition)).vain_in(condition)
        ]

    def _cases_of(self, condition: Condition) -> Mapping[Comparison, Cases]:
        """Return for each comparison of a condition the combinations in which it holds."""
        names = tuple(sorted(set(facts_read(condition))))
        combinations = [
            dict(zip(names, each, strict=True))
            for each in every_combination(names, self._rulebook.facts)
        ]
        found = {}
        for comparison in _each(condition):
            part, held = part_of(self._holding[comparison][0]), self._holding[comparison][1]
            found[comparison] = int("".join("01"[held[part(facts)]] for facts in combinations), 2)
        return found


class _Branches:
    """The branches of one condition, each with the cases in which it holds."""

    def __init__(self, cases: Mapping[Comparison, Cases]) -> None:
        self._cases = cases

    def holding(self, condition: Condition) -> Cases:
        if isinstance(condition, All):
            return reduce(and_, map(self.holding, condition.parts))
        if isinstance(condition, AnyOf):
            return reduce(or_, map(self.holding, condition.parts))
        return self._cases[condition]

    def vain_in(self, condition: Condition) -> Iterator[tuple[KeyPath, str]]:
        """Yield where a branch within the condition is in vain, and why."""
        if not isinstance(condition, (All, AnyOf)):
            return
        never = [part for part in condition.parts if not self.holding(part)]
        yield from ((part.at, f"the branch ({part}) can never hold.") for part in never)
        told = [part for part in condition.parts if part not in never]
        if self.holding(condition):
            yield from self._adding_nothing(condition, told)
        for part in told:
            yield from self.vain_in(part)

    def _adding_nothing(
        self, condition: All | AnyOf, told: Sequence[Condition]
    ) -> Iterator[tuple[KeyPath, str]]:
        # From the last on: of two that say the same, the first one stays.
        kept = list(told)
        for part in reversed(told):
            others = [each for each in kept if each is not part]
            if not others:
                return
            holding = [self.holding(each) for each in others]
            if isinstance(condition, AnyOf):
                is_vain = not self.holding(part) & ~reduce(or_, holding)
                why = "wherever it holds, another branch of its `any` holds too."
            else:
                is_vain = not reduce(and_, holding) & ~self.holding(part)
                why = "it holds wherever the others beside it hold."
            if is_vain:
                kept = others
                yield part.at, f"the branch ({part}) adds nothing: {why}"


def _each(condition: Condition) -> Iterator[Comparison]:
    """Yield each different comparison of a condition once."""
    yield from dict.fromkeys(comparisons_in(condition))


def _domain(name: str, facts: Vocabulary) -> str:
    return f"{name.replace('_', ' ')} is {facts[name].domain}"
