"""What is told of an agency: facts with the days on which they hold."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import Final, get_type_hints

from services.eligibility.facts import Grade, SubGrade
from shared.days import Period


@dataclass(frozen=True, slots=True)
class Name:
    """What the agency is called."""

    name: str


@dataclass(frozen=True, slots=True)
class Membership:
    """The agency is on the framework."""

    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """The agency's registration with Ofsted is active."""

    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Ofsted judged the agency; the judgement counts from its publication.

    Args:
        overall: the overall experiences and progress of children and young people.
        helped_and_protected: how well they are helped and protected.
        leaders_and_managers: how effective the leaders and managers are.
    """

    overall: Grade
    inspected_on: date
    published_on: date
    helped_and_protected: SubGrade = "unknown"
    leaders_and_managers: SubGrade = "unknown"


@dataclass(frozen=True, slots=True)
class Suspension:
    """The councils offer the agency no new placement."""

    valid_from: date
    valid_to: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What the agency can do under its contract."""

    valid_from: date
    valid_to: date | None
    lots: tuple[str, ...]
    age_bands: tuple[str, ...]
    need_categories: tuple[str, ...]
    purchasers: tuple[str, ...]
    tier: int
    largest_group: int
    takes_emergencies: bool
    takes_solo: bool
    takes_disabled_children: bool
    takes_long_term: bool
    areas: tuple[str, ...]


LastingFact = Membership | Registration | Suspension | Offer
"""What holds from one day up to, not including, another."""

ProviderFact = Name | Judgement | LastingFact

KINDS: Final[Mapping[str, type[ProviderFact]]] = {
    "name": Name,
    "membership": Membership,
    "registration": Registration,
    "judgement": Judgement,
    "suspension": Suspension,
    "offer": Offer,
}
"""Every kind of fact, by the word under which it is told and stored."""

_NOT_TOLD: Final = {"helped_and_protected": "unknown", "leaders_and_managers": "unknown"}

_AS_TEXT: Final = json.JSONEncoder(default=str, sort_keys=True, ensure_ascii=False)

_WORD_OF: Final = {type_: word for word, type_ in KINDS.items()}


def kind_of(fact: ProviderFact) -> str:
    """Return the word for the kind of a fact."""
    return _WORD_OF[type(fact)]


def days_of(fact: LastingFact) -> Period:
    """Return the days on which a fact holds."""
    return Period(fact.valid_from, fact.valid_to)


def fact_text(fact: ProviderFact) -> str:
    """Return a fact as JSON, always in the same form.

    What a judgement leaves open is left out: a register's version is a digest of these texts, and
    those that were made before parts were told must stay what they are.
    """
    told = {name: getattr(fact, name) for name in _names(kind_of(fact))}
    if isinstance(fact, Judgement):
        told = {name: value for name, value in told.items() if value != _NOT_TOLD.get(name)}
    return _AS_TEXT.encode(told)


def fact_from(kind: str, text: str) -> ProviderFact:
    """Return the fact that a text of `fact_text` says."""
    type_: Callable[..., ProviderFact] = KINDS[kind]
    days = _days_of_kind(kind)
    told: dict[str, object] = json.loads(text)
    return type_(**{name: _value(value, is_day=name in days) for name, value in told.items()})


@cache
def _names(kind: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(KINDS[kind]))


@cache
def _days_of_kind(kind: str) -> frozenset[str]:
    """Return which fields of a kind of fact are days; a register is read fact by fact."""
    hints = get_type_hints(KINDS[kind])
    return frozenset(name for name, hint in hints.items() if hint in {date, date | None})


def _value(value: object, *, is_day: bool) -> object:
    if is_day and isinstance(value, str):
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
