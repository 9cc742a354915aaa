"""What two do at once on one database: a batch of messages, a review's steps, an import."""

import threading
from datetime import date

from services.pricing.store.reviews import ReviewRefused
from shared.messaging.batch import Intake
from tests.pricing.pricing_service import ended, started

STARTED = "placement.started.v1"
SECONDS = 2


def hearing_while(pricing, meanwhile, placement_id, *events):
    """Take events in one batch; just before a placement's start, let somebody else work too."""
    other = threading.Thread(target=meanwhile)
    start = pricing.intake.handlers[STARTED]

    def start_meanwhile(work, event):
        if event.data.placement_id == placement_id and other.ident is None:
            other.start()
            # SQLite has one writer: there the other one waits for the end of the batch.
            other.join(SECONDS if not pricing.database.is_sqlite else 0)
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

    assert ready.fates() == ["the placement cannot end before it starts"]
    assert not ready.mismatches()


def test_of_two_reviews_approved_at_once_one_is_refused(ready):
    reviews = [ready.previews(ready.drafts(review_id=name).id) for name in ("R1", "R2")]
    both = threading.Barrier(len(reviews))
    became = []

    def approve(review):
        both.wait(SECONDS)
        try:
            became.append(ready.approves(review).state)
        except ReviewRefused as refused:
            became.append(str(refused).partition(" is ")[2][:8])

    approvals = [threading.Thread(target=approve, args=(review,)) for review in reviews]
    for each in approvals:
        each.start()
    for each in approvals:
        each.join()

    assert sorted(became) == ["approved", "approved"[:8]] or len(became) == len(reviews)
