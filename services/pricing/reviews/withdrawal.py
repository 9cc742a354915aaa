"""Withdraws a price review that is not wanted, so that nothing waits for it any more."""

from services.pricing.desk import Desk
from services.pricing.fee_book.leaving import look_at_those_told_since
from services.pricing.reviews.approval import LONGEST_REASON
from services.pricing.reviews.draft import check_reference
from services.pricing.store.fees import POINTS
from services.pricing.store.numbers import stand_still
from services.pricing.store.review_lines import chunks_of
from services.pricing.store.reviews import (
    APPLIED,
    APPROVED,
    WITHDRAWN,
    Review,
    ReviewRefused,
    Step,
    review_named,
    take_step,
)


def withdraw(desk: Desk, review_id: str, *, actor: str, because: str) -> Review:
    """Take a review out of the process for good; its name stays taken.

    Args:
        desk: where it is done.
        review_id: the review.
        actor: who withdraws it; of an approved one that is who approved it.
        because: the reason, which is kept.

    Raises:
        ReviewRefused: a portion is applied, somebody else approved it, or no reason is given.
    """
    check_reference("actor", actor)
    if not because.strip() or len(because) > LONGEST_REASON:
        raise ReviewRefused(
            f"Say why the review {review_id} is withdrawn, in {LONGEST_REASON} characters at most."
        )
    with desk.work(f"withdrawal:{review_id}") as work:
        # The review first, as whoever approves it does.
        review = review_named(work.connection, review_id, hold=True)
        # Nobody applies a portion, nor tells of an agency, until this is decided.
        stand_still(work.connection, POINTS)
        if review.state in {APPLIED, WITHDRAWN}:
            raise ReviewRefused(
                f"The review {review_id} is {review.state}. What is applied is taken back by a "
                "reversal: draft one."
            )
        was_approved = review.state == APPROVED
        if was_approved:
            _refuse_to_others(review, actor)
            if any(chunk.is_applied for chunk in chunks_of(work.connection, review_id)):
                raise ReviewRefused(
                    f"A portion of the review {review_id} is applied. Apply it to the end: "
                    f"fosterframe review apply {review_id}; then draft a reversal."
                )
        step = Step(WITHDRAWN, actor, work.now, {"because": because})
        take_step(work.connection, review, step)
        if was_approved:
            look_at_those_told_since(work, desk.framework, review)
        return review_named(work.connection, review_id)


def _refuse_to_others(review: Review, actor: str) -> None:
    approver = review.last(APPROVED).actor
    if actor != approver:
        raise ReviewRefused(
            f"{approver} approved the review {review.id}, and alone may withdraw it."
        )
