"""Applies the lines of price reviews, and keeps which portions are and what each has sent."""

import json
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, func, insert, literal, select, update

from services.pricing.store.fees import POINTS, Numbers
from services.pricing.store.numbers import allot
from services.pricing.store.review_tables import REVIEW_CHUNKS, REVIEW_LINES
from services.pricing.store.tables import FEE_POINTS
from shared.money import Money


def record_lines(
    connection: Connection,
    review_id: str,
    numbers: Numbers,
    valid_from: date,
    awarded_on: date,
    now: datetime,
) -> None:
    """Record the fees that rise or go back on the lines of some families.

    The database copies them by itself: to carry each line here and back took a quarter of the
    time of a review.
    """
    moving = and_(
        REVIEW_LINES.c.review_id == review_id,
        REVIEW_LINES.c.family_id.between(numbers.first, numbers.last),
        _moves(),
    )
    count = connection.execute(select(func.count()).select_from(REVIEW_LINES).where(moving))
    first = allot(connection, POINTS, count.scalar_one()).start
    in_order = func.row_number().over(order_by=(REVIEW_LINES.c.family_id, REVIEW_LINES.c.age_band))
    told = {
        FEE_POINTS.c.number: in_order + (first - 1),
        FEE_POINTS.c.family_id: REVIEW_LINES.c.family_id,
        FEE_POINTS.c.age_band: REVIEW_LINES.c.age_band,
        FEE_POINTS.c.valid_from: literal(valid_from, FEE_POINTS.c.valid_from.type),
        FEE_POINTS.c.weekly: REVIEW_LINES.c.after,
        FEE_POINTS.c.cause: literal("review", FEE_POINTS.c.cause.type),
        FEE_POINTS.c.reference: literal(review_id, FEE_POINTS.c.reference.type),
        FEE_POINTS.c.recorded_at: literal(now, FEE_POINTS.c.recorded_at.type),
        FEE_POINTS.c.unrounded: REVIEW_LINES.c.unrounded,
        FEE_POINTS.c.awarded_on: literal(awarded_on, FEE_POINTS.c.awarded_on.type),
    }
    lines = select(*told.values()).where(moving)
    connection.execute(insert(FEE_POINTS).from_select(list(told), lines))


def mark_applied(
    connection: Connection,
    review_id: str,
    chunk: int,
    price_changes: int,
    arrears: Money,
    unpriced: Sequence[str],
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
        .values(
            applied_at=now,
            price_changes=price_changes,
            arrears=arrears,
            unpriced=json.dumps(sorted(unpriced)) if unpriced else None,
        )
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


def unpriced_of(connection: Connection, review_id: str) -> list[str]:
    """Return the placements for some of whose days no fee was found while it was applied."""
    texts = select(REVIEW_CHUNKS.c.unpriced).where(
        REVIEW_CHUNKS.c.review_id == review_id, REVIEW_CHUNKS.c.unpriced.is_not(None)
    )
    return sorted({each for text in connection.scalars(texts) for each in json.loads(text)})


def _moves() -> ColumnElement[bool]:
    # A line that was kept before there was an outcome rises unless it says why not.
    outcome = func.coalesce(REVIEW_LINES.c.outcome, REVIEW_LINES.c.because)
    return outcome.in_(("uplifted", "restored", ""))
