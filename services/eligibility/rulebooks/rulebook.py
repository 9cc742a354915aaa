"""A rulebook: the councils' policy on who may be offered a child, in force from a day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from services.eligibility.facts import Vocabulary
from services.eligibility.rulebooks.criteria import (
    Comparison,
    Condition,
    Criterion,
    Finding,
    KeyPath,
    comparisons_in,
    facts_read,
)
from shared.days import Period
from shared.errors import FosterframeError


@dataclass(frozen=True, slots=True)
class Place:
    """Where something of a rulebook stands; what is read from the store has no line."""

    file: str
    line: int | None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a rulebook was read from, and on which line each of its keys stands there."""

    file: str
    lines: Mapping[KeyPath, int]

    def place(self, at: KeyPath) -> Place:
        """Return where a key stands, or the nearest one above it."""
        while at not in self.lines and at:
            at = at[:-1]
        return Place(self.file, self.lines.get(at))


STORED: Final = Origin("the stored rulebook", {})
"""The origin of a rulebook that was kept: it was in force once, and its lines are not known."""


@dataclass(frozen=True, slots=True)
class RulebookFault:
    """One thing for which a rulebook is refused: which rulebook, where, and why."""

    rulebook: str
    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: rulebook {self.rulebook}: {self.reason}"


class RulebookRefused(FosterframeError):  # noqa: N818 - what happens to the rulebook
    """A rulebook contradicts itself, its own promises or another one, and is not activated."""

    def __init__(self, faults: Sequence[RulebookFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each fault in words, with its file and line."""
        return tuple(map(str, self.faults))


@dataclass(frozen=True, slots=True)
class Never:
    """A promise of the rulebook: no agency has this outcome when the condition holds."""

    outcome: Literal["eligible", "refer"]
    when: Condition
    at: KeyPath = field(default=(), compare=False, repr=False)

    def facts(self) -> tuple[str, ...]:
        """Return the names of the facts that the condition reads, in alphabetical order."""
        return tuple(sorted(set(facts_read(self.when))))

    def __str__(self) -> str:
        outcome = "eligible" if self.outcome == "eligible" else "referred to a person"
        return f"the promise that no agency is ever {outcome} when {self.when}"


@dataclass(frozen=True)
class Rulebook:
    """Everything by which an agency is judged.

    Args:
        facts: the closed vocabulary; each fact is finite.
        sources: what each key of a criterion's source stands for.
        digest: the content hash of the rulebook as it was written.
        content: the rulebook as it was written, as JSON; from it the rulebook can be read again.
        origin: what it was read from; two rulebooks that say the same are the same.
    """

    name: str
    version: str
    in_force: Period
    sources: Mapping[str, str]
    facts: Vocabulary
    criteria: tuple[Criterion, ...]
    never: tuple[Never, ...]
    digest: str
    content: bytes
    origin: Origin = field(compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def is_gate(self, criterion: Criterion) -> bool:
        """Say whether a criterion is about the referral alone, and so gates all agencies."""
        return all(self.facts[name].about != "agency" for name in criterion.facts())

    @property
    def was_in_force(self) -> bool:
        """Whether it is read from the store, where it was kept when it came into force.

        Its decisions must stay derivable, so nothing that is asked of rulebooks since then is
        asked of it.
        """
        return self.origin is STORED

    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Yield every condition, with the words for where it stands."""
        for criterion in self.criteria:
            yield f"`met` of the criterion {criterion.id}", criterion.met
            if criterion.refer is not None:
                yield f"`refer` of the criterion {criterion.id}", criterion.refer
        for never in self.never:
            yield f"`when` of {never}", never.when

    def comparisons(self) -> tuple[Comparison, ...]:
        """Return each different comparison of the rulebook once, in the order of the file."""
        told = [each for _, whole in self.conditions() for each in comparisons_in(whole)]
        return tuple(dict.fromkeys(told))

    def fault(self, found: Finding) -> RulebookFault:
        """Return what is wrong with it as the reason for which it is refused."""
        return RulebookFault(str(self), self.origin.place(found.at), found.reason)
