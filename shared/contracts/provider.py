"""What commissioning says about an agency, each fact with the days on which it holds."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.fields import AgeBand, AgencyUrn, Data, Word

Grade = Literal["outstanding", "good", "requires_improvement", "inadequate", "not_yet_inspected"]


class Dated(Data):
    """A fact that holds from one day up to, not including, another."""

    valid_from: date
    valid_to: date | None = None

    def contradictions(self) -> list[tuple[str, str]]:
        """Return what contradicts itself, as (field, reason), without any value."""
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            return [("valid_to", "the fact ends on or before the day on which it begins")]
        return []


class Membership(Dated):
    """The agency is on the framework."""

    fact: Literal["membership"]


class Registration(Dated):
    """The agency's registration with Ofsted is active."""

    fact: Literal["registration"]


class Judgement(Data):
    """Ofsted judged the agency; the judgement counts from its publication."""

    fact: Literal["judgement"]
    overall: Grade
    inspected_on: date
    published_on: date

    def contradictions(self) -> list[tuple[str, str]]:
        """Return what contradicts itself, as (field, reason), without any value."""
        if self.published_on < self.inspected_on:
            return [("published_on", "the judgement is published before the inspection")]
        return []


class Suspension(Dated):
    """The councils offer the agency no new placement."""

    fact: Literal["suspension"]
    reason: Word


class Offer(Dated):
    """What the agency can do under its contract."""

    fact: Literal["offer"]
    lots: tuple[Word, ...]
    age_bands: tuple[AgeBand, ...]
    need_categories: tuple[Word, ...]
    purchasers: tuple[Word, ...]
    tier: Annotated[int, Field(ge=1, le=9)]
    largest_group: Annotated[int, Field(ge=0, le=8)]
    takes_emergencies: bool
    takes_solo: bool
    takes_disabled_children: bool
    takes_long_term: bool
    areas: tuple[str, ...] = ()


ProviderFact = Annotated[
    Membership | Registration | Judgement | Suspension | Offer, Field(discriminator="fact")
]


class ProviderUpdated(Data):
    """Something about one agency changed, or became known."""

    agency: AgencyUrn
    facts: Annotated[tuple[ProviderFact, ...], Field(min_length=1, max_length=20)]

    def contradictions(self) -> list[tuple[str, str]]:
        """Return what contradicts itself, as (field, reason), without any value."""
        return [
            (f"facts.{position}.{field}", reason)
            for position, fact in enumerate(self.facts)
            for field, reason in fact.contradictions()
        ]
