"""Keeps price reviews: what each was drafted on, its lines, and the steps that it took."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from services.pricing.explain import Award
from services.pricing.fees import FeeFamily, FeeKey
from services.pricing.indices import AwardKind
from services.pricing.review import ReviewLine
from services.pricing.store.fees import Numbers
from services.pricing.store.parts_json import parts_from, parts_text
from services.pricing.store.tables import (
    FEE_FAMILIES,
    REVIEW_CHUNKS,
    REVIEW_LINES,
    REVIEW_STEPS,
    REVIEWS,
)
from services.pricing.terms import ReviewTerms, Uplift, uplift_of
from services.pricing.terms_yaml import TermsModel
from shared.errors import FosterframeError
from shared.money import NOTHING, Money
from shared.persistence.bulk import insert_rows

DRAFTED: Final = "drafted"
PREVIEWED: Final = "previewed"
APPROVED: Final = "approved"
APPLIED: Final = "applied"


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
    """A price review with the steps that it took, the last one last."""

    id: str
    effective_from: date
    award: AwardKind
    model: TermsModel
    uplift: Uplift
    drafted_by: str
    drafted_at: datetime
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        """The last step: drafted, previewed, approved or applied."""
        return self.steps[-1].step if self.steps else DRAFTED

    @property
    def terms(self) -> ReviewTerms:
        """The terms that it was drafted on."""
        return self.model.terms()

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
    row = {
        "id": review.id,
        "effective_from": review.effective_from,
        "award": review.award,
        "terms": review.model.model_dump_json(),
        "parts": parts_text(review.uplift.parts),
        "rate": review.uplift.rate,
        "drafted_by": review.drafted_by,
        "drafted_at": review.drafted_at,
    }
    connection.execute(insert(REVIEWS), [row])


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
    row = connection.execute(found.with_for_update() if hold else found).one_or_none()
    if row is None:
        known = ", ".join(known_reviews(connection))
        raise NoReview(f"There is no review {review_id}; there are: {known or 'none yet'}.")
    model = TermsModel.model_validate_json(row.terms)
    steps = select(REVIEW_STEPS).where(REVIEW_STEPS.c.review_id == review_id)
    return Review(
        id=row.id,
        effective_from=row.effective_from,
        award=row.award,
        model=model,
        uplift=uplift_of(model.terms(), parts_from(row.parts)),
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        steps=tuple(
            Step(step.step, step.actor, step.at, json.loads(step.body))
            for step in connection.execute(steps.order_by(REVIEW_STEPS.c.number))
        ),
    )


def known_reviews(connection: Connection) -> list[str]:
    """Return the names of all reviews."""
    return list(connection.scalars(select(REVIEWS.c.id).order_by(REVIEWS.c.id)))


def unfinished(connection: Connection) -> list[str]:
    """Return the reviews that are approved and not applied to the end."""
    steps = select(REVIEW_STEPS.c.review_id, REVIEW_STEPS.c.step).order_by(REVIEW_STEPS.c.number)
    last = dict(row for row in connection.execute(steps))
    return sorted(review_id for review_id, step in last.items() if step == APPROVED)


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
        effective_from=review.effective_from,
        terms=review.terms,
        uplift=review.uplift,
    )


def forget_lines(connection: Connection, review_id: str) -> None:
    """Remove the lines of an earlier preview, none of which is applied."""
    connection.execute(delete(REVIEW_LINES).where(REVIEW_LINES.c.review_id == review_id))
    connection.execute(delete(REVIEW_CHUNKS).where(REVIEW_CHUNKS.c.review_id == review_id))


def keep_lines(
    connection: Connection,
    review_id: str,
    chunk: int,
    numbers: Numbers,
    lines: Iterable[tuple[int, ReviewLine]],
) -> None:
    """Keep the lines of one portion of families."""
    rows = [
        {
            "review_id": review_id,
            "family_id": family_id,
            "age_band": line.key.age_band,
            "before": line.before,
            "after": line.after,
            "because": line.because,
            "placements": line.placements,
        }
        for family_id, line in lines
    ]
    insert_rows(connection, REVIEW_LINES, rows)
    portion = {
        "review_id": review_id,
        "chunk": chunk,
        "first_family": numbers.first,
        "last_family": numbers.last,
        "lines": len(rows),
        "price_changes": 0,
        "arrears": NOTHING,
    }
    connection.execute(insert(REVIEW_CHUNKS), [portion])


def lines_of(connection: Connection, review_id: str) -> Iterator[ReviewLine]:
    """Yield the lines of a review as they are kept, without holding them all."""
    found = _line_columns().where(REVIEW_LINES.c.review_id == review_id)
    return _lines(connection, found)


def lines_between(connection: Connection, review_id: str, numbers: Numbers) -> list[ReviewLine]:
    """Return the lines of the families from one number to another."""
    found = _line_columns().where(
        REVIEW_LINES.c.review_id == review_id,
        REVIEW_LINES.c.family_id.between(numbers.first, numbers.last),
    )
    return list(_lines(connection, found))


def chunks_to_apply(connection: Connection, review_id: str) -> list[tuple[int, Numbers]]:
    """Return the portions that are not applied yet, in order."""
    waiting = (
        select(REVIEW_CHUNKS)
        .where(REVIEW_CHUNKS.c.review_id == review_id, REVIEW_CHUNKS.c.applied_at.is_(None))
        .order_by(REVIEW_CHUNKS.c.chunk)
    )
    return [
        (row.chunk, Numbers(row.first_family, row.last_family, row.lines))
        for row in connection.execute(waiting)
    ]


def mark_applied(
    connection: Connection,
    review_id: str,
    chunk: int,
    price_changes: int,
    arrears: Money,
    now: datetime,
) -> bool:
    """Mark a portion as applied; say whether it was not applied before."""
    marked = connection.execute(
        update(REVIEW_CHUNKS)
        .where(
            REVIEW_CHUNKS.c.review_id == review_id,
            REVIEW_CHUNKS.c.chunk == chunk,
            REVIEW_CHUNKS.c.applied_at.is_(None),
        )
        .values(applied_at=now, price_changes=price_changes, arrears=arrears)
    )
    return marked.rowcount == 1


def counts_of(connection: Connection, review_id: str) -> tuple[int, Money]:
    """Return how many price changes a review's application has sent, and their arrears."""
    sums = select(
        func.coalesce(func.sum(REVIEW_CHUNKS.c.price_changes), 0),
        func.coalesce(func.sum(REVIEW_CHUNKS.c.arrears), 0, type_=REVIEW_CHUNKS.c.arrears.type),
    ).where(REVIEW_CHUNKS.c.review_id == review_id)
    price_changes, arrears = connection.execute(sums).one()
    return int(price_changes), arrears


def _line_columns() -> Any:  # noqa: ANN401 - a select, whose row type SQLAlchemy cannot tell from *columns
    return (
        select(
            FEE_FAMILIES.c.agency,
            FEE_FAMILIES.c.purchaser,
            FEE_FAMILIES.c.placement_type,
            FEE_FAMILIES.c.need_category,
            REVIEW_LINES.c.age_band,
            REVIEW_LINES.c.before,
            REVIEW_LINES.c.after,
            REVIEW_LINES.c.because,
            REVIEW_LINES.c.placements,
        )
        .join(FEE_FAMILIES, FEE_FAMILIES.c.id == REVIEW_LINES.c.family_id)
        .order_by(REVIEW_LINES.c.family_id, REVIEW_LINES.c.age_band)
    )


def _lines(connection: Connection, found: Any) -> Iterator[ReviewLine]:  # noqa: ANN401 - as above
    for row in connection.execute(found).yield_per(1000):
        family = FeeFamily(*row[:4])
        yield ReviewLine(FeeKey(*family, row[4]), *row[5:])
