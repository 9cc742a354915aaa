"""Does finance's ledger add up to the timelines?"""

from datetime import date

from services.pricing.finance.reconcile import ToldChange, reconcile
from shared.money import pounds
from tests.pricing.builders import book, placement, point, timeline_of

FEES = book(point("900.00"), point("934.47", date(2026, 4, 1), "review", "R26"))
CURRENT = timeline_of(placement(), FEES)
ACCOUNT = CURRENT[0].account


def told(sequence, start, old, new, *, placement_id="P1", end=None):
    return ToldChange(placement_id, sequence, start, end, ACCOUNT, pounds(old), pounds(new))


START = told(1, date(2024, 5, 1), "0.00", "900.00")
REVIEW = told(2, date(2026, 4, 1), "900.00", "934.47")


def reasons(received):
    return [each.reason for each in reconcile(received, {"P1": CURRENT})]


def test_every_message_once_and_in_order_adds_up():
    assert not reasons([START, REVIEW])


def test_a_copy_of_a_message_changes_nothing():
    assert not reasons([REVIEW, START, REVIEW])


def test_a_gap_is_named():
    assert "sequence 1 is missing" in reasons([REVIEW])
    assert "sequence 2 is missing" in reasons([START, REVIEW._replace(sequence=3)])


def test_a_message_that_was_lost_at_the_end_shows_in_the_ledger():
    assert reasons([START]) == ["finance's ledger differs from the timeline, from 2026-04-01 on"]


def test_one_sequence_told_twice_and_not_alike_is_named():
    other = REVIEW._replace(new_weekly=pounds("935.00"))

    assert "sequence 2 was told twice, not alike" in reasons([START, REVIEW, other])


def test_an_old_fee_that_was_never_told_is_named():
    other = REVIEW._replace(old_weekly=pounds("899.00"))

    assert reasons([START, other]) == ["sequence 2 starts from an old fee that was not told before"]


def test_a_placement_that_pricing_does_not_know_is_named():
    stranger = told(1, date(2024, 5, 1), "0.00", "900.00", placement_id="P9")

    found = reconcile([START, REVIEW, stranger], {"P1": CURRENT})

    assert [(each.placement_id, each.reason) for each in found] == [
        ("P9", "finance knows a placement that pricing does not")
    ]


def test_a_placement_of_which_finance_was_never_told_is_named():
    assert reasons([]) == ["finance's ledger differs from the timeline, from 2024-05-01 on"]
