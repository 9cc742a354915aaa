"""What pricing does when finance says that it has booked a message: keep it, to be compared."""

from typing import Final

from services.pricing.finance.acknowledgement import Acknowledgement
from services.pricing.store.acknowledgements import (
    acknowledged_events,
    acknowledgement_row,
    messages_told,
)
from services.pricing.store.old_placements import purged_among
from services.pricing.store.review_messages import applied_message_id
from services.pricing.store.reviews import APPLIED, NoReview, review_named
from services.pricing.store.tables import ACKNOWLEDGEMENTS
from shared.contracts.catalogue import FINANCE_ACKNOWLEDGED
from shared.contracts.event import Event
from shared.contracts.finance import BookedPriceChange, BookedReview, FinanceAcknowledged
from shared.errors import CannotSucceed
from shared.messaging.work import Work

_TOLD: Final = "told"
_KEPT: Final = "acknowledged"
_ADVICE: Final = (
    "Take the id, the placement and the sequence from the message that was booked. After a "
    "restore of pricing's database, first see what it lost."
)


def acknowledge(work: Work, event: Event[FinanceAcknowledged]) -> None:
    """Keep what finance has booked; whether its figures are ours is for `reconcile` to say.

    Raises:
        CannotSucceed: no such message was sent, or not about that placement or review.
    """
    if event.id in _kept_already(work):
        return
    told = event.data
    kept = Acknowledgement(
        event_id=event.id,
        message_id=told.message_id,
        # An event without a time was said when it came, and none is said later than it comes:
        # finance's clock may be wrong, and what it says next has to count.
        told_at=min(event.time, work.now) if event.time.timestamp() > 0 else work.now,
        arrears=(told.price_change or told.review).arrears_total,  # type: ignore[union-attr]  # by contract one of them
    )
    if told.price_change is not None:
        _check_price_change(work, told.message_id, told.price_change)
        booked = told.price_change
        kept = kept._replace(
            placement_id=booked.placement_id,
            sequence=booked.sequence,
            new_weekly=booked.new_weekly,
        )
    if told.review is not None:
        _check_review(work, told.message_id, told.review)
        kept = kept._replace(
            review_id=told.review.review_id, price_changes=told.review.price_changes
        )
    work.add(ACKNOWLEDGEMENTS, acknowledgement_row(kept, work.now))
    work.record(FINANCE_ACKNOWLEDGED, kept.subject, kept.sealed())


def _check_price_change(work: Work, message_id: str, booked: BookedPriceChange) -> None:
    key = (booked.placement_id, booked.sequence)
    sent = _sent(work).get(key)
    if sent == message_id:
        return
    if sent is not None:
        raise CannotSucceed(
            "the price change of this placement and sequence has another id",
            field="data.message_id",
            advice=_ADVICE,
        )
    if purged_among(work.connection, [booked.placement_id]):
        raise CannotSucceed(
            "the placement ended long ago and was purged",
            field="data.price_change.placement_id",
            advice="What was told of it is no longer kept here to be compared with.",
        )
    known = messages_told(work.connection, [booked.placement_id], [1])
    raise CannotSucceed(
        "no price change with this sequence was sent about the placement"
        if known
        else "no price change was sent about a placement of this id",
        field=f"data.price_change.{'sequence' if known else 'placement_id'}",
        advice=_ADVICE,
    )


def _check_review(work: Work, message_id: str, booked: BookedReview) -> None:
    try:
        review = review_named(work.connection, booked.review_id)
    except NoReview:
        review = None
    if review is None or review.state != APPLIED:
        raise CannotSucceed(
            "no review of this id was applied", field="data.review.review_id", advice=_ADVICE
        )
    if message_id != applied_message_id(booked.review_id):
        raise CannotSucceed(
            "the review.applied.v1 of this review has another id",
            field="data.message_id",
            advice=_ADVICE,
        )


def _kept_already(work: Work) -> set[str]:
    if _KEPT not in work.memory:
        ids = [each.id for each in work.batch if isinstance(each.data, FinanceAcknowledged)]
        work.memory[_KEPT] = acknowledged_events(work.connection, ids)
    kept: set[str] = work.memory[_KEPT]
    return kept


def _sent(work: Work) -> dict[tuple[str, int], str]:
    """Return which messages were sent, of those that the batch is about; read once for all."""
    if _TOLD not in work.memory:
        data = [each.data for each in work.batch if isinstance(each.data, FinanceAcknowledged)]
        booked = [one.price_change for one in data if one.price_change is not None]
        work.memory[_TOLD] = messages_told(
            work.connection,
            {one.placement_id for one in booked},
            {one.sequence for one in booked},
        )
    sent: dict[tuple[str, int], str] = work.memory[_TOLD]
    return sent
