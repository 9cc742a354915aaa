"""How one set of review terms is written: in a pack, and beside a review that was drafted on it."""

from datetime import date
from typing import Annotated, Final, Literal, get_args

from pydantic import Field

from services.pricing.terms.agreed import (
    Component,
    ExcludedFact,
    Exclusion,
    FixedShare,
    IndexShare,
    ReviewTerms,
    WageAtAgeShare,
    WageShare,
)
from shared.contracts.fields import AgencyUrn, Sentence, WireMoney, WirePercentage, Word
from shared.framework.fields import Day, Told
from shared.money import money_text

EXCLUDED_FACTS: Final[tuple[ExcludedFact, ...]] = get_args(ExcludedFact)

_BECAUSE: Final = {
    "agreement": "a spot placement keeps the fee agreed for it",
    "placement_type": "fees of this placement type are left as they are",
    "need_category": "fees of this category of need are left as they are",
    "agency": "fees of this agency are left as they are",
    "purchaser": "fees of this purchaser are left as they are",
}


class IndexModel(Told):
    """A share that follows a published 12-month rate; an index is none, nor is one made of it."""

    index: Literal["D7G7"]
    month: Annotated[int, Field(ge=1, le=12)]
    year: Literal["previous", "same"]
    share: WirePercentage


class WageModel(Told):
    """A share that follows a band of the minimum wage."""

    wage: Word
    share: WirePercentage


class WageAtAgeModel(Told):
    """A share that follows what must be paid at an age, over changes of the bands."""

    wage_at_age: Annotated[int, Field(ge=16, le=99)]
    share: WirePercentage


class FixedModel(Told):
    """A share that rises by a rate laid down here."""

    fixed: WirePercentage
    share: WirePercentage


ComponentModel = IndexModel | WageModel | WageAtAgeModel | FixedModel


class ExclusionModel(Told):
    """Fees that are left as they are, by one fact about them, and the reason."""

    agreement: Literal["spot"] | None = None
    placement_type: Word | None = None
    need_category: Word | None = None
    agency: AgencyUrn | None = None
    purchaser: Word | None = None
    weekly_over: WireMoney | None = None
    because: Sentence | None = None

    def facts(self) -> list[ExcludedFact]:
        """Return by which facts it leaves fees; of a whole one that is one."""
        return [fact for fact in EXCLUDED_FACTS if getattr(self, fact) is not None]

    def exclusion(self) -> Exclusion:
        """Return it in the field's own values."""
        (fact,) = self.facts()
        if self.weekly_over is not None:
            over = money_text(self.weekly_over)
            return Exclusion(fact, over, self.because or f"the fee is over {over} a week")
        return Exclusion(fact, getattr(self, fact), self.because or _BECAUSE[fact])


class EffectiveModel(Told):
    """When reviews take effect: on a day of every year, or once on one day."""

    month: Annotated[int, Field(ge=1, le=12)] | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    on: Day | None = None


class TermsModel(Told):
    """One set of review terms.

    Args:
        in_force_from: from when they hold; terms for one day only hold on that day.
        placement_types: whose they are; none for every type without terms of its own.
    """

    version: str
    in_force_from: Day | None = None
    assumption: str = ""
    placement_types: Annotated[tuple[Word, ...], Field(max_length=50)] = ()
    effective: EffectiveModel
    components: Annotated[tuple[ComponentModel, ...], Field(min_length=1, max_length=10)]
    floor: WirePercentage | None = None
    cap: WirePercentage | None = None
    lower_of: WirePercentage | None = None
    review_above: WirePercentage | None = None
    percentage_decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    compound_on: Literal["rounded", "unrounded"] = "rounded"
    first_uplift_after_months: Annotated[int, Field(ge=0, le=60)] = 0
    exclude: tuple[ExclusionModel, ...] = ()

    @property
    def holds_from(self) -> date:
        """The day from which they are in force.

        Raises:
            ValueError: neither that day nor the one of an extra review is told.
        """
        day = self.in_force_from if self.effective.on is None else self.effective.on
        if day is None:
            raise ValueError(f"the terms {self.version} do not say from when they are in force")
        return day

    def terms(self) -> ReviewTerms:
        """Return the terms in the field's own values."""
        once = self.effective.on
        return ReviewTerms(
            version=self.version,
            in_force_from=self.holds_from,
            month=once.month if once else self.effective.month or 0,
            day=once.day if once else self.effective.day or 0,
            components=tuple(_component(part) for part in self.components),
            only_on=once,
            placement_types=self.placement_types,
            floor=self.floor,
            cap=self.cap,
            lower_of=self.lower_of,
            review_above=self.review_above,
            percentage_decimals=self.percentage_decimals,
            compounds_unrounded=self.compound_on == "unrounded",
            first_uplift_after_months=self.first_uplift_after_months,
            exclude=tuple(each.exclusion() for each in self.exclude),
            assumption=self.assumption,
        )


def _component(part: ComponentModel) -> Component:
    if isinstance(part, IndexModel):
        return IndexShare(part.share, part.index, part.month, part.year)
    if isinstance(part, WageModel):
        return WageShare(part.share, part.wage)
    if isinstance(part, WageAtAgeModel):
        return WageAtAgeShare(part.share, part.wage_at_age)
    return FixedShare(part.share, part.fixed)
