"""Applies an approved price review, portion by portion; after a crash it goes on where it was."""

from typing import Any

from services.pricing.desk import Desk, Progress, no_progress
from services.pricing.fees import FeeCause
from services.pricing.repricing import Repriced, reprice_families
from services.pricing.store import reviews
from services.pricing.store.fees import POINTS, NewFee, Numbers, record_fees, strange_point
from services.pricing.store.numbers import stand_still
from services.pricing.store.price_changes import placements_changed_by
from services.pricing.store.reviews import APPLIED, APPROVED, PREVIEWED, Review, ReviewRefused, Step
from services.pricing.timeline import Cause
from shared.contracts.catalogue import REVIEW_APPLIED
from shared.contracts.price import ReviewApplied, ReviewTotal
from shared.messaging.work import Work
from shared.money import pounds


def apply(
    desk: Desk, review_id: str, *, actor: str, progress: Progress = no_progress
) -> tuple[ReviewApplied, list[str]]:
    """Record the uplifted fees and tell finance of every placement whose fee changes.

    Each portion is one transaction, so that no line is applied twice, however often this is
    interrupted and called again.

    Returns:
        What finance is told at the end, and the placements for some of whose days the framework
        holds no fee, about which finance was told nothing new.

    Raises:
        ReviewRefused: it is not approved, or applied already; or a fee was recorded since that
            the approver did not see.
    """
    with desk.database.transaction() as connection:
        review = reviews.review_named(connection, review_id)
        if review.state != APPROVED:
            raise ReviewRefused(f"The review {review_id} is {review.state}, not approved.")
        waiting = reviews.chunks_to_apply(connection, review_id)
    total = lines = int(_fees(review, "fees_uplifted") + _fees(review, "fees_excluded"))
    lines -= sum(numbers.keys for _, numbers in waiting)
    unpriced: list[str] = []
    for chunk, numbers in waiting:
        with desk.work(f"{_cause_of(review_id)}{chunk}") as work:
            repriced = _apply_portion(desk, work, review, chunk, numbers)
        unpriced.extend(repriced.unpriced)
        lines += numbers.keys
        progress(lines, total)
    with desk.work(f"{_cause_of(review_id)}applied") as work:
        return _finish(work, review, actor), sorted(set(unpriced))


def _cause_of(review_id: str) -> str:
    return f"review:{review_id}:"


def _apply_portion(
    desk: Desk, work: Work, review: Review, chunk: int, numbers: Numbers
) -> Repriced:
    # Until the commit nobody records a fee, nor prices a placement by the fees from before.
    stand_still(work.connection, POINTS)
    previewed = review.last(PREVIEWED).body
    strange = strange_point(
        work.connection, numbers, after=previewed["fees_last"], besides=review.id
    )
    if strange is not None:
        raise ReviewRefused(
            f"A fee was recorded since the preview ({strange}). It stands; the rest of the review "
            "cannot be applied on top of what the approver did not see. Draft a new one."
        )
    lines = reviews.lines_between(work.connection, review.id, numbers)
    cause = FeeCause("review", review.id)
    fees = [
        NewFee(line.key, review.effective_from, line.after, cause)
        for line in lines
        if line.is_uplifted
    ]
    record_fees(work.connection, fees, work.now)
    because = Cause("review", review.id, review.effective_from)
    repriced = reprice_families(work, desk.framework, numbers, because)
    marked = reviews.mark_applied(
        work.connection, review.id, chunk, repriced.price_changes, repriced.arrears, work.now
    )
    if not marked:
        raise ReviewRefused(f"Somebody else is applying the review {review.id} at this moment.")
    return repriced


def _finish(work: Work, review: Review, actor: str) -> ReviewApplied:
    """Take the last step, and send finance the control totals."""
    reviews.take_step(work.connection, review, Step(APPLIED, actor, work.now, {}))
    approved, previewed = review.last(APPROVED), review.last(PREVIEWED).body
    price_changes, arrears = reviews.counts_of(work.connection, review.id)
    told = ReviewApplied(
        review_id=review.id,
        decision_reference=approved.body["decision_reference"],
        effective_from=review.effective_from,
        uplift=review.uplift.rate,
        preview_digest=previewed["digest"],
        approved_by=approved.actor,
        fees_uplifted=_fees(review, "fees_uplifted"),
        fees_excluded=_fees(review, "fees_excluded"),
        totals=tuple(_total(name, one) for name, one in previewed["by_purchaser"].items()),
        placements_changed=placements_changed_by(work.connection, _cause_of(review.id)),
        price_changes=price_changes,
        arrears_total=arrears,
        annual_effect=pounds(previewed["total"]["annual_effect"]),
    )
    work.send(work.follow(REVIEW_APPLIED, review.id, told))
    return told


def _fees(review: Review, count: str) -> int:
    return int(review.last(PREVIEWED).body["total"][count])


def _total(purchaser: str, told: dict[str, Any]) -> ReviewTotal:
    return ReviewTotal(
        purchaser=purchaser,
        fees_uplifted=told["fees_uplifted"],
        weekly_before=pounds(told["weekly_before"]),
        weekly_after=pounds(told["weekly_after"]),
    )
