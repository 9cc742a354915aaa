"""Finance says what it has booked: it is kept, and what cannot be meant is sent back."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from services.pricing.finance.acknowledgement import last_told
from services.pricing.finance.desk import reconciled
from services.pricing.store.acknowledgements import acknowledgements_of
from services.pricing.store.tables import ACKNOWLEDGEMENTS
from shared.contracts.finance import BookedPriceChange, BookedReview, FinanceAcknowledged
from shared.messaging.topology import rejection_key
from shared.money import pounds
from tests.pricing.pricing_service import MORNING, delivery, event, started

REVIEW = "kent-medway-2026-04-01-final"


def acknowledged(told, event_id="F1", hour=12, **booked):
    """Return finance's word for a message that it has booked; only what differs is given."""
    data = told.data
    if told.type == "price.changed.v1":
        usual = {
            "placement_id": data.placement_id,
            "sequence": data.sequence,
            "new_weekly": data.new_weekly,
            "arrears_total": data.arrears_total,
        }
        what = {"price_change": BookedPriceChange(**(usual | booked))}
    else:
        usual = {
            "review_id": data.review_id,
            "price_changes": data.price_changes,
            "arrears_total": data.arrears_total,
        }
        what = {"review": BookedReview(**(usual | booked))}
    said = FinanceAcknowledged(message_id=told.id, **what)
    return event("finance.acknowledged.v1", told.subject, said, event_id, hour=hour)


def kept(pricing):
    with pricing.database.reading() as connection:
        return list(connection.execute(select(ACKNOWLEDGEMENTS).order_by(ACKNOWLEDGEMENTS.c.id)))


def counting(pricing, told):
    """Return what counts of all that finance has said of a message."""
    with pricing.database.reading() as connection:
        return last_told(acknowledgements_of(connection, [told.id]))


def rejections(pricing):
    """Return the routing key, the field and the reason of each rejection that waits."""
    found = [each for each in pricing.waiting() if each.type == "message.rejected.v1"]
    told = [(each.routing_key, json.loads(each.body)["data"]) for each in found]
    return [(key, data["field"], data["reason"]) for key, data in told]


def test_what_finance_has_booked_is_kept_with_its_figures(ready):
    (told,) = ready.sent()

    ready.hears(acknowledged(told))

    (row,) = kept(ready)
    assert (row.message_id, row.placement_id, row.sequence) == (told.id, "P1", 1)
    assert (row.new_weekly, row.arrears) == (Decimal("900.00"), 0)
    assert not ready.fates()


def test_a_review_that_finance_has_booked_is_kept_with_its_sums(ready):
    ready.on(date(2026, 5, 1))
    ready.reviews()
    (told,) = ready.sent("review.applied.v1")

    ready.hears(acknowledged(told))

    (row,) = kept(ready)
    assert (row.review_id, row.price_changes, row.arrears) == (REVIEW, 1, Decimal("147.73"))
    assert not ready.fates()


def test_figures_that_are_not_ours_are_kept_all_the_same(ready):
    (told,) = ready.sent()

    ready.hears(acknowledged(told, new_weekly=pounds("901.00")))

    assert [row.new_weekly for row in kept(ready)] == [Decimal("901.00")]
    assert not ready.fates()


def test_of_two_acknowledgements_the_last_told_counts_whatever_comes_last(ready):
    ready.on(date(2026, 3, 3))
    (told,) = ready.sent()
    later = acknowledged(told, "F2", hour=13)
    earlier = acknowledged(told, "F1", hour=12, new_weekly=pounds("901.00"))

    ready.hears(later, earlier)

    assert len(kept(ready)) == 2
    assert counting(ready, told).new_weekly == Decimal("900.00")


def test_of_two_told_in_one_instant_the_one_that_came_last_counts(ready):
    ready.on(date(2026, 3, 3))
    (told,) = ready.sent()

    ready.hears(acknowledged(told, "ZZ", new_weekly=pounds("901.00")))
    ready.hears(acknowledged(told, "AA"))

    assert counting(ready, told).new_weekly == Decimal("900.00")
    assert reconciled(ready.desk).is_complete


def test_what_is_told_next_counts_although_finances_clock_was_years_ahead(ready):
    (told,) = ready.sent()
    wrong = acknowledged(told, "F1", new_weekly=pounds("901.00"))
    ready.hears(replace(wrong, time=wrong.time.replace(year=9998)))
    ready.on(date(2026, 3, 3))

    ready.hears(acknowledged(told, "F2"))

    assert kept(ready)[0].told_at == MORNING
    assert counting(ready, told).new_weekly == Decimal("900.00")
    assert reconciled(ready.desk).is_complete


def test_the_same_acknowledgement_twice_is_kept_once(ready):
    (told,) = ready.sent()

    ready.hears(acknowledged(told))
    ready.hears(acknowledged(told))

    assert len(kept(ready)) == 1


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        (
            {"placement_id": "P9"},
            "data.price_change.placement_id",
            "no price change was sent about a placement of this id",
        ),
        (
            {"sequence": 7},
            "data.price_change.sequence",
            "no price change with this sequence was sent about the placement",
        ),
    ],
)
def test_what_was_never_sent_is_rejected_and_finance_hears_of_it(ready, wrong, field, reason):
    (told,) = ready.sent()

    ready.hears(acknowledged(told, **wrong))

    assert not kept(ready)
    assert rejections(ready) == [("message.rejected.v1.finance", field, reason)]


def test_an_acknowledgement_of_another_message_is_rejected(priced):
    priced.hears(started("P1"), started("P2"))
    one, other = priced.sent()

    priced.hears(acknowledged(one, placement_id=other.data.placement_id))

    assert rejections(priced) == [
        (
            "message.rejected.v1.finance",
            "data.message_id",
            "the price change of this placement and sequence has another id",
        )
    ]


def test_a_review_that_was_never_applied_cannot_be_booked(ready):
    ready.reviews()
    (told,) = ready.sent("review.applied.v1")

    ready.hears(acknowledged(told, review_id="R9"))
    ready.hears(acknowledged(ready.sent()[0], "F2"))

    assert [field for _, field, _ in rejections(ready)] == ["data.review.review_id"]
    assert [row.event_id for row in kept(ready)] == ["F2"]


def test_a_review_is_booked_by_the_message_with_its_totals_and_no_other(ready):
    ready.reviews()
    (told,) = ready.sent("review.applied.v1")
    said = acknowledged(told).data.model_copy(update={"message_id": ready.sent()[-1].id})

    ready.hears(event("finance.acknowledged.v1", REVIEW, said, "F1"))

    assert [field for _, field, _ in rejections(ready)] == ["data.message_id"]


def test_one_faulty_acknowledgement_in_a_batch_takes_no_other_with_it(ready):
    (told,) = ready.sent()

    ready.hears(acknowledged(told, "F1", sequence=2), acknowledged(told, "F2"))

    assert [row.event_id for row in kept(ready)] == ["F2"]
    assert len(rejections(ready)) == 1


@pytest.mark.parametrize(
    ("type_", "queue", "key"),
    [
        ("finance.acknowledged.v1", "pricing.acknowledgements", "message.rejected.v1.finance"),
        ("unknown", "pricing.acknowledgements", "message.rejected.v1.finance"),
        ("placement.started.v1", "pricing.placements", "message.rejected.v1"),
        ("placement.started.v1", "pricing.acknowledgements", "message.rejected.v1"),
        ("unknown", "pricing.placements", "message.rejected.v1"),
        ("unknown", "eligibility.emergencies", "message.rejected.v1"),
        ("unknown", "a.queue.of.nobody", "message.rejected.v1"),
    ],
)
def test_who_sends_a_type_of_message_hears_when_it_is_rejected(type_, queue, key):
    assert rejection_key(type_, queue) == key


def test_a_body_that_is_no_event_is_told_to_finance_when_it_came_from_finance(ready):
    broken = delivery(acknowledged(ready.sent()[0]))

    ready.intake.take(
        [replace(broken, queue="pricing.acknowledgements", body=b"{", type="", message_id="F3")]
    )

    assert [key for key, _, _ in rejections(ready)] == ["message.rejected.v1.finance"]
