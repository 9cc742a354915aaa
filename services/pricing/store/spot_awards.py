"""Keeps which reviews have begun to move spot fees, by their terms, from their day on."""

from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from services.pricing.reviews.spot import SpotReview
from services.pricing.store.review_tables import REVIEWS, SPOT_AWARDS
from services.pricing.store.reviews import Review, order_of, review_named


def spot_awards(connection: Connection) -> tuple[SpotReview, ...]:
    """Return the reviews that decide on spot fees, in the order in which they were applied."""
    rows = connection.execute(select(SPOT_AWARDS)).all()
    reviews = {row.review_id: review_named(connection, row.review_id) for row in rows}
    ordered = sorted(rows, key=lambda row: order_of(reviews[row.review_id]))
    return tuple(SpotReview(reviews[row.review_id].rule, row.awarded_on) for row in ordered)


def decides_on_spot(connection: Connection, review: Review) -> bool:
    """Say whether a review moves spot fees, or puts back what an earlier one of its day moved."""
    if review.award != "reversal" and any(each.terms.uplifts_spot for each in review.tracks):
        return True
    of_its_day = (
        select(SPOT_AWARDS.c.review_id)
        .join(REVIEWS, REVIEWS.c.id == SPOT_AWARDS.c.review_id)
        .where(REVIEWS.c.effective_from == review.effective_from)
    )
    return connection.execute(of_its_day.limit(1)).first() is not None


def begin_spot_award(
    connection: Connection, review: Review, awarded_on: date, now: datetime
) -> bool:
    """Let a review move spot fees from now on; say whether it did not before."""
    known = select(SPOT_AWARDS.c.review_id).where(SPOT_AWARDS.c.review_id == review.id)
    if connection.execute(known).first() is not None:
        return False
    row = {
        "review_id": review.id,
        "effective_from": review.effective_from,
        "awarded_on": awarded_on,
        "recorded_at": now,
    }
    connection.execute(insert(SPOT_AWARDS), [row])
    return True
