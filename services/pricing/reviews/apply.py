"""Applies an approved price review, portion by portion; after a crash it goes on where it was."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from services.pricing.desk import SERVICE, Desk, Progress, no_progress
from services.pricing.fee_book.leaving import look_at_those_told_since
from services.pricing.fee_book.recompounding import recompound, rules_from
from services.pricing.placements.repricing import Repriced, reprice, reprice_families
from services.pricing.reviews.draft import check_reference
from services.pricing.reviews.tracks import ReviewRule
from services.pricing.store.fee_book import move_all
from services.pricing.store.fees import POINTS, Numbers, family_ids, strange_point
from services.pricing.store.numbers import stand_still
from services.pricing.store.price_changes import placements_changed_by
from services.pricing.store.review_lines import Chunk, chunks_of, spot_ids
from services.pricing.store.review_messages import FINISHED, cause_of
from services.pricing.store.review_progress import (
    counts_of,
    mark_applied,
    record_lines,
    unpriced_of,
)
from services.pricing.store.reviews import (
    APPLIED,
    APPROVED,
    PREVIEWED,
    TOLD,
    Review,
    ReviewRefused,
    Step,
    review_named,
    superseded_by,
    take_step,
)
from services.pricing.store.spot_awards import begin_spot_award, decides_on_spot
from services.pricing.timeline import Cause
from shared.contracts.catalogue import REVIEW_APPLIED
from shared.contracts.price import ReviewApplied, ReviewTotal, ServiceLineTotal, TrackUplift
from shared.messaging.work import Work
from shared.money import Percentage, pounds

_NO_UPLIFT: Final = Percentage(Decimal(0))


class _Application(NamedTuple):
    """What does not change from one portion of a review to the next.

    Args:
        awarded_on: the day on which the first portion was applied.
        later: the reviews of later days that are applied already, by day.
        last_spot: the portion of spot placements that stays open at its end.
    """

    review: Review
    awarded_on: date
    later: Sequence[ReviewRule]
    last_spot: int | None


def apply(
    desk: Desk, review_id: str, *, actor: str, progress: Progress = no_progress
) -> tuple[ReviewApplied, list[str]]:
    """Record the fees that move and tell finance of every placement whose fee changes.

    Each portion is one transaction, so that no line is applied twice, however often this is
    interrupted and called again.

    Returns:
        What finance is told at the end, and the placements for some of whose days the framework
        holds no fee, about which finance was told nothing new.

    Raises:
        ReviewRefused: it is not approved, or applied already; or a fee was recorded since that
            the approver did not see.
    """
    check_reference("actor", actor)
    application, chunks = _application(desk, review_id)
    total = sum(chunk.lines for chunk in chunks)
    lines = sum(chunk.lines for chunk in chunks if chunk.is_applied)
    after = ""
    for chunk in chunks:
        if not chunk.is_applied:
            with desk.work(f"{cause_of(review_id)}{chunk.chunk}") as work:
                _apply_portion(desk, work, application, chunk, after)
            lines += chunk.lines
            progress(lines, total)
        after = chunk.last_placement
    with desk.work(f"{cause_of(review_id)}{FINISHED}") as work:
        told = _finish(work, application.review, actor)
        unpriced = unpriced_of(work.connection, review_id)
        _catch_up(work, desk, application.review)
    return told, unpriced


def _application(desk: Desk, review_id: str) -> tuple[_Application, list[Chunk]]:
    """Return what the portions have in common, and the portions."""
    with desk.database.transaction() as connection:
        review = _approved(connection, review_id)
        chunks = chunks_of(connection, review_id)
        later = rules_from(connection, review.effective_from + timedelta(days=1))
    application = _Application(
        review,
        review.awarded_on or desk.clock.today(),
        later,
        max((each.chunk for each in chunks if each.spot), default=None),
    )
    return application, chunks


def _approved(connection: Connection, review_id: str) -> Review:
    review = review_named(connection, review_id)
    if review.state != APPROVED:
        raise ReviewRefused(f"The review {review_id} is {review.state}, not approved.")
    return review


def _apply_portion(
    desk: Desk, work: Work, application: _Application, chunk: Chunk, after: str
) -> None:
    # Until the commit nobody records a fee, nor prices a placement by the fees from before.
    stand_still(work.connection, POINTS)
    # It may have been withdrawn since, or applied to the end by somebody else.
    review = _approved(work.connection, application.review.id)
    because = Cause("review", review.id, review.effective_from)
    if chunk.spot:
        repriced = _apply_to_spot(desk, work, application, chunk, after, because)
    else:
        _record(work, application, chunk.numbers)
        repriced = reprice_families(work, desk.framework, chunk.numbers, because)
    marked = mark_applied(
        work.connection,
        review.id,
        chunk.chunk,
        repriced.price_changes,
        repriced.arrears,
        repriced.unpriced,
        work.now,
    )
    if not marked:
        raise ReviewRefused(f"Somebody else is applying the review {review.id} at this moment.")


def _record(work: Work, application: _Application, numbers: Numbers) -> None:
    """Record the fees of some families, and what later reviews make of them."""
    review = application.review
    previewed = review.last(PREVIEWED).body
    strange = strange_point(
        work.connection, numbers, after=previewed["fees_last"], besides=review.id
    )
    if strange is not None:
        raise ReviewRefused(
            f"A fee was recorded since the preview ({strange}). It stands; the rest of the review "
            "cannot be applied on top of what the approver did not see. Draft a new one."
        )
    record_lines(
        work.connection,
        review.id,
        numbers,
        review.effective_from,
        application.awarded_on,
        work.now,
    )
    if application.later:
        recompound(work, family_ids(work.connection, numbers), application.later)


def _apply_to_spot(
    desk: Desk,
    work: Work,
    application: _Application,
    chunk: Chunk,
    after: str,
    because: Cause,
) -> Repriced:
    """Let the review move spot fees from now on, and tell of the placements of one portion."""
    review = application.review
    if not decides_on_spot(work.connection, review):
        return Repriced()
    if begin_spot_award(work.connection, review, application.awarded_on, work.now):
        move_all(work.connection)
    upto = None if chunk.chunk == application.last_spot else chunk.last_placement
    ids = spot_ids(work.connection, after, upto)
    return reprice(work, desk.framework, ids, because)


def _catch_up(work: Work, desk: Desk, review: Review) -> None:
    """Look at the agencies that joined or left while the review waited.

    What finance hears of that is no message of the review, and does not add up to its figures.
    """
    beside = Work(work.connection, desk.clock, SERVICE, f"memberships:{review.id}")
    look_at_those_told_since(beside, desk.framework, review)
    beside.finish()


def _finish(work: Work, review: Review, actor: str) -> ReviewApplied:
    """Take the last step, and send finance the control totals."""
    stand_still(work.connection, POINTS)
    review = _approved(work.connection, review.id)
    supersedes = superseded_by(work.connection, review)
    approved, previewed = review.last(APPROVED), review.last(PREVIEWED).body
    price_changes, arrears = counts_of(work.connection, review.id)
    total = previewed["total"]
    told = ReviewApplied(
        review_id=review.id,
        decision_reference=approved.body["decision_reference"],
        effective_from=review.effective_from,
        uplift=_NO_UPLIFT if review.award == "reversal" else review.uplift.rate,
        preview_digest=previewed["digest"],
        approved_by=approved.actor,
        fees_uplifted=total["fees_uplifted"],
        fees_excluded=total["fees_excluded"],
        totals=tuple(_total(name, one) for name, one in previewed["by_purchaser"].items()),
        placements_changed=placements_changed_by(work.connection, review.id),
        price_changes=price_changes,
        arrears_total=arrears,
        annual_effect=pounds(total["annual_effect"]),
        further_uplifts=_further(review),
        supersedes=supersedes,
        fees_restored=total.get("fees_restored", 0),
        service_lines=tuple(map(_service_line, previewed.get("service_lines", ()))),
    )
    written = told.model_dump_json()
    # What it counts may be purged later; what finance was told must be told again as it was.
    take_step(work.connection, review, Step(APPLIED, actor, work.now, {TOLD: written}))
    work.send(work.follow(REVIEW_APPLIED, review.id, told), written=written.encode())
    return told


def _further(review: Review) -> tuple[TrackUplift, ...]:
    if review.award == "reversal":
        return ()
    return tuple(
        TrackUplift(placement_types=track.placement_types, uplift=track.uplift.rate)
        for track in review.tracks[1:]
    )


def _total(purchaser: str, told: dict[str, Any]) -> ReviewTotal:
    return ReviewTotal(
        purchaser=purchaser,
        fees_uplifted=told["fees_uplifted"],
        weekly_before=pounds(told["weekly_before"]),
        weekly_after=pounds(told["weekly_after"]),
    )


def _service_line(told: dict[str, Any]) -> ServiceLineTotal:
    return ServiceLineTotal(
        purchaser=told["purchaser"],
        service_line=told["service_line"],
        placements=told["placements"],
        weekly_before=pounds(told["weekly_before"]),
        weekly_after=pounds(told["weekly_after"]),
        annual_effect=pounds(told["annual_effect"]),
    )
