"""The register as it stood on a day, as it was known at an instant: what held, since when known."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.eligibility.facts import Value
from services.eligibility.panel import Agency, standing_facts
from services.eligibility.provider import Membership, Name, ProviderFact, fact_text, kind_of
from services.eligibility.register.register import Recorded, Register


@dataclass(frozen=True, slots=True)
class AgencyShown:
    """An agency as it stood on a day.

    Args:
        holding: each fact that held, and the instant from which it was known.
    """

    agency: Agency
    holding: tuple[Recorded, ...]

    def told(self) -> dict[str, object]:
        """Return it as JSON can hold it."""
        return {
            "agency": self.agency.urn,
            "name": self.agency.name,
            "facts": {name: _plain(value) for name, value in self.agency.facts.items()},
            "holding": [recorded_told(each) for each in self.holding],
        }


@dataclass(frozen=True, slots=True)
class AgencyListed:
    """An agency in one line, over all time.

    Args:
        joined, left: of its latest membership.
        facts: how many words about it were ever recorded.
        known_since, last_word_at: when the first and the last of them were.
    """

    urn: str
    name: str
    joined: date | None
    left: date | None
    facts: int
    known_since: datetime
    last_word_at: datetime

    def told(self) -> dict[str, object]:
        """Return it as JSON can hold it."""
        return {
            "agency": self.urn,
            "name": self.name,
            "joined": self.joined.isoformat() if self.joined else None,
            "left": self.left.isoformat() if self.left else None,
            "facts": self.facts,
            "known_since": self.known_since.isoformat(),
            "last_word_at": self.last_word_at.isoformat(),
        }


def shown(register: Register, on: date) -> list[AgencyShown]:
    """Return every agency as it stood on a day, by what the register knows.

    For what was known at an earlier instant, ask the register as it was known then.
    """
    recorded = _recorded_of(register)
    found = []
    for agency in register.panel(on).agencies:
        words = {each.fact: each for each in recorded[agency.urn]}
        holding = standing_facts(register.facts_of(agency.urn), on)
        found.append(AgencyShown(agency, tuple(words[fact] for fact in holding)))
    return found


def listed(register: Register) -> list[AgencyListed]:
    """Return every agency that the register ever knew, in the order of their numbers."""
    recorded = _recorded_of(register)
    return [_listed(urn, register.facts_of(urn), recorded[urn]) for urn in register]


def recorded_told(recorded: Recorded) -> dict[str, object]:
    """Return a word about an agency as JSON can hold it."""
    return {
        "kind": kind_of(recorded.fact),
        "recorded_at": recorded.recorded_at.isoformat(),
        "said_at": recorded.said_at.isoformat() if recorded.said_at else None,
        "told": json.loads(fact_text(recorded.fact)),
    }


def _listed(urn: str, facts: Sequence[ProviderFact], recorded: Sequence[Recorded]) -> AgencyListed:
    names = [fact.name for fact in facts if isinstance(fact, Name)]
    memberships = [fact for fact in facts if isinstance(fact, Membership)]
    latest = memberships[-1] if memberships else None
    return AgencyListed(
        urn=urn,
        name=names[-1] if names else urn,
        joined=latest.valid_from if latest else None,
        left=latest.valid_to if latest else None,
        facts=len(recorded),
        known_since=recorded[0].recorded_at,
        last_word_at=recorded[-1].recorded_at,
    )


def _recorded_of(register: Register) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = {}
    for each in register.recorded:
        found.setdefault(each.urn, []).append(each)
    return found


def _plain(value: Value) -> object:
    return sorted(value) if isinstance(value, frozenset) else value
