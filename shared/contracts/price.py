"""What finance is told: each change of a weekly fee, and the totals of a price review."""

from datetime import date
from typing import Literal

from shared.contracts.fields import (
    AgencyUrn,
    Data,
    Digest,
    Reference,
    WireMoney,
    WirePercentage,
    Word,
)

CauseWord = Literal[
    "started",
    "birthday",
    "tender",
    "review",
    "correction",
    "amended",
    "ended",
    "continued",
    "adulthood",
    "discount",
    "supplement",
    "volume",
    "left_framework",
]


class Cause(Data):
    """Why a weekly fee changed."""

    cause: CauseWord
    reference: Reference
    on: date


class ArrearsLine(Data):
    """What is owed (or, below zero, to be recovered) for days that are already past.

    `amount` is (new - old) x days / 7, rounded once, half up.
    """

    first_day: date
    day_after_last: date
    days: int
    old_weekly: WireMoney
    new_weekly: WireMoney
    amount: WireMoney


class PriceChanged(Data):
    """The weekly fee of one placement over some days is otherwise than finance was told.

    `sequence` rises by one with each message about a placement, so that a gap can be seen.
    No `effective_to` means until further notice. A fee of 0.00 means that nothing is due.

    Args:
        daily_basis: a day costs a seventh of the weekly fee; a line is rounded once, not a day.
        review_id: the price review that sent this message, and no other: who adds up the messages
            of a review by this field gets the figures of its `review.applied.v1`.
        decision_reference: the decision on which the fee of the first cause named review rests.
    """

    placement_id: Reference
    sequence: int
    agency: AgencyUrn
    purchaser: Word
    service_line: Word
    funding: Word
    effective_from: date
    effective_to: date | None
    old_weekly: WireMoney
    new_weekly: WireMoney
    causes: tuple[Cause, ...]
    arrears: tuple[ArrearsLine, ...]
    arrears_total: WireMoney
    as_of: date
    daily_basis: Literal["sevenths"] = "sevenths"
    review_id: Reference | None = None
    decision_reference: Reference | None = None


class ReviewTotal(Data):
    """Control totals of a review for one purchaser."""

    purchaser: Word
    fees_uplifted: int
    weekly_before: WireMoney
    weekly_after: WireMoney


class ServiceLineTotal(Data):
    """What a review does to the live placements of one purchaser's line of the budget."""

    purchaser: Word
    service_line: Word
    placements: int
    weekly_before: WireMoney
    weekly_after: WireMoney
    annual_effect: WireMoney


class TrackUplift(Data):
    """By how much the fees of some placement types rise, where their terms are their own."""

    placement_types: tuple[Word, ...]
    uplift: WirePercentage


class ReviewApplied(Data):
    """A price review has been applied; finance can check its count and sums.

    Args:
        uplift: of every placement type that `further_uplifts` does not name.
        supersedes: the review of the same day that this one replaces, or takes back.
        totals, service_lines, annual_effect: counted from what held without this review; where it
            supersedes another, from what that one brought.
        fees_restored: fees that go back to what they were before the review it supersedes.
        price_changes: how many price.changed.v1 say this review's id.
        arrears_total: the sum of their arrears.
    """

    review_id: Reference
    decision_reference: Reference
    effective_from: date
    uplift: WirePercentage
    preview_digest: Digest
    approved_by: Reference
    fees_uplifted: int
    fees_excluded: int
    totals: tuple[ReviewTotal, ...]
    placements_changed: int
    price_changes: int
    arrears_total: WireMoney
    annual_effect: WireMoney
    further_uplifts: tuple[TrackUplift, ...] = ()
    supersedes: Reference | None = None
    fees_restored: int = 0
    service_lines: tuple[ServiceLineTotal, ...] = ()
