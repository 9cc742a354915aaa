"""What a framework agreement says about its yearly price review, and the uplift that follows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from services.pricing.fees import FeeFamily
from services.pricing.indices import AwardKind, IndexBook, IndexValue
from services.pricing.wages import WageBook, WageRise
from shared.money import Money, Percentage, percentage_text

RATE_PLACES: Final = 12
"""Decimal places of a per cent that a rate is held to, so that messages can carry it whole."""

ONE: Final = Decimal(1)
LOWEST_RATE: Final = Decimal(-100)
"""A fee that falls by so many per cent is nothing; below that it would be less than nothing."""

_ZERO: Final = Decimal(0)

YearOf = Literal["previous", "same"]
Figure = IndexValue | WageRise | None
"""What a change was read from; nothing for a rate that the terms themselves fix."""


@dataclass(frozen=True, slots=True)
class IndexShare:
    """A share of the fee that follows a published 12-month rate."""

    share: Decimal
    series: str
    month: int
    year: YearOf

    def part(
        self, effective_from: date, indices: IndexBook, _wages: WageBook, award: AwardKind
    ) -> "Part":
        """Return this share's change for a review. Raises NoRateYet."""
        year = effective_from.year - (self.year == "previous")
        value = indices.rate_for(self.series, year, self.month, award)
        return Part(self.share, value.value, value)


@dataclass(frozen=True, slots=True)
class WageShare:
    """A share of the fee that follows a band of the minimum wage."""

    share: Decimal
    band: str

    def part(
        self, effective_from: date, _indices: IndexBook, wages: WageBook, award: AwardKind
    ) -> "Part":
        """Return this share's change for a review. Raises NoRateYet."""
        rise = wages.rise_at(self.band, effective_from, award)
        return Part(self.share, _held_to_places(rise.change), rise)


@dataclass(frozen=True, slots=True)
class WageAtAgeShare:
    """A share of the fee that follows what somebody of an age must be paid, whatever its band."""

    share: Decimal
    age: int

    def part(
        self, effective_from: date, _indices: IndexBook, wages: WageBook, award: AwardKind
    ) -> "Part":
        """Return this share's change for a review. Raises NoRateYet."""
        rise = wages.rise_at_age(self.age, effective_from, award)
        return Part(self.share, _held_to_places(rise.change), rise)


@dataclass(frozen=True, slots=True)
class FixedShare:
    """A share of the fee that rises by a rate laid down in the terms; 0 for a share that stays."""

    share: Decimal
    rate: Percentage

    def part(
        self, _effective_from: date, _indices: IndexBook, _wages: WageBook, _award: AwardKind
    ) -> "Part":
        """Return this share's change."""
        return Part(self.share, self.rate, None)


Component = IndexShare | WageShare | WageAtAgeShare | FixedShare


@dataclass(frozen=True, slots=True)
class Part:
    """One component's change at one review, and the figure that it was read from."""

    share: Decimal
    change: Percentage
    figure: Figure

    def agrees(self) -> bool:
        """Say whether the change is what its figure says, worked out again."""
        if isinstance(self.figure, IndexValue):
            return self.change == self.figure.value
        if isinstance(self.figure, WageRise):
            return self.change == _held_to_places(self.figure.change)
        return True

    def __str__(self) -> str:
        return f"{self.share} x {percentage_text(self.change)}"


ExcludedFact = Literal[
    "agreement", "placement_type", "need_category", "agency", "purchaser", "weekly_over"
]
"""By what fees can be left as they are."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Fees that a review leaves as they are.

    Args:
        fact: `agreement` (spot), a word of what is bought, or `weekly_over` an amount.
        because: the reason, for the preview.
    """

    fact: ExcludedFact
    value: str
    because: str

    def holds(self, family: FeeFamily, weekly: Money, *, spot: bool = False) -> bool:
        """Say whether a fee is left as it is.

        Args:
            family: what it is for.
            weekly: what it is before the review.
            spot: it was agreed for one placement, and is not the framework's.
        """
        if self.fact == "agreement":
            return spot
        if self.fact == "weekly_over":
            return weekly > Decimal(self.value)
        return bool(getattr(family, self.fact) == self.value)


@dataclass(frozen=True, slots=True)
class ReviewTerms:
    """The terms of a price review, in force from a day on.

    Args:
        month, day: when a review takes effect.
        only_on: the one day on which an extra review takes effect; none for every year's.
        placement_types: whose terms these are; none for every type without terms of its own.
        lower_of: the uplift is this or the blended rate, whichever is lower.
        review_above: a blended rate above this needs a person's decision.
        percentage_decimals: to how many places the uplift is rounded; none for unrounded.
        compounds_unrounded: the next review starts from the fee before it was rounded to the
            penny, and not from what invoices show.
        first_uplift_after_months: how long a tendered price stands before it first moves.
        assumption: what of this is not agreed, for whoever reads a preview.
    """

    version: str
    in_force_from: date
    month: int
    day: int
    components: tuple[Component, ...]
    only_on: date | None = None
    placement_types: tuple[str, ...] = ()
    floor: Percentage | None = None
    cap: Percentage | None = None
    lower_of: Percentage | None = None
    review_above: Percentage | None = None
    percentage_decimals: int | None = None
    compounds_unrounded: bool = False
    first_uplift_after_months: int = 0
    exclude: tuple[Exclusion, ...] = ()
    assumption: str = ""

    def takes_effect_on(self, day: date) -> bool:
        """Say whether a review by these terms, where they are in force, takes effect on a day."""
        if self.only_on is not None:
            return self.only_on == day
        return (self.month, self.day) == (day.month, day.day)

    @property
    def takes_effect(self) -> str:
        """When a review takes effect, as a person says it."""
        if self.only_on is not None:
            return f"on {self.only_on} only"
        return f"on day {self.day} of month {self.month}"

    @property
    def uplifts_spot(self) -> bool:
        """Say whether fees that were agreed for one placement are uplifted too."""
        return all(each.fact != "agreement" for each in self.exclude)


@dataclass(frozen=True, slots=True)
class Uplift:
    """By how much fees rise at one review, and how that came about.

    Args:
        rate: what fees rise by, in per cent.
        blended: the weighted sum, before the terms held it.
        held_by: what held it, in order: `lower_of`, `cap`, `floor`, `rounded`.
        needs_decision: the blended rate is above what the terms let pass without a person.
    """

    rate: Percentage
    blended: Percentage
    parts: tuple[Part, ...]
    held_by: tuple[str, ...]
    needs_decision: bool

    def formula(self) -> str:
        """Return the uplift as a person would write it down."""
        summed = " + ".join(str(part) for part in self.parts)
        text = f"{summed} = {percentage_text(self.blended)} %"
        if self.held_by:
            text += f", {' and '.join(self.held_by)}: {percentage_text(self.rate)} %"
        return text


def uplift_for(
    terms: ReviewTerms,
    effective_from: date,
    indices: IndexBook,
    wages: WageBook,
    award: AwardKind = "final",
) -> Uplift:
    """Return the uplift that the terms allow at one review.

    Raises:
        NoRateYet: a component's figure is not known, or is not final in a final award.
    """
    return uplift_of(
        terms,
        tuple(part.part(effective_from, indices, wages, award) for part in terms.components),
    )


def uplift_of(terms: ReviewTerms, parts: Sequence[Part]) -> Uplift:
    """Return the uplift that follows from each component's change."""
    blended = _held_to_places(sum((part.share * part.change for part in parts), _ZERO))
    # The agreement holds the rate, not the pounds: hold before any rounding.
    rate, held_by = blended, []
    for name, held in _holds(terms):
        holds = held(rate)
        if holds != rate:
            rate = holds
            held_by.append(name)
    return Uplift(
        rate=rate,
        blended=blended,
        parts=tuple(parts),
        held_by=tuple(held_by),
        needs_decision=terms.review_above is not None and blended > terms.review_above,
    )


def _holds(terms: ReviewTerms) -> Iterator[tuple[str, Callable[[Percentage], Percentage]]]:
    """Yield what may hold the rate, in the order in which the agreement applies it."""
    lower_of, cap, floor = terms.lower_of, terms.cap, terms.floor
    places = terms.percentage_decimals
    if lower_of is not None:
        yield "lower_of", lambda rate: min(rate, lower_of)
    if cap is not None:
        yield "cap", lambda rate: min(rate, cap)
    if floor is not None:
        yield "floor", lambda rate: max(rate, floor)
    if places is not None:
        yield "rounded", lambda rate: Percentage(_at_places(rate, places))


def _held_to_places(rate: Decimal) -> Percentage:
    return Percentage(_at_places(rate, RATE_PLACES))


def _at_places(rate: Decimal, places: int) -> Decimal:
    return rate.quantize(ONE.scaleb(-places), rounding=ROUND_HALF_UP)
