"""Which words of a fact the rulebooks do not know that decide today or on a later day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.eligibility.facts import Value, value_text, words_unknown_to
from services.eligibility.panel import said_by
from services.eligibility.provider import ProviderFact
from services.eligibility.rulebooks.rulebook import Rulebook
from services.eligibility.verdicts.policy import NoRulebookInForce, Policies


@dataclass(frozen=True, slots=True)
class UnknownToRulebook:
    """A rulebook has no word for what is told of an agency, so it could not judge by it."""

    rulebook: str
    fact: str
    value: Value
    allowed: str

    def __str__(self) -> str:
        return (
            f"the rulebook {self.rulebook} does not know {self.fact} {value_text(self.value)}; "
            f"it allows {self.allowed}"
        )


def rulebooks_ahead(policies: Policies, today: date) -> tuple[Rulebook, ...]:
    """Return the rulebook in force today, if there is one, and each that begins later."""
    later = [policy for policy in policies if policy.rulebook.in_force.start > today]
    try:
        ahead = [policies.on(today), *later]
    except NoRulebookInForce:
        ahead = later
    return tuple(policy.rulebook for policy in ahead)


def unknown_to_rulebooks(
    rulebooks: Iterable[Rulebook], fact: ProviderFact
) -> list[UnknownToRulebook]:
    """Return every word of a fact that one of the rulebooks does not know."""
    said = said_by(fact)
    return [
        UnknownToRulebook(str(rulebook), name, value, str(rulebook.facts[name].domain))
        for rulebook in rulebooks
        for name, value in words_unknown_to(rulebook.facts, said)
    ]
