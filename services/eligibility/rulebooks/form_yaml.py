"""The form of a rulebook's file: its keys, and what each may hold before it is read for sense."""

from typing import Annotated, Final, Literal

from pydantic import Field, JsonValue, StringConstraints

from services.eligibility.facts import Domain, OneOf, SetOf, Whole
from shared.contracts.fields import CriterionId, Sentence, Word
from shared.framework.fields import Day, Told

MOST_VALUES: Final = 60
MOST_MEMBERS: Final = 12
MOST_CRITERIA: Final = 60

Text = Annotated[str, StringConstraints(min_length=1, max_length=400)]
FactWord = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
SourceKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
_Values = Annotated[tuple[FactWord, ...], Field(min_length=2, max_length=MOST_VALUES)]
_Members = Annotated[tuple[FactWord, ...], Field(min_length=1, max_length=MOST_MEMBERS)]
_NOT_BLANK: Final[dict[str, JsonValue]] = {"pattern": r"\S"}
_Bound = Annotated[int, Field(ge=0, le=999)]


class InForceTold(Told):
    """The days on which referrals are received that this rulebook judges."""

    from_: Day = Field(alias="from", description="The first day, such as 2024-04-01.")
    to: Day | None = Field(
        default=None,
        description=(
            "The first day on which it judges no more: the day on which the next rulebook begins. "
            "Without it, the rulebook holds until the next begins."
        ),
    )


class DomainTold(Told):
    """What a fact can be, in one of three forms: one_of, set_of, or from and to."""

    one_of: _Values | None = None
    set_of: _Members | None = None
    from_: _Bound | None = Field(default=None, alias="from")
    to: _Bound | None = None

    def domain(self) -> Domain | None:
        """Return what the fact can be, if exactly one of the three forms is told."""
        bounds = (self.from_, self.to)
        if self.one_of and not self.set_of and bounds == (None, None):
            return OneOf(self.one_of)
        if self.set_of and not self.one_of and bounds == (None, None):
            return SetOf(self.set_of)
        if self.one_of or self.set_of or self.from_ is None or self.to is None:
            return None
        return Whole(self.from_, self.to)


class SaysTold(Told):
    """What the criterion says for each verdict that it can give; {fact} is the fact's value."""

    met: Sentence = Field(description="Said where `met` holds.", json_schema_extra=_NOT_BLANK)
    refer: Sentence | None = Field(
        default=None,
        description="Said where `refer` holds; only beside a `refer`.",
        json_schema_extra=_NOT_BLANK,
    )
    not_met: Sentence | None = Field(
        default=None,
        description="Said where neither holds; it may be left out where one always does.",
        json_schema_extra=_NOT_BLANK,
    )


class CriterionTold(Told):
    """One question of the rulebook: met, referred to a person, or else not met."""

    id: CriterionId = Field(description="Its name in decisions, such as ofsted-quality.")
    asks: Sentence = Field(description="The question, as a person would ask it.")
    source: Text = Field(description="A key of `sources`, and then the place in it.")
    met: JsonValue = Field(description="When the criterion is met.")
    refer: JsonValue = Field(
        default=None, description="When a person decides; must exclude `met`. It may be left out."
    )
    says: SaysTold


class NeverTold(Told):
    """A promise, proved at activation: no agency has this outcome when the condition holds."""

    outcome: Literal["eligible", "refer"]
    when: JsonValue = Field(description="When no agency has the outcome.")


class RulebookTold(Told):
    """A rulebook: the councils' policy on which agencies may be offered a child."""

    rulebook: CriterionId = Field(description="The name of the policy.")
    version: Text = Field(description='The version, as text: "2024.1".')
    in_force: InForceTold
    sources: dict[SourceKey, Sentence] = Field(
        description="The documents that criteria rest on, by a short key."
    )
    facts: Annotated[dict[Word, DomainTold], Field(min_length=1)] = Field(
        description="Every fact that a criterion or a promise reads, with every value it can have."
    )
    criteria: Annotated[tuple[CriterionTold, ...], Field(min_length=1, max_length=MOST_CRITERIA)]
    never: tuple[NeverTold, ...] = Field(
        default=(), description="What no combination of facts may lead to."
    )
