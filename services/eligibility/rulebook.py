"""A rulebook: the councils' policy on who may be offered a child, in force from a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.eligibility.criteria import Condition, Criterion, facts_read
from services.eligibility.facts import Vocabulary
from shared.days import Period
from shared.errors import FosterframeError


class RulebookRefused(FosterframeError):  # noqa: N818 - what happens to the rulebook
    """A rulebook contradicts itself or its own promises, and is not activated."""

    def __init__(self, rulebook: str, reasons: list[str]) -> None:
        super().__init__("\n".join(f"rulebook {rulebook}: {reason}" for reason in reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True)
class Never:
    """A promise of the rulebook: no agency has this outcome when the condition holds."""

    outcome: Literal["eligible", "refer"]
    when: Condition

    def facts(self) -> tuple[str, ...]:
        """Return the names of the facts that the condition reads, in alphabetical order."""
        return tuple(sorted(set(facts_read(self.when))))


@dataclass(frozen=True)
class Rulebook:
    """Everything by which an agency is judged.

    Args:
        facts: the closed vocabulary; each fact is finite.
        sources: what each key of a criterion's source stands for.
        digest: the content hash of the rulebook as it was written.
        content: the rulebook as it was written, as JSON; from it the rulebook can be read again.
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

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def is_gate(self, criterion: Criterion) -> bool:
        """Say whether a criterion is about the referral alone, and so gates all agencies."""
        return all(self.facts[name].about != "agency" for name in criterion.facts())
