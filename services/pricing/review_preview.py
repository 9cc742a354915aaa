"""Previews a price review: every fee key once, uplifted or left because of something."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from services.pricing.desk import Desk, Progress, no_progress
from services.pricing.fees import FeeKey
from services.pricing.placement import placement_of
from services.pricing.review import Preview, ReviewLine, Totals, review_line
from services.pricing.store.fees import (
    POINTS,
    Numbers,
    book_between,
    families_between,
    portions_of_keys,
)
from services.pricing.store.numbers import last_given
from services.pricing.store.placements import events_of, on_families
from services.pricing.store.reviews import (
    APPROVED,
    PREVIEWED,
    Review,
    ReviewRefused,
    Step,
    chunks_to_apply,
    forget_lines,
    keep_lines,
    lines_between,
    review_named,
    take_step,
)
from shared.framework.age_bands import OutsideAgeBands
from shared.framework.framework import Framework
from shared.money import money_text, percentage_text

KEYS_IN_A_PORTION: Final = 1000
PLACEMENTS_IN_A_PORTION: Final = 2000


def preview(desk: Desk, review_id: str, *, actor: str, progress: Progress = no_progress) -> Review:
    """Count what a review would do, keep its lines, and seal them for an approval.

    It may be done again as long as the review is not approved; the lines are then kept anew.

    Raises:
        ReviewRefused: the review is approved already, a fee was recorded meanwhile, or there is
            no fee at all.
    """
    with desk.database.transaction() as connection:
        review = _previewable(connection, review_id)
        forget_lines(connection, review_id)
        fees_last = last_given(connection, POINTS)
        plan = list(portions_of_keys(connection, KEYS_IN_A_PORTION, PLACEMENTS_IN_A_PORTION))
    total = sum(numbers.keys for numbers in plan)
    if not total:
        raise ReviewRefused("There is no fee to review. Import some: fosterframe fees import PACK.")
    counted = Preview.of(heading_of(review, fees_last), review.effective_from)
    done = 0
    for chunk, numbers in enumerate(plan):
        with desk.database.transaction() as connection:
            lines = list(_lines(connection, review, numbers, desk.framework))
            keep_lines(connection, review_id, chunk, numbers, lines)
        counted.add(line for _, line in lines)
        done += numbers.keys
        progress(done, total)
    with desk.database.transaction() as connection:
        review = _previewable(connection, review_id)
        if last_given(connection, POINTS) != fees_last:
            raise ReviewRefused("A fee was recorded during the preview. Preview it again.")
        body = body_of(counted, fees_last)
        take_step(connection, review, Step(PREVIEWED, actor, desk.clock.now(), body))
        return review_named(connection, review_id)


def kept_digest(connection: Connection, review: Review) -> str:
    """Return the digest of the lines that are kept of a previewed review, as they are now.

    It is not the one of its last preview where another preview was begun since.
    """
    fees_last = review.last(PREVIEWED).body["fees_last"]
    counted = Preview.of(heading_of(review, fees_last), review.effective_from)
    for _, numbers in chunks_to_apply(connection, review.id):
        counted.add(lines_between(connection, review.id, numbers))
    return counted.digest()


def heading_of(review: Review, fees_last: int) -> str:
    """Return everything beside the lines that an approver agrees to, in one text."""
    return "|".join(
        (
            review.id,
            review.award,
            str(review.effective_from),
            review.model.model_dump_json(),
            review.uplift.formula(),
            percentage_text(review.uplift.rate),
            str(fees_last),
        )
    )


def body_of(counted: Preview, fees_last: int) -> dict[str, Any]:
    """Return a preview's totals and digest as they are kept."""
    return {
        "digest": counted.digest(),
        "fees_last": fees_last,
        "days": counted.days,
        "total": _told(counted.total),
        "by_purchaser": {name: _told(one) for name, one in sorted(counted.by_purchaser.items())},
        "by_agency": {name: _told(one) for name, one in sorted(counted.by_agency.items())},
    }


def _previewable(connection: Connection, review_id: str) -> Review:
    review = review_named(connection, review_id, hold=True)
    if any(step.step == APPROVED for step in review.steps):
        raise ReviewRefused(f"The review {review_id} is {review.state}: what was approved stands.")
    return review


def _lines(
    connection: Connection, review: Review, numbers: Numbers, framework: Framework
) -> Iterable[tuple[int, ReviewLine]]:
    """Yield the lines of one portion of families, with the number of each family."""
    families = families_between(connection, numbers.first, numbers.last)
    book = book_between(connection, families, numbers)
    live = _live(connection, numbers, review.effective_from, framework)
    terms, uplift = review.terms, review.uplift
    for number, family in families.items():
        for age_band, points in book.bands(family).items():
            key = FeeKey(*family, age_band)
            line = review_line(key, points, terms, uplift, review.effective_from, live[key])
            yield number, line


def _live(
    connection: Connection, numbers: Numbers, day: date, framework: Framework
) -> Counter[FeeKey]:
    """Return how many placements have each fee on a day."""
    live: Counter[FeeKey] = Counter()
    for known in events_of(connection, on_families(numbers.first, numbers.last)).values():
        placement = placement_of(known.events, framework)
        if day < placement.start or (placement.end is not None and placement.end <= day):
            continue
        terms = next(each for each in reversed(placement.terms) if each.valid_from <= day)
        try:
            band = framework.age_bands.band_on(placement.date_of_birth, day)
        except OutsideAgeBands:
            # Who has reached adulthood has no fee any more.
            continue
        live[FeeKey(*terms.family, band)] += 1
    return live


def _told(totals: Totals) -> dict[str, Any]:
    return {
        "fees_uplifted": totals.fees_uplifted,
        "fees_excluded": totals.fees_excluded,
        "weekly_before": money_text(totals.weekly_before),
        "weekly_after": money_text(totals.weekly_after),
        "placements": totals.placements,
        "annual_effect": money_text(totals.annual_effect),
    }
