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
    "started", "birthday", "tender", "review", "correction", "amended", "ended", "adulthood"
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
    review_id: Reference | None = None
    decision_reference: Reference | None = None


class ReviewTotal(Data):
    """Control totals of a review for one purchaser."""

    purchaser: Word
    fees_uplifted: int
    weekly_before: WireMoney
    weekly_after: WireMoney


class ReviewApplied(Data):
    """A price review has been applied; finance can check its count and sums."""

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
