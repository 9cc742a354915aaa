"""By what combinations of facts can be told apart, and how a person says so."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from services.eligibility.facts import Domain, SetOf, Value, Whole, value_text
from services.eligibility.rulebooks.criteria import (
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Criterion,
    Includes,
    Other,
    SameAs,
)
from services.eligibility.verdicts.tables import Facts

MOST_LISTED: Final = 6
"""A longer list of values is told by what is left out, where that is one value."""

Comparison = SameAs | Includes | AtMost | AtLeast


class Dimension(Protocol):
    """One question to a combination of facts, with finitely many answers."""

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts that it looks at."""

    def of(self, facts: Facts) -> Value:
        """Return the answer for a combination of facts."""

    def every(self) -> Sequence[Value]:
        """Return every answer, in the order in which a person expects them."""

    def words(self, answers: Collection[Value]) -> str:
        """Return what a person says when the answer is one of these, and not every one."""


@dataclass(frozen=True, slots=True)
class ItsValue:
    """Which value has the fact?"""

    fact: str
    domain: Domain

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts that it looks at."""
        return (self.fact,)

    def of(self, facts: Facts) -> Value:
        """Return the fact's value."""
        return facts[self.fact]

    def every(self) -> Sequence[Value]:
        """Return every value that the fact can have."""
        return tuple(self.domain.every_value())

    def words(self, answers: Collection[Value]) -> str:
        """Return `age is at most 4`, `ofsted overall is outstanding or good`."""
        name = value_text(self.fact)
        if isinstance(self.domain, Whole):
            return f"{name} is {_ranges([each for each in self.every() if each in answers])}"
        missing = [each for each in self.every() if each not in answers]
        if len(answers) > MOST_LISTED and len(missing) == 1:
            return f"{name} is anything but {value_text(missing[0])}"
        return f"{name} is {_either(value_text(each) for each in self.every() if each in answers)}"


@dataclass(frozen=True, slots=True)
class HasMember:
    """Does the set hold this word?"""

    fact: str
    member: str

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts that it looks at."""
        return (self.fact,)

    def of(self, facts: Facts) -> Value:
        """Return 1 if it does, else 0."""
        told = facts[self.fact]
        return int(isinstance(told, frozenset) and self.member in told)

    def every(self) -> Sequence[Value]:
        """Return both answers."""
        return (1, 0)

    def words(self, answers: Collection[Value]) -> str:
        """Return `lots include core`, or that they do not."""
        verb = "include" if 1 in answers else "do not include"
        return f"{value_text(self.fact)} {verb} {value_text(self.member)}"


@dataclass(frozen=True, slots=True)
class Compares:
    """Does a comparison of one fact with another hold?

    This orders combinations that were judged already; it judges none.
    """

    comparison: Comparison

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts that it looks at."""
        return (self.comparison.fact, _other(self.comparison))

    def of(self, facts: Facts) -> Value:
        """Return 1 if it does, else 0."""
        one, other = facts[self.comparison.fact], facts[_other(self.comparison)]
        if isinstance(one, frozenset):
            return int(other in one)
        if isinstance(self.comparison, SameAs):
            return int(one == other)
        if not isinstance(one, int) or not isinstance(other, int):
            raise TypeError(f"{self.comparison} compares what are no numbers")
        return int(one <= other if isinstance(self.comparison, AtMost) else one >= other)

    def every(self) -> Sequence[Value]:
        """Return both answers."""
        return (1, 0)

    def words(self, answers: Collection[Value]) -> str:
        """Return `group size is at most largest group`, or the contrary."""
        if 1 in answers:
            return str(self.comparison)
        verb = {
            SameAs: "is not the same as",
            Includes: "do not include",
            AtMost: "is more than",
            AtLeast: "is less than",
        }[type(self.comparison)]
        return f"{value_text(self.comparison.fact)} {verb} {value_text(_other(self.comparison))}"


def plain_dimensions(domains: Iterable[tuple[str, Domain]]) -> list[Dimension]:
    """Return the facts' own dimensions: a value each, and one yes or no for each word of a set."""
    found: list[Dimension] = []
    for name, domain in domains:
        if isinstance(domain, SetOf):
            found += [HasMember(name, member) for member in domain.members]
        else:
            found.append(ItsValue(name, domain))
    return found


def comparisons_of(criterion: Criterion) -> list[Dimension]:
    """Return what a criterion compares with one another, each comparison once."""
    conditions = [criterion.met] if criterion.refer is None else [criterion.met, criterion.refer]
    found = [each for condition in conditions for each in _comparisons(condition)]
    return [Compares(each) for each in dict.fromkeys(found)]


def _comparisons(condition: Condition) -> list[Comparison]:
    if isinstance(condition, (All, AnyOf)):
        return [each for part in condition.parts for each in _comparisons(part)]
    if isinstance(condition, (SameAs, Includes, AtMost, AtLeast)) and _compared(condition):
        return [condition]
    return []


def _compared(comparison: Comparison) -> Other | None:
    """Return the other fact of a comparison, if it is with one."""
    if isinstance(comparison, SameAs):
        return comparison.other
    told = comparison.member if isinstance(comparison, Includes) else comparison.bound
    return told if isinstance(told, Other) else None


def _other(comparison: Comparison) -> str:
    other = _compared(comparison)
    if other is None:
        raise TypeError(f"{comparison} compares with no other fact")
    return other.fact


def _ranges(numbers: Sequence[Value]) -> str:
    """Return numbers as a person says them: `1, 3 or 5 to 8`."""
    runs: list[list[int]] = []
    for number in numbers:
        if not isinstance(number, int):
            raise TypeError("a range holds whole numbers only")
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return _either(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _either(told: Iterable[str]) -> str:
    words = list(told)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
