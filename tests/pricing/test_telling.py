"""What a price change tells finance, and what is kept of it."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from services.pricing.changes import Arrears
from services.pricing.store.price_changes import told_to_agency
from services.pricing.store.tables import PRICE_CHANGES
from shared.days import Period
from shared.money import pounds
from tests.pricing.builders import URN
from tests.pricing.pricing_service import APRIL_2026, ended, started, tendered

REVIEW = "kent-medway-2026-04-01-final"
ALWAYS = Period(date(2000, 1, 1))


def kept(pricing):
    with pricing.database.reading() as connection:
        return list(connection.execute(select(PRICE_CHANGES)))


def test_a_message_of_a_review_names_it_and_the_decision(ready):
    ready.reviews()

    first, second = ready.sent()

    assert (first.data.review_id, first.data.decision_reference) == (None, None)
    assert (second.data.review_id, second.data.decision_reference) == (REVIEW, "26/00001")
    assert {each.data.daily_basis for each in ready.sent()} == {"sevenths"}


def test_a_placement_that_starts_on_a_reviewed_fee_names_the_decision_and_no_review(ready):
    ready.reviews()

    ready.hears(started("P2", start_date=APRIL_2026))

    told = ready.sent()[-1].data
    assert [cause.cause for cause in told.causes] == ["started", "review"]
    assert told.decision_reference == "26/00001"
    assert told.review_id is None


def test_a_correction_that_works_a_review_out_again_is_no_message_of_the_review(ready):
    ready.reviews()

    ready.imports(tendered("910.00", "5-10", kind="correction", ref="C-1"))

    told = [each.data for each in ready.sent()[2:]]
    assert told
    assert {each.review_id for each in told} == {None}
    assert [f"{each.new_weekly}" for each in told] == ["910.00", "944.85"]
    assert not ready.mismatches()


def test_the_messages_of_a_review_add_up_to_its_totals(ready):
    ready.on(date(2026, 5, 4))
    applied = ready.reviews()
    ready.hears(ended(date(2026, 4, 20)), started("P2", start_date=APRIL_2026))

    mine = [each.data for each in ready.sent() if each.data.review_id == REVIEW]

    assert len(mine) == applied.price_changes
    assert sum(each.arrears_total for each in mine) == applied.arrears_total


def test_what_is_kept_of_a_message_is_what_it_said(ready):
    ready.on(date(2026, 5, 4))
    ready.reviews()

    with ready.database.reading() as connection:
        told = list(told_to_agency(connection, URN, ALWAYS))

    for mine, event in zip(told, ready.sent(), strict=True):
        said = event.data
        assert (mine.sequence, mine.as_of) == (said.sequence, said.as_of)
        assert mine.arrears == tuple(
            Arrears(
                line.first_day, line.day_after_last, line.old_weekly, line.new_weekly, line.amount
            )
            for line in said.arrears
        )
        assert not mine.is_rederived
    assert told[-1].arrears[0].amount == Decimal("162.50")


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2026, 5, 4)])
def test_a_message_without_arrears_keeps_that_it_has_none(priced, day):
    priced.on(day)
    priced.hears(started(start_date=day))

    (row,) = kept(priced)

    assert (row.lines, row.as_of, row.arrears) == ("[]", day, pounds("0.00"))
