"""What the reviews that are applied make of one fee key, in whatever order all was recorded."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from services.pricing.fees import FeeCause, FeeKey, FeePoint, with_point
from services.pricing.reviews.review import exact_fee, review_line
from services.pricing.reviews.tracks import ReviewRule

LeftOn = Callable[[date], date | None]
"""Gives the day from which an agency is not on the framework any more, for a day."""

_NOT_RECORDED: Final = 1 << 62
"""Numbers points that are worked out and not recorded yet: they come after all that are."""


def in_order(applied: Iterable[ReviewRule]) -> list[ReviewRule]:
    """Return the reviews that decide, by day: of those of one day the one applied last."""
    by_day = {rule.effective_from: rule for rule in applied}
    return [by_day[day] for day in sorted(by_day)]


def compounded(
    key: FeeKey,
    points: tuple[FeePoint, ...],
    rules: Sequence[ReviewRule],
    left_on: LeftOn,
    tendered: Sequence[date] | None = None,
) -> list[FeePoint]:
    """Return the points that the reviews make of a key now, and that are not recorded so.

    Each review starts from what held on the day before it, with all that is known by now: a
    corrected tender, a review that was applied late, an agency that had left. What a review moved
    and would leave by now goes back. A fee of its own, from whatever day, is never touched.

    Args:
        key: what the fee is for.
        points: everything that is recorded, one point for each day.
        rules: the applied reviews by day, one for each day (see `in_order`).
        left_on: the agency's membership.
        tendered: the days from which its price was tendered; those of the points if not told.
    """
    known, new = points, []
    for rule in rules:
        day = rule.effective_from
        line = review_line(key, known, rule, left_on=left_on(day), tendered=tendered)
        if not line.moves:
            continue
        held = next((each for each in known if each.valid_from == day), None)
        point = FeePoint(
            valid_from=day,
            weekly=line.after,
            cause=FeeCause("review", rule.review_id),
            number=_NOT_RECORDED,
            unrounded=line.unrounded,
            awarded_on=rule.awarded_on,
        )
        if held is not None and _is_same(held, point):
            continue
        new.append(point)
        known = with_point(known, point)
    return new


def _is_same(held: FeePoint, point: FeePoint) -> bool:
    return held.cause == point.cause and exact_fee(held) == exact_fee(point)
