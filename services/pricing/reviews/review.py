"""Which fees a price review uplifts, which it leaves and why, and which go back."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from services.pricing.fees import FeeFamily, FeeKey, FeePoint
from services.pricing.months import months_after
from services.pricing.reviews.tracks import ReviewRule, Track
from services.pricing.terms.agreed import ReviewTerms, Uplift
from shared.money import NOTHING, Money, held_exactly, to_penny, uplifted

Outcome = Literal["uplifted", "excluded", "restored"]
"""Moved by the uplift, left as it is, or put back to what it was before an earlier review."""


class LivePlacements(NamedTuple):
    """What the live placements of a budget line pay together, before a review and after it."""

    service_line: str
    placements: int
    weekly_before: Money
    weekly_after: Money


class ReviewLine(NamedTuple):
    """What a review does about one fee key.

    Args:
        before: the weekly fee that holds on that day without the review; nothing where the key
            has none yet. Of a day that was reviewed already, it is what that review has brought.
        after: the weekly fee from the effective date on.
        because: why the fee is left or goes back; empty when it is uplifted.
        placements: how many live placements have this fee on the effective date.
        unrounded: the fee before it was rounded, where the terms compound on that.
        service_lines: the live placements, by the line of the budget that pays for them.
        base: the weekly fee that is uplifted, where it is another than `before`.
    """

    key: FeeKey
    before: Money
    after: Money
    because: str
    placements: int = 0
    outcome: Outcome = "uplifted"
    unrounded: Decimal | None = None
    service_lines: tuple[LivePlacements, ...] = ()
    base: Money | None = None

    @property
    def is_uplifted(self) -> bool:
        """Say whether the fee moves by the uplift, be it by nothing."""
        return self.outcome == "uplifted"

    @property
    def moves(self) -> bool:
        """Say whether the review records a fee: one that rises, or one that goes back."""
        return self.outcome != "excluded"


class SpotLine(NamedTuple):
    """What a review does about the agreed fee of one spot placement; as for a fee key."""

    placement_id: str
    family: FeeFamily
    service_line: str
    before: Money
    after: Money
    because: str
    outcome: Outcome
    base: Money | None = None

    @property
    def moves(self) -> bool:
        """Say whether the fee rises or goes back."""
        return self.outcome != "excluded"


def review_line(
    key: FeeKey,
    points: Sequence[FeePoint],
    rule: ReviewRule,
    *,
    left_on: date | None = None,
    tendered: Sequence[date] | None = None,
) -> ReviewLine:
    """Return what a review does about one fee key.

    A review that took effect on the same day is superseded: the fee before it is uplifted. What
    that one moved and this one leaves goes back to what it was before. Either way the line says
    what this review changes, from what holds without it.

    Args:
        key: what the fee is for.
        points: its fees by day, one for each day.
        rule: the review.
        left_on: the day from which the agency is not on the framework any more, if it is not on
            the day of the review.
        tendered: the days from which its price was tendered, corrected since or not; those of the
            points if not told.
    """
    day = rule.effective_from
    base = base_of(points, day)
    if base is None:
        because = f"the fee begins on {points[0].valid_from}, not before the review"
        return ReviewLine(key, NOTHING, NOTHING, because, 0, "excluded")
    track = rule.track_for(key.placement_type)
    if tendered is None:
        tendered = [each.valid_from for each in points if each.cause.kind == "tender"]
    fixed_on = max((each for each in tendered if each <= day), default=None)
    because = next(_reasons(key, base, points, rule, track, left_on, fixed_on), "")
    moved = _reviewed_on(points, day)
    if track is None or because:
        return _left_line(key, base, moved, because)
    after, unrounded = fee_after(base, track.terms, track.uplift)
    held = base.weekly if moved is None else moved.weekly
    line = ReviewLine(key, held, after, "", 0, "uplifted", unrounded)
    return line if held == base.weekly else line._replace(base=base.weekly)


def fee_after(base: FeePoint, terms: ReviewTerms, uplift: Uplift) -> tuple[Money, Decimal | None]:
    """Return the weekly fee after an uplift, and the same unrounded where terms compound on it."""
    if not terms.compounds_unrounded:
        return uplifted(base.weekly, uplift.rate), None
    held = held_exactly(exact_fee(base) * (1 + uplift.rate / 100))
    return to_penny(held), held


def exact_fee(point: FeePoint) -> Decimal:
    """Return a fee before it was rounded to the penny, where that is kept."""
    return point.weekly if point.unrounded is None else point.unrounded


def base_of(points: Sequence[FeePoint], effective_from: date) -> FeePoint | None:
    """Return the point that a review from a day on uplifts: the last from before that day."""
    for point in reversed(points):
        if point.valid_from < effective_from:
            return point
    return None


def _reviewed_on(points: Sequence[FeePoint], day: date) -> FeePoint | None:
    """Return the fee that a review has brought on a day, if one has."""
    for point in reversed(points):
        if point.valid_from == day and point.cause.kind == "review":
            return point
    return None


def _left_line(key: FeeKey, base: FeePoint, moved: FeePoint | None, because: str) -> ReviewLine:
    """Return the line of a fee that is left, and so goes back where a review had moved it."""
    if moved is None or exact_fee(moved) == exact_fee(base):
        return ReviewLine(key, base.weekly, base.weekly, because, 0, "excluded")
    return ReviewLine(key, moved.weekly, base.weekly, because, 0, "restored", base.unrounded)


def _reasons(
    key: FeeKey,
    base: FeePoint,
    points: Sequence[FeePoint],
    rule: ReviewRule,
    track: Track | None,
    left_on: date | None,
    fixed_on: date | None,
) -> Iterator[str]:
    """Yield why a fee is left as it is; nothing where it rises."""
    day = rule.effective_from
    for point in points:
        if point.valid_from == day and point.cause.kind != "review":
            yield f"a fee of its own begins on that day ({point.cause.kind})"
    if rule.award == "reversal":
        yield f"the review {rule.reverses} is taken back"
    if left_on is not None:
        yield f"the agency left the framework on {left_on}"
    if track is None:
        yield no_terms_for(key.placement_type)
        return
    if fixed_on is not None and (because := too_early(fixed_on, track.terms, day)):
        yield because
    for exclusion in track.terms.exclude:
        if exclusion.holds(key.family, base.weekly):
            yield exclusion.because


def no_terms_for(placement_type: str) -> str:
    """Return why a fee of a type is left that no terms of a review are for."""
    return f"no terms of this review are for {placement_type}"


def too_early(fixed_on: date, terms: ReviewTerms, day: date) -> str:
    """Return why a price that was fixed on a day does not move yet, or nothing."""
    if not terms.first_uplift_after_months:
        return ""
    first_uplift = months_after(fixed_on, terms.first_uplift_after_months)
    if first_uplift <= day:
        return ""
    return f"the price was fixed on {fixed_on}, so it first moves from {first_uplift}"
