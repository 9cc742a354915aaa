"""What a review does about the fees of an agency that leaves the framework."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.review_withdrawal import withdraw
from services.pricing.store.reviews import ReviewRefused
from tests.pricing.builders import BANDS, FAMILY, URN
from tests.pricing.pricing_service import APRIL_2026, member
from tests.pricing.reviewed import ID, fee_of, lines_by_type, told

MID_YEAR = date(2026, 10, 1)
PARENTS = FAMILY._replace(placement_type="parent_and_child")


@pytest.fixture
def gone(ready):
    """Return a service with an agency that was on the framework from April 2022 on."""
    ready.hears(member(URN, date(2022, 4, 1)))
    return ready


def left(day, event_id="left"):
    return member(URN, date(2022, 4, 1), day, event_id=event_id)


def test_an_agency_that_left_before_a_review_is_left_by_it(gone):
    gone.hears(left(date(2026, 3, 15)))

    applied = gone.reviews()

    assert applied.fees_excluded == len(BANDS)
    line = lines_by_type(gone, ID)["core"]
    assert line.because == "the agency left the framework on 2026-03-15"
    assert not gone.mismatches()


def test_a_leaving_that_is_told_after_the_review_takes_the_uplift_back(gone):
    gone.reviews()
    gone.on(date(2026, 4, 15))

    gone.hears(left(date(2026, 3, 15)))

    last = gone.sent()[-1].data
    assert told(gone)[-1] == ("P1", APRIL_2026, "900.00")
    assert [(each.cause, each.reference) for each in last.causes][-1] == ("left_framework", URN)
    assert (last.review_id, last.arrears_total) == (None, Decimal("-68.94"))
    assert not gone.mismatches()


def test_a_leaving_that_is_taken_back_brings_the_uplift_again(gone):
    gone.reviews()
    gone.hears(left(date(2026, 3, 15)))

    gone.hears(member(URN, date(2022, 4, 1), event_id="stays"))

    assert told(gone)[-1] == ("P1", APRIL_2026, "934.47")
    assert not gone.mismatches()


def test_a_fact_of_an_agency_that_comes_twice_is_kept_once(gone):
    gone.reviews()
    gone.hears(left(date(2026, 3, 15)))
    gone.hears(member(URN, date(2022, 4, 1), event_id="stays"))
    before = told(gone)

    gone.hears(left(date(2026, 3, 15)))

    assert told(gone) == before


def test_a_leaving_told_while_a_review_waits_is_caught_up_with_at_its_end(gone):
    gone.approves(gone.previews(gone.drafts().id))
    gone.hears(left(date(2026, 3, 15)))

    applied, _ = gone.applies(ID)

    changes = [each for each in gone.sent() if each.data.review_id == ID]
    assert len(changes) == applied.price_changes == 1
    assert told(gone)[-1] == ("P1", APRIL_2026, "900.00")
    assert fee_of(gone, APRIL_2026) == "900.00"
    assert not gone.mismatches()


def test_a_leaving_told_before_the_approval_wants_another_preview(gone):
    review = gone.previews(gone.drafts().id)
    gone.hears(left(date(2026, 3, 15)))

    with pytest.raises(ReviewRefused, match="an agency joined or left"):
        gone.approves(review)


def test_a_leaving_told_while_a_review_waits_counts_when_that_is_withdrawn(gone):
    gone.reviews()
    gone.approves(gone.previews(gone.drafts(review_id="R26-again").id))
    gone.hears(left(date(2026, 3, 15)))
    before = fee_of(gone, APRIL_2026)

    withdraw(gone.desk, "R26-again", actor="b.director", because="late")

    assert (before, fee_of(gone, APRIL_2026)) == ("934.47", "900.00")
    assert not gone.mismatches()
