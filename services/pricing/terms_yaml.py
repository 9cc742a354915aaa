"""Reads the review terms of a framework pack, and keeps the terms that a review was drafted on."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from services.pricing.indices import SERIES
from services.pricing.terms import (
    ONE,
    Component,
    Exclusion,
    FixedShare,
    IndexShare,
    ReviewTerms,
    WageShare,
)
from shared.contracts.fields import Sentence, WireMoney, WirePercentage, Word
from shared.errors import Fault, FileRefused
from shared.framework.fields import Day, Told
from shared.framework.yaml_file import YamlFile
from shared.money import money_text

_RATES = tuple(code for code in SERIES if code != "D7BT")
"""The series that are rates; an index is none, and no rate is worked out from it."""


class _Index(Told):
    index: Literal["D7G7"]
    month: Annotated[int, Field(ge=1, le=12)]
    year: Literal["previous", "same"]
    share: WirePercentage


class _Wage(Told):
    wage: Word
    share: WirePercentage


class _Fixed(Told):
    fixed: WirePercentage
    share: WirePercentage


class _NotAgreement(Told):
    agreement: Literal["spot"]
    because: Sentence = "a spot placement keeps the fee agreed for it"


class _NotType(Told):
    placement_type: Word
    because: Sentence = "fees of this placement type are left as they are"


class _NotOver(Told):
    weekly_over: WireMoney
    because: Sentence | None = None


class _Effective(Told):
    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=28)]


class TermsModel(Told):
    """One set of review terms, as it is written in a pack and kept with a review."""

    version: str
    in_force_from: Day
    assumption: str = ""
    effective: _Effective
    components: Annotated[tuple[_Index | _Wage | _Fixed, ...], Field(min_length=1, max_length=10)]
    floor: WirePercentage | None = None
    cap: WirePercentage | None = None
    lower_of: WirePercentage | None = None
    review_above: WirePercentage | None = None
    percentage_decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    compound_on: Literal["rounded"] = "rounded"
    first_uplift_after_months: Annotated[int, Field(ge=0, le=60)] = 0
    exclude: tuple[_NotAgreement | _NotType | _NotOver, ...] = ()

    def terms(self) -> ReviewTerms:
        """Return the terms in the field's own values."""
        return ReviewTerms(
            version=self.version,
            in_force_from=self.in_force_from,
            month=self.effective.month,
            day=self.effective.day,
            components=tuple(_component(part) for part in self.components),
            floor=self.floor,
            cap=self.cap,
            lower_of=self.lower_of,
            review_above=self.review_above,
            percentage_decimals=self.percentage_decimals,
            first_uplift_after_months=self.first_uplift_after_months,
            exclude=tuple(_exclusion(each) for each in self.exclude),
            assumption=self.assumption,
        )


class PriceReview(Told):
    """The review terms of a framework, each in force from a day on."""

    price_review: str
    sources: dict[str, str] = Field(default_factory=dict)
    terms: Annotated[tuple[TermsModel, ...], Field(min_length=1, max_length=50)]


def read_terms(path: Path) -> PriceReview:
    """Return the review terms of a pack's price-review.yaml.

    Raises:
        FileRefused: shares that do not sum to one, a floor above the cap, terms that would uplift
            spot fees, or what cannot be read; with every fault and its line.
    """
    file = YamlFile.read(path)
    review = file.as_model(PriceReview)
    faults: list[Fault] = []
    for position, terms in enumerate(review.terms):
        here = ("terms", position)
        shares = sum((part.share for part in terms.components), Decimal(0))
        if shares != ONE:
            allowed = "shares that sum to 1"
            faults.append(file.fault((*here, "components"), f"a sum of {shares}", allowed))
        if terms.floor is not None and terms.cap is not None and terms.floor > terms.cap:
            faults.append(
                file.fault((*here, "floor"), terms.floor, f"at most the cap, {terms.cap}")
            )
        if not any(isinstance(each, _NotAgreement) for each in terms.exclude):
            allowed = "- {agreement: spot}: a spot fee is agreed anew, it has no uplift"
            faults.append(file.fault((*here, "exclude"), "no exclusion of spot fees", allowed))
        if [each.in_force_from for each in review.terms].count(terms.in_force_from) > 1:
            found = terms.in_force_from
            faults.append(file.fault((*here, "in_force_from"), found, "a day of its own"))
    if faults:
        raise FileRefused(faults)
    return review


def _component(part: _Index | _Wage | _Fixed) -> Component:
    if isinstance(part, _Index):
        return IndexShare(part.share, part.index, part.month, part.year)
    if isinstance(part, _Wage):
        return WageShare(part.share, part.wage)
    return FixedShare(part.share, part.fixed)


def _exclusion(each: _NotAgreement | _NotType | _NotOver) -> Exclusion:
    if isinstance(each, _NotAgreement):
        return Exclusion("agreement", each.agreement, each.because)
    if isinstance(each, _NotType):
        return Exclusion("placement_type", each.placement_type, each.because)
    over = money_text(each.weekly_over)
    return Exclusion("weekly_over", over, each.because or f"the fee is over {over} a week")
