"""Keeps price reviews: what each was drafted on, and the steps that it took."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select

from services.pricing.explaining.links import Award
from services.pricing.reviews.tracks import ReviewKind, ReviewRule, Track
from services.pricing.store.parts_json import parts_from, parts_text
from services.pricing.store.review_tables import (
    REVIEW_CHUNKS,
    REVIEW_STEPS,
    REVIEW_TRACKS,
    REVIEWS,
)
from services.pricing.terms.agreed import ReviewTerms, Uplift, uplift_of
from services.pricing.terms.model_yaml import TermsModel
from shared.days import london_day
from shared.errors import FosterframeError

DRAFTED: Final = "drafted"
PREVIEWED: Final = "previewed"
APPROVED: Final = "approved"
APPLIED: Final = "applied"
WITHDRAWN: Final = "withdrawn"

TOLD: Final = "told"
"""Under which name the step `applied` keeps what finance was told at the end."""


class ReviewRefused(FosterframeError):  # noqa: N818 - what became of the step
    """A step of a review cannot be taken; says why, and what to do."""


class NoReview(FosterframeError):  # noqa: N818 - the lookup's answer
    """There is no price review of that name."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done about a review, by whom and when."""

    step: str
    actor: str
    at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Review:
    """A price review with the steps that it took, the last one last.

    Args:
        models: the terms of each track as they were written, in the order of the tracks.
        tracks: the first is for every placement type that no other names.
        awarded_on: the day on which its application began, if it has.
        reverses: the review that it takes back.
    """

    id: str
    effective_from: date
    award: ReviewKind
    models: tuple[TermsModel, ...]
    tracks: tuple[Track, ...]
    drafted_by: str
    drafted_at: datetime
    steps: tuple[Step, ...] = ()
    awarded_on: date | None = None
    reverses: str | None = None

    @property
    def state(self) -> str:
        """The last step: drafted, previewed, approved, applied or withdrawn."""
        return self.steps[-1].step if self.steps else DRAFTED

    @property
    def model(self) -> TermsModel:
        """The terms of its first track as they were written."""
        return self.models[0]

    @property
    def terms(self) -> ReviewTerms:
        """The terms of its first track."""
        return self.tracks[0].terms

    @property
    def uplift(self) -> Uplift:
        """The uplift of its first track."""
        return self.tracks[0].uplift

    @property
    def rule(self) -> ReviewRule:
        """What of it decides what becomes of a fee."""
        return ReviewRule(
            self.id, self.effective_from, self.award, self.tracks, self.awarded_on, self.reverses
        )

    @property
    def needs_decision(self) -> bool:
        """Whether a rate is above what the terms let pass without a person's reason."""
        return self.award != "reversal" and any(each.uplift.needs_decision for each in self.tracks)

    def track_for(self, placement_type: str) -> Track | None:
        """Return the terms and the uplift of a placement type, if it has any for it."""
        return self.rule.track_for(placement_type)

    def last(self, step: str) -> Step:
        """Return the last step of a kind.

        Raises:
            KeyError: it was never taken.
        """
        for each in reversed(self.steps):
            if each.step == step:
                return each
        raise KeyError(step)


def keep_draft(connection: Connection, review: Review) -> None:
    """Keep a new review."""
    first, *further = [
        {
            "terms": model.model_dump_json(),
            "parts": parts_text(track.uplift.parts),
            "rate": track.uplift.rate,
        }
        for model, track in zip(review.models, review.tracks, strict=True)
    ]
    row = {
        "id": review.id,
        "effective_from": review.effective_from,
        "award": review.award,
        **first,
        "drafted_by": review.drafted_by,
        "drafted_at": review.drafted_at,
        "reverses": review.reverses,
    }
    connection.execute(insert(REVIEWS), [row])
    rows = [
        {"review_id": review.id, "number": number, **track}
        for number, track in enumerate(further, start=2)
    ]
    if rows:
        connection.execute(insert(REVIEW_TRACKS), rows)


def review_named(connection: Connection, review_id: str, *, hold: bool = False) -> Review:
    """Return a review.

    Args:
        connection: the transaction.
        review_id: the name of the review.
        hold: let nobody else take a step of it until the transaction ends.

    Raises:
        NoReview: there is none of that name; says which there are.
    """
    found = select(REVIEWS).where(REVIEWS.c.id == review_id)
    row = connection.execute(found.with_for_update(key_share=True) if hold else found).one_or_none()
    if row is None:
        known = ", ".join(known_reviews(connection))
        raise NoReview(f"There is no review {review_id}; there are: {known or 'none yet'}.")
    further = select(REVIEW_TRACKS).where(REVIEW_TRACKS.c.review_id == review_id)
    told = [row, *connection.execute(further.order_by(REVIEW_TRACKS.c.number))]
    models = tuple(TermsModel.model_validate_json(each.terms) for each in told)
    steps = select(REVIEW_STEPS).where(REVIEW_STEPS.c.review_id == review_id)
    began = select(func.min(REVIEW_CHUNKS.c.applied_at))
    began_at = connection.execute(began.where(REVIEW_CHUNKS.c.review_id == review_id)).scalar()
    return Review(
        id=row.id,
        effective_from=row.effective_from,
        award=row.award,
        models=models,
        tracks=tuple(
            _track(model.terms(), each.parts) for model, each in zip(models, told, strict=True)
        ),
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        steps=tuple(
            Step(step.step, step.actor, step.at, json.loads(step.body))
            for step in connection.execute(steps.order_by(REVIEW_STEPS.c.number))
        ),
        awarded_on=None if began_at is None else london_day(began_at),
        reverses=row.reverses,
    )


def _track(terms: ReviewTerms, parts: str) -> Track:
    return Track(terms, uplift_of(terms, parts_from(parts)))


def known_reviews(connection: Connection) -> list[str]:
    """Return the names of all reviews."""
    return list(connection.scalars(select(REVIEWS.c.id).order_by(REVIEWS.c.id)))


def unfinished(connection: Connection) -> list[str]:
    """Return the reviews that are approved and not applied to the end."""
    steps = select(REVIEW_STEPS.c.review_id, REVIEW_STEPS.c.step).order_by(REVIEW_STEPS.c.number)
    last = dict(row for row in connection.execute(steps))
    return sorted(review_id for review_id, step in last.items() if step == APPROVED)


def applied_reviews(connection: Connection) -> list[Review]:
    """Return the reviews that are applied to the end, in the order in which they were."""
    applied = select(REVIEW_STEPS.c.review_id).where(REVIEW_STEPS.c.step == APPLIED)
    found = [review_named(connection, each) for each in connection.scalars(applied).all()]
    return sorted(found, key=order_of)


def order_of(review: Review) -> tuple[int, datetime, str]:
    """Return by what approved reviews are put in order: each is applied before the next one."""
    approved = review.last(APPROVED)
    return approved.body.get("position", 0), approved.at, review.id


def approvals(connection: Connection) -> int:
    """Return how many approvals there have been."""
    approved = select(func.count()).where(REVIEW_STEPS.c.step == APPROVED)
    return connection.execute(approved.select_from(REVIEW_STEPS)).scalar_one()


def superseded_by(connection: Connection, review: Review) -> str | None:
    """Return the applied review of the same day that a review replaces, or takes back, if any."""
    of_its_day = [
        each.id
        for each in applied_reviews(connection)
        if each.effective_from == review.effective_from and each.id != review.id
    ]
    return of_its_day[-1] if of_its_day else None


def take_step(connection: Connection, review: Review, step: Step) -> None:
    """Add a step; two that are taken at once cannot both be kept."""
    row = {
        "review_id": review.id,
        "number": len(review.steps) + 1,
        "step": step.step,
        "actor": step.actor,
        "at": step.at,
        "body": json.dumps(step.body),
    }
    connection.execute(insert(REVIEW_STEPS), [row])


def decision_reference(connection: Connection, review_id: str) -> str:
    """Return the decision on which a review was approved."""
    return award_named(connection, review_id).decision_reference


def award_named(connection: Connection, review_id: str) -> Award:
    """Return a review as it was approved, for whoever explains a fee."""
    review = review_named(connection, review_id)
    approved = review.last(APPROVED)
    return Award(
        review_id=review.id,
        decision_reference=approved.body["decision_reference"],
        approved_by=approved.actor,
        rule=review.rule,
    )
