"""What one criterion asks: the conditions under which it is met, or a person decides."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

Verdict = Literal["met", "refer", "not_met"]
MET: Final = "met"
REFER: Final = "refer"
NOT_MET: Final = "not_met"

KeyPath = tuple[str | int, ...]
"""Where something stands in a rulebook: the keys, and the positions from 0, that lead to it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a rulebook, and where it stands."""

    at: KeyPath
    reason: str


@dataclass(frozen=True, slots=True)
class Other:
    """The value of another fact, with which a fact is compared."""

    fact: str

    def __str__(self) -> str:
        return _words(self.fact)


@dataclass(frozen=True, slots=True)
class Is:
    """The fact is one of these values."""

    fact: str
    values: tuple[str, ...] | tuple[int, ...]
    at: KeyPath = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{_words(self.fact)} is {' or '.join(_words(str(value)) for value in self.values)}"


@dataclass(frozen=True, slots=True)
class SameAs:
    """The fact has the value of another fact."""

    fact: str
    other: Other
    at: KeyPath = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{_words(self.fact)} is the same as {self.other}"


@dataclass(frozen=True, slots=True)
class Includes:
    """The fact is a set that holds a word, or the value of another fact."""

    fact: str
    member: str | Other
    at: KeyPath = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{_words(self.fact)} include {_words(str(self.member))}"


@dataclass(frozen=True, slots=True)
class AtMost:
    """The fact is a number not above a bound, or not above another fact."""

    fact: str
    bound: int | Other
    at: KeyPath = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{_words(self.fact)} is at most {self.bound}"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The fact is a number not below a bound, or not below another fact."""

    fact: str
    bound: int | Other
    at: KeyPath = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{_words(self.fact)} is at least {self.bound}"


@dataclass(frozen=True, slots=True)
class All:
    """Each of these conditions holds."""

    parts: tuple["Condition", ...]
    at: KeyPath = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return " and ".join(_bracketed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these conditions holds."""

    parts: tuple["Condition", ...]
    at: KeyPath = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return " or ".join(_bracketed(part) for part in self.parts)


Comparison = Is | SameAs | Includes | AtMost | AtLeast
Condition = Comparison | All | AnyOf


@dataclass(frozen=True, slots=True)
class Says:
    """What a criterion says for each verdict; `{fact}` stands for the fact's value.

    The text for a verdict that it cannot give may be empty.
    """

    met: str
    refer: str
    not_met: str

    def text(self, verdict: Verdict) -> str:
        """Return the text for a verdict."""
        return {MET: self.met, REFER: self.refer, NOT_MET: self.not_met}[verdict]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of the rulebook.

    It is not met where neither `met` nor `refer` holds, so that missing knowledge never passes.

    Args:
        source: the key of the rulebook's sources, and the place in it.
        refer: when a person decides; none if this criterion never leaves it to a person.
    """

    id: str
    asks: str
    source: str
    met: Condition
    refer: Condition | None
    says: Says
    at: KeyPath = field(default=(), compare=False, repr=False)

    def facts(self) -> tuple[str, ...]:
        """Return the names of the facts that the criterion reads, in alphabetical order."""
        conditions = [self.met] if self.refer is None else [self.met, self.refer]
        return tuple(sorted({name for each in conditions for name in facts_read(each)}))


def facts_read(condition: Condition) -> Iterator[str]:
    """Yield the names of the facts that a condition reads; a name may come twice."""
    if isinstance(condition, (All, AnyOf)):
        for part in condition.parts:
            yield from facts_read(part)
        return
    yield condition.fact
    other = _compared_with(condition)
    if isinstance(other, Other):
        yield other.fact


def comparisons_in(condition: Condition) -> Iterator[Comparison]:
    """Yield each comparison that a condition is made of, in the order in which it is written."""
    if isinstance(condition, (All, AnyOf)):
        for part in condition.parts:
            yield from comparisons_in(part)
    else:
        yield condition


def _compared_with(condition: Comparison) -> object:
    if isinstance(condition, SameAs):
        return condition.other
    if isinstance(condition, Includes):
        return condition.member
    return condition.bound if isinstance(condition, (AtMost, AtLeast)) else None


def _bracketed(condition: Condition) -> str:
    return f"({condition})" if isinstance(condition, (All, AnyOf)) else str(condition)


def _words(name: str) -> str:
    return name.replace("_", " ")
