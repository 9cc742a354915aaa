"""Which fees a price review uplifts, which it leaves and why, and what that comes to."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from services.pricing.fees import FeeKey, FeePoint
from services.pricing.months import months_after
from services.pricing.terms import ReviewTerms, Uplift
from shared.days import days_in, financial_year
from shared.money import DAYS_IN_WEEK, NOTHING, Money, to_penny, uplifted

EVERY: Final = ""
"""The name under which the totals of all purchasers, or all agencies, are kept."""


class ReviewLine(NamedTuple):
    """What a review does about one fee key: uplifted, or left as it is because of something.

    Args:
        before: the weekly fee that is uplifted; nothing where the key has none yet.
        after: the weekly fee from the effective date on.
        because: why the fee is left as it is; empty when it is uplifted.
        placements: how many live placements have this fee on the effective date.
    """

    key: FeeKey
    before: Money
    after: Money
    because: str
    placements: int = 0

    @property
    def is_uplifted(self) -> bool:
        """Say whether the fee moves by the uplift, be it by nothing."""
        return not self.because


def review_line(
    key: FeeKey,
    points: Sequence[FeePoint],
    terms: ReviewTerms,
    uplift: Uplift,
    effective_from: date,
    placements: int = 0,
) -> ReviewLine:
    """Return what a review does about one fee key.

    A review that took effect on the same day is superseded: the fee before it is uplifted.
    """
    base = base_of(points, effective_from)
    if base is None:
        because = f"the fee begins on {points[0].valid_from}, not before the review"
        return ReviewLine(key, NOTHING, NOTHING, because, placements)
    because = _left_because(key, base, points, terms, effective_from)
    after = base.weekly if because else uplifted(base.weekly, uplift.rate)
    return ReviewLine(key, base.weekly, after, because, placements)


def base_of(points: Sequence[FeePoint], effective_from: date) -> FeePoint | None:
    """Return the point that a review from a day on uplifts: the last from before that day."""
    for point in reversed(points):
        if point.valid_from < effective_from:
            return point
    return None


def _left_because(
    key: FeeKey,
    base: FeePoint,
    points: Sequence[FeePoint],
    terms: ReviewTerms,
    effective_from: date,
) -> str:
    for point in points:
        if point.valid_from == effective_from and point.cause.kind != "review":
            return f"a fee of its own begins on that day ({point.cause.kind})"
    tendered = [
        point.valid_from
        for point in points
        if point.cause.kind == "tender" and point.valid_from <= effective_from
    ]
    if tendered:
        first_uplift = months_after(tendered[-1], terms.first_uplift_after_months)
        if first_uplift > effective_from:
            return f"the price was fixed on {tendered[-1]}, so it first moves from {first_uplift}"
    for exclusion in terms.exclude:
        if exclusion.holds(key.placement_type, base.weekly):
            return exclusion.because
    return ""


@dataclass(slots=True)
class Totals:
    """Control totals of a review for one purchaser, one agency, or all.

    Args:
        weekly_before, weekly_after: sums over the fee keys that are uplifted.
        annual_effect: what the live placements cost more in the whole financial year.
    """

    fees_uplifted: int = 0
    fees_excluded: int = 0
    weekly_before: Money = NOTHING
    weekly_after: Money = NOTHING
    placements: int = 0
    annual_effect: Money = NOTHING

    def add(self, line: ReviewLine, effect: Money) -> None:
        """Count one line."""
        if not line.is_uplifted:
            self.fees_excluded += 1
            return
        self.fees_uplifted += 1
        self.weekly_before = Money(self.weekly_before + line.before)
        self.weekly_after = Money(self.weekly_after + line.after)
        self.placements += line.placements
        self.annual_effect = Money(self.annual_effect + effect)


@dataclass(slots=True)
class Preview:
    """What a review would do, counted while its lines go by, and sealed with a digest.

    Args:
        days: those of the financial year, 365 or 366; a year is never 52 weeks.
    """

    days: int
    by_purchaser: dict[str, Totals] = field(default_factory=dict)
    by_agency: dict[str, Totals] = field(default_factory=dict)
    total: Totals = field(default_factory=Totals)
    _seal: "hashlib._Hash" = field(default_factory=hashlib.sha256, repr=False)

    @classmethod
    def of(cls, heading: str, effective_from: date) -> "Preview":
        """Return a preview without lines yet.

        Args:
            heading: everything beside the lines that an approver agrees to, in one text.
            effective_from: the day from which fees would rise.
        """
        preview = cls(days_in(financial_year(effective_from)))
        preview._seal.update(heading.encode())
        return preview

    def add(self, lines: Iterable[ReviewLine]) -> None:
        """Count the lines of one portion, in whatever order they come."""
        for line in sorted(lines, key=_key_of):
            effect = annual_effect(line, self.days)
            self.total.add(line, effect)
            self.by_purchaser.setdefault(line.key.purchaser, Totals()).add(line, effect)
            self.by_agency.setdefault(line.key.agency, Totals()).add(line, effect)
            self._seal.update(_sealed(line).encode())

    def digest(self) -> str:
        """Return what an approval is bound to: it changes when any line or heading does."""
        return self._seal.hexdigest()


def annual_effect(line: ReviewLine, days: int) -> Money:
    """Return what a line's live placements cost more in so many days, rounded once."""
    if not line.placements:
        return NOTHING
    return to_penny((line.after - line.before) * line.placements * days / DAYS_IN_WEEK)


def _key_of(line: ReviewLine) -> FeeKey:
    return line.key


def _sealed(line: ReviewLine) -> str:
    return f"\n{line.key}|{line.before}|{line.after}|{line.because}|{line.placements}"
