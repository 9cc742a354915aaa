"""What two do at once on one database: a batch of messages, a review's steps, an import."""

import threading
from datetime import date

from services.pricing.store.fees import NewFee, record_fees
from services.pricing.store.reviews import ReviewRefused
from shared.messaging.batch import Intake
from tests.pricing.pricing_service import MORNING, ended, started, tendered

STARTED = "placement.started.v1"
A_MOMENT = 1


def hearing_while(pricing, meanwhile, placement_id, *events):
    """Take events in one batch; just before a placement's start, let somebody else work too."""
    other = threading.Thread(target=meanwhile)
    start = pricing.intake.handlers[STARTED]

    def start_meanwhile(work, event):
        if event.data.placement_id == placement_id and other.ident is None:
            other.start()
            # On SQLite, which has one writer, the other one waits for the end of the batch.
            other.join(A_MOMENT)
        start(work, event)

    pricing.intake = Intake(
        service="pricing",
        database=pricing.database,
        handlers={**pricing.intake.handlers, STARTED: start_meanwhile},
        clock=pricing.clock,
    )
    pricing.hears(*events)
    other.join()


def test_a_placement_after_a_refused_message_is_priced_by_the_review_applied_meanwhile(ready):
    review = ready.previews(ready.drafts().id)
    ready.approves(review)

    hearing_while(
        ready, lambda: ready.applies(review.id), "P2", ended(date(2026, 1, 1)), started("P2")
    )

    assert len(ready.retried()) == 1
    assert not ready.mismatches()


def test_a_review_is_not_approved_beside_a_fee_that_is_being_recorded(ready):
    review = ready.previews(ready.drafts().id)
    became = []
    approval = threading.Thread(target=lambda: became.append(outcome_of(ready, review)))

    with ready.database.transaction() as connection:
        record_fees(connection, [NewFee(*tendered("910.00", "5-10", ref="t-2"))], MORNING)
        approval.start()
        approval.join(A_MOMENT)
    approval.join()

    (said,) = became
    assert said.startswith("A fee was recorded since the preview, or an agency joined or left.")


def outcome_of(pricing, review):
    try:
        return pricing.approves(review).state
    except ReviewRefused as refused:
        return str(refused)
