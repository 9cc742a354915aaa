"""Approves a price review: another person, a decision, and exactly what was previewed."""

from sqlalchemy import Connection

from services.pricing.desk import Desk
from services.pricing.indices import NoRateYet
from services.pricing.review_draft import check_reference
from services.pricing.review_preview import kept_digest
from services.pricing.store.fees import POINTS
from services.pricing.store.figures import index_book, wage_book
from services.pricing.store.numbers import last_given, stand_still
from services.pricing.store.reviews import (
    APPROVED,
    PREVIEWED,
    Review,
    ReviewRefused,
    Step,
    review_named,
    take_step,
    unfinished,
)
from services.pricing.terms import uplift_for


def approve(
    desk: Desk, review_id: str, *, actor: str, decision_reference: str, digest: str
) -> Review:
    """Bind a decision to what was previewed.

    Args:
        desk: where it is done.
        review_id: the review.
        actor: who approves; not who drafted or previewed.
        decision_reference: the decision on which this rests.
        digest: the digest of the preview that the approver has read.

    Raises:
        ReviewRefused: it was not previewed, the digest is another one or not that of the lines
            that would be applied, it is the same person, an input has changed since, or another
            review is approved and not applied.
    """
    check_reference("actor", actor)
    check_reference("decision reference", decision_reference)
    with desk.database.transaction() as connection:
        review = review_named(connection, review_id, hold=True)
        if review.state != PREVIEWED:
            raise ReviewRefused(
                f"The review {review_id} is {review.state}; only a previewed one is approved."
            )
        previewed = review.last(PREVIEWED)
        _refuse_other_lines(connection, review, digest)
        if actor in {review.drafted_by, previewed.actor}:
            raise ReviewRefused(
                f"{actor} drafted or previewed this review. Another person has to approve it."
            )
        # Until the commit no fee is recorded, and no other review is approved beside this one.
        stand_still(connection, POINTS)
        _refuse_changed(connection, review)
        _refuse_another(connection, review_id)
        body = {"decision_reference": decision_reference, "digest": digest}
        take_step(connection, review, Step(APPROVED, actor, desk.clock.now(), body))
        return review_named(connection, review_id)


def _refuse_other_lines(connection: Connection, review: Review, digest: str) -> None:
    """Refuse when the approver read another preview, or other lines are kept than were read."""
    if digest != review.last(PREVIEWED).body["digest"]:
        raise ReviewRefused(
            "The digest is not the one of the last preview. Read that preview, and approve it "
            f"by its own digest: fosterframe review show {review.id}."
        )
    if digest != kept_digest(connection, review):
        raise ReviewRefused(
            "Another preview was begun since, and its lines are kept instead. "
            f"Preview the review again: fosterframe review preview {review.id}."
        )


def _refuse_changed(connection: Connection, review: Review) -> None:
    """Refuse when a fee or a figure is otherwise than in the preview."""
    if last_given(connection, POINTS) != review.last(PREVIEWED).body["fees_last"]:
        raise ReviewRefused("A fee was recorded since the preview. Preview the review again.")
    try:
        now = uplift_for(
            review.terms,
            review.effective_from,
            index_book(connection),
            wage_book(connection),
            review.award,
        )
    except NoRateYet as gone:
        raise ReviewRefused(f"A figure of the review does not stand any more: {gone}") from None
    if now != review.uplift:
        raise ReviewRefused(
            "An index value or a wage rate was imported since the draft that changes its figures: "
            f"{now.formula()} instead of {review.uplift.formula()}. Draft the review anew."
        )


def _refuse_another(connection: Connection, review_id: str) -> None:
    others = [other for other in unfinished(connection) if other != review_id]
    if others:
        raise ReviewRefused(
            f"The review {others[0]} is approved and not applied to the end. "
            f"Apply it first: fosterframe review apply {others[0]}."
        )
