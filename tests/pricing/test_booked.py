"""What finance has booked of what it was sent, from what is kept, by command and over HTTP."""

import json
from datetime import date
from decimal import Decimal

from fastapi.testclient import TestClient
from sqlalchemy import delete, func, select

from services.pricing.api.app import api
from services.pricing.finance.desk import reconciled, reconciled_review
from services.pricing.store.tables import PRICE_CHANGES
from shared.money import pounds
from tests.pricing.test_acknowledgements import acknowledged
from tests.pricing.told_late import REVIEW, books_all


def test_nothing_is_agreed_before_finance_has_said_anything(late):
    found = reconciled(late.desk)

    assert (found.sent, found.agreed, found.is_complete) == (len(late.sent()), 0, False)
    assert [one.message_id for one in found.not_acknowledged] == [
        each.id for each in sorted(late.sent(), key=lambda x: (x.subject, x.data.sequence))
    ]


def test_all_is_agreed_when_finance_has_booked_all_with_our_figures(late):
    books_all(late)

    found, review = reconciled(late.desk), reconciled_review(late.desk, REVIEW)

    assert found.is_complete
    assert (
        found.arrears_booked
        == found.arrears_sent
        == sum(each.data.arrears_total for each in late.sent())
    )
    assert (review.is_complete, review.adds_up) == (True, True)
    assert review.changes.sent == review.told.price_changes == 3


def test_a_message_that_was_booked_otherwise_is_named_with_both_figures(late):
    every = books_all(late)
    wrong = next(each for each in every if each.data.review_id == REVIEW)
    late.hears(acknowledged(wrong, "late", hour=20, arrears_total=pounds("1.00")))

    review = reconciled_review(late.desk, REVIEW)

    (one,) = review.changes.differing
    assert one.sent.message_id == wrong.id
    assert (one.sent.figures.arrears, one.booked.arrears) == (
        wrong.data.arrears_total,
        Decimal("1.00"),
    )
    assert not review.is_complete


def test_totals_that_were_booked_otherwise_are_named(late):
    books_all(late)
    (total,) = late.sent("review.applied.v1")
    late.hears(acknowledged(total, "late", hour=20, price_changes=2))

    review = reconciled_review(late.desk, REVIEW)

    assert [one.booked.price_changes for one in review.totals.differing] == [2]
    assert review.changes.is_complete
    assert not review.is_complete


def test_since_a_day_only_what_was_told_from_it_on_is_compared(late):
    assert reconciled(late.desk, date(2026, 3, 2)).sent == len(late.sent())
    assert reconciled(late.desk, date(2026, 5, 4)).sent == len(late.sent()) - 3
    assert reconciled(late.desk, date(2026, 5, 5)).is_complete


def test_a_review_that_is_not_applied_has_sent_no_totals_and_is_open(ready):
    review = ready.previews(ready.drafts().id)

    found = reconciled_review(ready.desk, review.id)

    assert (found.told, found.state, found.is_complete) == (None, "previewed", False)


def test_a_price_change_that_is_gone_shows_in_the_totals_of_its_review(late):
    books_all(late)
    with late.database.transaction() as connection:
        last = select(func.max(PRICE_CHANGES.c.sequence)).where(
            PRICE_CHANGES.c.placement_id == "P1"
        )
        gone = connection.scalar(last)
        connection.execute(
            delete(PRICE_CHANGES).where(
                PRICE_CHANGES.c.placement_id == "P1", PRICE_CHANGES.c.sequence == gone
            )
        )

    assert not reconciled_review(late.desk, REVIEW).adds_up


# By command and over HTTP.


def test_what_finance_has_booked_over_http(late):
    asked = TestClient(api(late.desk))

    before = asked.get(f"/v1/reviews/{REVIEW}/reconciliation?limit=1").json()
    books_all(late)
    after = asked.get(f"/v1/reviews/{REVIEW}/reconciliation").json()
    every = asked.get("/v1/reconciliation?since=2026-05-04").json()

    assert before["price_changes"]["not_acknowledged"]["count"] == 3
    assert len(before["price_changes"]["not_acknowledged"]["messages"]) == 1
    assert not before["is_complete"]
    assert after["is_complete"]
    assert after["told"]["price_changes"] == 3
    assert every["is_complete"]


def test_reconcile_names_what_is_open_and_ends_with_3_until_all_agrees(late, run):
    before = run("review", "reconcile", REVIEW)
    books_all(late)
    after = run("review", "reconcile", REVIEW)

    assert before[0] == 3
    assert "3 sent, 0 agreed, 3 not acknowledged" in before[1]
    assert "P1 2: not acknowledged, sent 2026-05-04 09:00 UTC as " in before[1]
    assert after[0] == 0
    assert "3 sent, 3 agreed, 0 not acknowledged, 0 with other figures" in after[1]


def test_reconcile_shows_both_figures_where_they_differ(late, run):
    every = books_all(late)
    wrong = next(each for each in every if each.data.review_id == REVIEW)
    late.hears(acknowledged(wrong, "late", hour=20, new_weekly=pounds("930.00")))

    code, said = run("pricing", "reconcile", "--since", "2026-05-04")
    told = json.loads(run("pricing", "reconcile", "--json")[1])

    assert code == 3
    assert "934.47 a week, arrears 162.50 was sent as" in said
    assert "930.00 a week, arrears 162.50 was booked" in said
    (one,) = told["differing"]["messages"]
    assert (one["new_weekly"], one["booked"]["new_weekly"]) == ("934.47", "930.00")


def test_an_explanation_says_what_finance_was_told_of_the_day(late):
    told = TestClient(api(late.desk)).get("/v1/placements/P1/fees/2026-05-10").json()

    assert [(x["sequence"], x["new_weekly"]) for x in told["told"]] == [
        (1, "900.00"),
        (2, "934.47"),
    ]
    assert told["agrees"]


def test_an_explanation_is_printed_with_what_finance_was_told(run):
    _, said = run("pricing", "explain", "P1", "--on", "2026-05-10")

    assert "Finance was told by 2: from 2026-04-01 until further notice 934.47 a week" in said
