"""What commissioning says about an agency, each fact with the days on which it holds."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.fields import AgeBand, AgencyUrn, Area, Data, Word

Grade = Literal[
    "outstanding",
    "good",
    "requires_improvement",
    "adequate",
    "inadequate",
    "no_overall_grade",
    "not_yet_inspected",
]
"""Ofsted's words. `adequate` was given before `requires_improvement` took its place, and
`no_overall_grade` stands for an inspection that ended without one."""

SubGrade = Literal["outstanding", "good", "requires_improvement", "adequate", "inadequate"]


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
    """Ofsted judged the agency; the judgement counts from its publication.

    Args:
        overall: the overall experiences and progress of children and young people.
        helped_and_protected: how well they are helped and protected, where it is told. It limits
            the overall judgement: inadequate here is inadequate there.
        leaders_and_managers: how effective they are, where it is told. Where it is inadequate the
            overall judgement is never above requires improvement.
    """

    fact: Literal["judgement"]
    overall: Grade
    inspected_on: date
    published_on: date
    helped_and_protected: SubGrade | None = None
    leaders_and_managers: SubGrade | None = None

    def contradictions(self) -> list[tuple[str, str]]:
        """Return what contradicts itself, as (field, reason), without any value."""
        if self.published_on < self.inspected_on:
            return [("published_on", "the judgement is published before the inspection")]
        return contradictory_grades(
            self.overall, self.helped_and_protected, self.leaders_and_managers
        )


def contradictory_grades(
    overall: str, helped_and_protected: str | None, leaders_and_managers: str | None
) -> list[tuple[str, str]]:
    """Return which of Ofsted's grades cannot stand together, as (field, reason).

    Source: Ofsted, social care common inspection framework.
    """
    told = (
        ("helped_and_protected", helped_and_protected),
        ("leaders_and_managers", leaders_and_managers),
    )
    if overall == "not_yet_inspected":
        reason = "an agency that was not inspected has no such judgement"
        return [(field, reason) for field, grade in told if grade is not None]
    if helped_and_protected == "inadequate" and overall not in {"inadequate", "no_overall_grade"}:
        return [("helped_and_protected", "where it is inadequate, the overall judgement is too")]
    if leaders_and_managers == "inadequate" and overall in {"outstanding", "good"}:
        reason = "where it is inadequate, the overall judgement is at most requires improvement"
        return [("leaders_and_managers", reason)]
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
    areas: tuple[Area, ...] = ()


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
