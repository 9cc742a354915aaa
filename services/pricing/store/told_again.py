"""Makes what finance and case management were told again, from what is kept of it."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, select

from services.pricing.changes import Arrears
from services.pricing.store.price_changes import arrears_told
from services.pricing.store.review_messages import FINISHED, cause_of, review_of_portion
from services.pricing.store.review_tables import REVIEW_STEPS
from services.pricing.store.reviews import APPLIED, TOLD
from services.pricing.store.tables import SHORTLISTS
from shared.contracts import price

Decided = Callable[[str], str]
"""Gives the decision reference of a price review."""


class Window(NamedTuple):
    """What is read: told between two instants, both included; of one subject, or of all."""

    since: datetime
    until: datetime
    subject: str | None


class ReviewTold(NamedTuple):
    """What finance was told at the end of a review, as its step keeps it."""

    review_id: str
    applied_at: datetime
    step: str


def price_changed(row: Row[Any], decision_of: Decided) -> price.PriceChanged:
    """Return what a message to finance said, from the row that keeps it.

    Every field that this message has is made here as it was made then. A field that the contract
    gains later must be left out of what was told before, or its bytes would be others.
    """
    causes = tuple(
        price.Cause(cause=word, reference=reference, on=date.fromisoformat(on))
        # Neither a word of a cause nor its reference has a space in it: the contract lets none in.
        for word, reference, on in (one.split(" ") for one in row.causes.split("; ") if one)
    )
    decided_by = next((each.reference for each in causes if each.cause == "review"), None)
    return price.PriceChanged(
        placement_id=row.placement_id,
        sequence=row.sequence,
        agency=row.agency,
        purchaser=row.purchaser,
        service_line=row.service_line,
        funding=row.funding,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        old_weekly=row.old_weekly,
        new_weekly=row.new_weekly,
        causes=causes,
        arrears=tuple(map(arrears_line, arrears_told(row))),
        arrears_total=row.arrears,
        as_of=row.as_of,
        review_id=review_of_portion(row.caused_by),
        decision_reference=None if decided_by is None else decision_of(decided_by),
    )


def arrears_line(line: Arrears) -> price.ArrearsLine:
    """Return a line of arrears as it is told."""
    return price.ArrearsLine(
        first_day=line.first_day,
        day_after_last=line.day_after_last,
        days=line.days,
        old_weekly=line.old_weekly,
        new_weekly=line.new_weekly,
        amount=line.amount,
    )


def shortlists_told(
    connection: Connection, window: Window, after: int, limit: int
) -> Sequence[Row[Any]]:
    """Return some more of the shortlists that were told, after a number, in order."""
    kept = SHORTLISTS.c
    found = select(SHORTLISTS).where(kept.number > after, *_within(kept.recorded_at, window))
    if window.subject is not None:
        found = found.where(kept.referral_id == window.subject)
    return connection.execute(found.order_by(kept.number).limit(limit)).all()


def reviews_told(connection: Connection, window: Window) -> list[ReviewTold]:
    """Return what was told of the reviews that were applied, in order; there are few."""
    kept = REVIEW_STEPS.c
    found = select(REVIEW_STEPS).where(kept.step == APPLIED, *_within(kept.at, window))
    if window.subject is not None:
        found = found.where(kept.review_id == window.subject)
    steps = connection.execute(found.order_by(kept.at, kept.review_id))
    return [ReviewTold(step.review_id, step.at, step.body) for step in steps]


def applied_json(step: str) -> bytes:
    """Return what finance was told, by the step of a review; nothing where older code told it."""
    told: str = json.loads(step).get(TOLD, "")
    return told.encode()


def applied_cause(review_id: str) -> str:
    """Return what causes the message that a review was applied."""
    return f"{cause_of(review_id)}{FINISHED}"


def _within(instant: "ColumnElement[datetime]", window: Window) -> list[ColumnElement[bool]]:
    return [instant >= window.since, instant <= window.until]
