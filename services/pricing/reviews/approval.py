"""Approves a price review: another person, a decision, and exactly what was previewed."""

from typing import Any, Final

from sqlalchemy import Connection

from services.pricing.desk import Desk
from services.pricing.indices import AwardKind, NoRateYet
from services.pricing.reviews.draft import check_reference, refuse_overtaken, tracks_of
from services.pricing.reviews.preview import kept_digest
from services.pricing.store.fees import POINTS
from services.pricing.store.memberships import last_fact
from services.pricing.store.numbers import last_given, stand_still
from services.pricing.store.review_lines import chunks_of
from services.pricing.store.reviews import (
    APPROVED,
    PREVIEWED,
    Review,
    ReviewRefused,
    Step,
    approvals,
    review_named,
    take_step,
    unfinished,
)
from shared.money import percentage_text

LONGEST_REASON: Final = 600


def approve(
    desk: Desk,
    review_id: str,
    *,
    actor: str,
    decision_reference: str,
    digest: str,
    above_because: str = "",
) -> Review:
    """Bind a decision to what was previewed.

    Args:
        desk: where it is done.
        review_id: the review.
        actor: who approves; not who drafted or previewed.
        decision_reference: the decision on which this rests.
        digest: that of the preview which the approver has read.
        above_because: why a rate is approved that is above what the terms let pass.

    Raises:
        ReviewRefused: it was not previewed, or otherwise than by the digest; it is the same person;
            no reason for the rate; an input has changed; or another review is not applied yet.
    """
    check_reference("actor", actor)
    check_reference("decision reference", decision_reference)
    with desk.database.transaction() as connection:
        review = review_named(connection, review_id, hold=True)
        if review.state != PREVIEWED:
            raise ReviewRefused(f"The review {review_id} is {review.state}, not previewed.")
        _refuse_other_lines(connection, review, digest)
        _refuse_same_person(review, actor)
        _refuse_above(review, above_because)
        # Until the commit no fee is recorded, and no other review is approved beside this one.
        stand_still(connection, POINTS)
        _refuse_changed(connection, review)
        _refuse_another(connection, review_id)
        refuse_overtaken(connection, review)
        body = _body(connection, decision_reference, digest, above_because)
        take_step(connection, review, Step(APPROVED, actor, desk.clock.now(), body))
        return review_named(connection, review_id)


def _body(
    connection: Connection, decision_reference: str, digest: str, above_because: str
) -> dict[str, Any]:
    """Return what is kept of an approval: also which one it is, and what was known by then."""
    body: dict[str, Any] = {
        "decision_reference": decision_reference,
        "digest": digest,
        "position": approvals(connection) + 1,
        "facts_last": last_fact(connection),
    }
    return body | ({"above_because": above_because} if above_because else {})


def _refuse_same_person(review: Review, actor: str) -> None:
    makers = {review.drafted_by.casefold(), review.last(PREVIEWED).actor.casefold()}
    if actor.casefold() in makers:
        raise ReviewRefused(
            f"{actor} drafted or previewed this review. Another person has to approve it."
        )


def _refuse_above(review: Review, above_because: str) -> None:
    """Refuse a rate above what the terms let pass, unless a person says why."""
    if len(above_because) > LONGEST_REASON:
        raise ReviewRefused(f"The reason has to be {LONGEST_REASON} characters at most.")
    if not review.needs_decision or above_because.strip():
        return
    above = next(each for each in review.tracks if each.uplift.needs_decision)
    blended = percentage_text(above.uplift.blended)
    limit = above.terms.review_above
    raise ReviewRefused(
        f"The rate of {blended} % is above the {limit} % from which the terms "
        f"{above.terms.version} want it reviewed. Approve it with the reason for doing so "
        "(--above-because), or draft a review on other terms."
    )


def _refuse_other_lines(connection: Connection, review: Review, digest: str) -> None:
    """Refuse when the approver read another preview, or other lines are kept than were read."""
    if digest != review.last(PREVIEWED).body["digest"]:
        raise ReviewRefused(
            "The digest is not the one of the last preview. Read that preview, and approve it "
            f"by its own digest: fosterframe review show {review.id}."
        )
    is_whole = any(each.spot for each in chunks_of(connection, review.id))
    if not is_whole or digest != kept_digest(connection, review):
        raise ReviewRefused(
            "Another preview was begun since, and its lines are kept instead. "
            f"Preview the review again: fosterframe review preview {review.id}."
        )


def _refuse_changed(connection: Connection, review: Review) -> None:
    """Refuse when a fee or a figure is otherwise than in the preview."""
    if last_given(connection, POINTS) != review.last(PREVIEWED).body["fees_last"]:
        raise ReviewRefused(
            "A fee was recorded since the preview, or an agency joined or left. "
            "Preview the review again."
        )
    if review.award == "reversal":
        return
    kind: AwardKind = "provisional" if review.award == "provisional" else "final"
    try:
        now = tracks_of(connection, review.models, review.effective_from, kind)
    except NoRateYet as gone:
        raise ReviewRefused(f"A figure of the review does not stand any more: {gone}") from None
    for track, drafted in zip(now, review.tracks, strict=True):
        if track.uplift != drafted.uplift:
            raise ReviewRefused(
                "An index value or a wage rate was imported since the draft that changes its "
                f"figures: {track.uplift.formula()} instead of {drafted.uplift.formula()}. "
                "Draft the review anew."
            )


def _refuse_another(connection: Connection, review_id: str) -> None:
    others = [other for other in unfinished(connection) if other != review_id]
    if others:
        raise ReviewRefused(
            f"The review {others[0]} is approved and not applied to the end. "
            f"Apply it first: fosterframe review apply {others[0]}; or withdraw it."
        )
