"""Finds what the register says of agencies in words that a rulebook does not have."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.eligibility.facts import Value, value_text, words_unknown_to
from services.eligibility.register.register import Register
from services.eligibility.rulebooks.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class UnknownOnRegister:
    """A rulebook could not judge an agency, for it has no word for what is known of it.

    Args:
        agency: its number; `name` is what it is called.
        allowed: every value that the rulebook has for the fact.
        on: the first day on which it is so, of those from which on the rulebook judges.
    """

    agency: str
    name: str
    fact: str
    value: Value
    allowed: str
    on: date

    def __str__(self) -> str:
        return (
            f"the agency {self.agency} ({self.name}) has {self.fact} {value_text(self.value)} on "
            f"{self.on}, which the rulebook does not know; it allows {self.allowed}"
        )


def unknown_on_register(rulebook: Rulebook, register: Register) -> list[UnknownOnRegister]:
    """Return what a rulebook could not judge in agencies as they stand from its first day on.

    What an agency was long before, and is no longer, harms nobody.
    """
    found: dict[tuple[str, str, Value], UnknownOnRegister] = {}
    for urn in register:
        for each in _of_agency(rulebook, register, urn):
            found.setdefault((urn, each.fact, each.value), each)
    return list(found.values())


def _of_agency(rulebook: Rulebook, register: Register, urn: str) -> Iterator[UnknownOnRegister]:
    first = rulebook.in_force.start
    for on in (first, *(day for day in register.change_days(urn) if day > first)):
        agency = register.agency(urn, on)
        for name, value in words_unknown_to(rulebook.facts, agency.facts):
            allowed = str(rulebook.facts[name].domain)
            yield UnknownOnRegister(urn, agency.name, name, value, allowed, on)
