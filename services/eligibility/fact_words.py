"""Says a fact of the register as a person says it."""

from collections.abc import Sequence
from typing import Final

from services.eligibility.facts import value_text
from services.eligibility.provider import (
    Judgement,
    LastingFact,
    Membership,
    Name,
    Offer,
    ProviderFact,
    Registration,
    Suspension,
)

MOST_FACTS: Final = 5
"""How many facts a sentence names; of the others it says how many they are."""

_NAMES: Final = {
    Membership: "membership of the framework",
    Registration: "registration with Ofsted",
    Suspension: "a suspension",
    Offer: "what it offers",
}


def fact_words(fact: ProviderFact) -> str:
    """Return a fact in words, such as `a suspension from 2026-03-01 (staffing)`."""
    if isinstance(fact, Name):
        return f"the name {fact.name}"
    if isinstance(fact, Judgement):
        grade = value_text(fact.overall)
        return f"Ofsted's judgement {grade}, published on {fact.published_on}"
    reason = f" ({value_text(fact.reason)})" if isinstance(fact, Suspension) else ""
    return f"{_NAMES[type(fact)]} {_days(fact)}{reason}"


def facts_words(facts: Sequence[ProviderFact]) -> str:
    """Return several facts in words, the first of them where they are many."""
    named = [fact_words(fact) for fact in facts[:MOST_FACTS]]
    if len(facts) > MOST_FACTS:
        named.append(f"{len(facts) - MOST_FACTS} more")
    return "; ".join(named)


def _days(fact: LastingFact) -> str:
    until = "" if fact.valid_to is None else f" until {fact.valid_to}"
    return f"from {fact.valid_from}{until}"
