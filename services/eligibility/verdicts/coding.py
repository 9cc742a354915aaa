"""How facts and conditions are told to the rules engine: whole numbers, and cases to choose from.

The engine takes at most 32 comparisons and joints in a rule, and nested ones in few forms. So a
condition is told as its cases, one rule for each: a case is some comparisons that must all hold.
"""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Final

from services.eligibility.facts import OneOf, SetOf, Value, Vocabulary, Whole
from services.eligibility.rulebooks.criteria import (
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Includes,
    Is,
    Other,
    SameAs,
    facts_read,
)

MOST_CASES: Final = 200
"""The engine takes less than 256 rules on one comparison."""

MOST_COMPARISONS: Final = 30

Comparison = tuple[str, str, int | str]
"""A sign, a property, and what it is compared with: a number, or the name of a property."""

Case = frozenset[Comparison]


class TooManyCases(Exception):  # noqa: N818 - said of a condition, and turned into a reason
    """A condition has more cases, or larger ones, than the engine takes; says which."""


class Coding:
    """The names and numbers under which the facts of some conditions are told."""

    def __init__(self, conditions: Mapping[str, Condition], facts: Vocabulary) -> None:
        names = sorted({name for each in conditions.values() for name in facts_read(each)})
        self._domains = {name: facts[name].domain for name in names}
        self._property = {name: f"f{position}" for position, name in enumerate(names)}

    def properties(self, told: Mapping[str, Value]) -> dict[str, int]:
        """Return a combination of facts as the engine takes it.

        Raises:
            ValueError: a value is none that the fact can have.
        """
        found: dict[str, int] = {}
        for name, domain in self._domains.items():
            value = told[name]
            if isinstance(domain, SetOf):
                if not isinstance(value, frozenset) or not value <= frozenset(domain.members):
                    raise ValueError(f"the fact {name} is no set of its members")
                for member in domain.members:
                    found[self._member(name, member)] = int(member in value)
            else:
                found[self._property[name]] = self._number(name, value)
        return found

    def cases(self, condition: Condition) -> list[Case]:
        """Return the cases in which a condition holds; it holds if any of them does.

        Raises:
            TooManyCases: there are more than the engine takes.
        """
        found = _fewest(self._cases(condition))
        if any(len(case) > MOST_COMPARISONS for case in found):
            raise TooManyCases(f"a case of more than {MOST_COMPARISONS} comparisons")
        return found

    def _cases(self, condition: Condition) -> list[Case]:
        if isinstance(condition, AnyOf):
            return _fewest(case for part in condition.parts for case in self._cases(part))
        if isinstance(condition, All):
            return self._all(condition)
        if isinstance(condition, Is):
            return [_case(self._is(condition.fact, value)) for value in condition.values]
        if isinstance(condition, SameAs):
            return self._same(condition.fact, condition.other.fact)
        if isinstance(condition, Includes):
            return self._includes(condition.fact, condition.member)
        return [self._bounded(condition)]

    def _all(self, condition: All) -> list[Case]:
        found = [_case()]
        for part in condition.parts:
            joined = (one | other for one, other in product(found, self._cases(part)))
            found = _fewest(joined)
        return found

    def _bounded(self, condition: AtMost | AtLeast) -> Case:
        sign = "$lte" if isinstance(condition, AtMost) else "$gte"
        bound = condition.bound
        other = self._property[bound.fact] if isinstance(bound, Other) else bound
        return _case((sign, self._property[condition.fact], other))

    def _is(self, name: str, value: Value) -> Comparison:
        return ("$eq", self._property[name], self._number(name, value))

    def _same(self, name: str, other: str) -> list[Case]:
        shared = set(self._domains[name].every_value()) & set(self._domains[other].every_value())
        return [
            _case(self._is(name, value), self._is(other, value))
            for value in sorted(shared, key=str)
        ]

    def _includes(self, name: str, member: str | Other) -> list[Case]:
        if isinstance(member, str):
            return [_case(("$eq", self._member(name, member), 1))]
        domain, other = self._domains[name], self._domains[member.fact]
        if not isinstance(domain, SetOf) or not isinstance(other, OneOf):
            raise TypeError(f"{name} is no set of which {member.fact} could be a member")
        return [
            _case(self._is(member.fact, value), ("$eq", self._member(name, value), 1))
            for value in other.values
            if value in domain.members
        ]

    def _member(self, name: str, member: str) -> str:
        domain = self._domains[name]
        if not isinstance(domain, SetOf):
            raise TypeError(f"{name} is no set")
        return f"{self._property[name]}_{domain.members.index(member)}"

    def _number(self, name: str, value: Value) -> int:
        domain = self._domains[name]
        if isinstance(domain, OneOf) and isinstance(value, str) and value in domain.values:
            return domain.values.index(value)
        if isinstance(domain, Whole) and isinstance(value, int) and _lies_in(value, domain):
            return value
        raise ValueError(f"the fact {name} has a value that it cannot have")


def _case(*comparisons: Comparison) -> Case:
    return frozenset(comparisons)


def _lies_in(value: int, domain: Whole) -> bool:
    return domain.lowest <= value <= domain.highest


def _fewest(cases: Iterable[Case]) -> list[Case]:
    """Return the cases that can be, without those that another one covers."""
    found: list[Case] = []
    for case in sorted({case for case in cases if _can_be(case)}, key=_plainest_first):
        if not any(other <= case for other in found):
            found.append(case)
            if len(found) > MOST_CASES:
                raise TooManyCases(f"more than {MOST_CASES} cases")
    return found


def _can_be(case: Case) -> bool:
    """Say whether no property would have to be two numbers at once."""
    names = [name for sign, name, _ in case if sign == "$eq"]
    return len(names) == len(set(names))


def _plainest_first(case: Case) -> tuple[int, list[str]]:
    return len(case), sorted(map(str, case))
