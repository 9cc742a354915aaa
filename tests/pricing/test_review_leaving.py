"""What a review does about the fees of an agency that leaves the framework."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.reviews.withdrawal import withdraw
from services.pricing.store.reviews import ReviewRefused
from tests.pricing.builders import BANDS, FAMILY, URN
from tests.pricing.pricing_service import APRIL_2026, amended, ended, member
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


def test_what_was_told_of_an_agency_last_counts_whatever_comes_last(gone):
    stays = member(URN, date(2022, 4, 1), event_id="stays", hour=10)
    leaves = member(URN, date(2022, 4, 1), date(2026, 3, 15), event_id="leaves", hour=11)

    gone.hears(leaves)
    gone.hears(stays)
    gone.reviews()

    assert lines_by_type(gone, ID)["core"].because == "the agency left the framework on 2026-03-15"


def test_of_what_comes_in_one_batch_the_last_told_counts_too(gone):
    leaves = member(URN, date(2022, 4, 1), date(2026, 3, 15), event_id="leaves", hour=10)
    stays = member(URN, date(2022, 4, 1), event_id="stays", hour=11)

    gone.hears(stays, leaves)
    gone.reviews()

    assert lines_by_type(gone, ID)["core"].outcome == "uplifted"


@pytest.fixture
def unpriced(ready):
    """Return a service that has heard that an agency left before a placement began with it."""
    ready.hears(member(URN, date(2022, 4, 1), date(2026, 3, 1), event_id="leaves"))
    ready.on(date(2026, 4, 15))
    return ready


def test_an_end_stops_the_payment_although_the_fee_is_not_known_any_more(unpriced):
    unpriced.hears(ended(date(2026, 4, 1)))

    last = unpriced.sent()[-1].data
    assert told(unpriced)[1:] == [("P1", APRIL_2026, "0.00")]
    assert [(each.cause, each.reference) for each in last.causes] == [("ended", "P1")]
    # -900.00 x 14 / 7
    assert last.arrears_total == Decimal("-1800.00")
    assert not unpriced.fates()
    assert not unpriced.retried()


def test_so_does_an_end_on_the_first_day(unpriced):
    unpriced.hears(ended(date(2026, 3, 2)))

    assert told(unpriced)[1:] == [("P1", date(2026, 3, 2), "0.00")]


def test_an_end_that_is_taken_back_meanwhile_waits_until_the_fee_is_known(unpriced):
    unpriced.hears(ended(date(2026, 4, 1)))

    unpriced.hears(ended(None, event_id="goes-on", hour=12))

    assert told(unpriced)[-1] == ("P1", APRIL_2026, "0.00")
    assert len(unpriced.retried()) == 1


def test_an_amendment_after_the_end_waits_all_the_same(unpriced):
    unpriced.hears(ended(date(2026, 4, 1)))

    unpriced.hears(amended(effective_from=date(2026, 3, 9), need_category="enhanced"))

    assert len(unpriced.retried()) == 1


def test_anything_else_waits_until_the_fee_is_known(unpriced):
    unpriced.hears(amended(effective_from=date(2026, 4, 1), need_category="enhanced"))

    assert len(told(unpriced)) == 1
    assert len(unpriced.retried()) == 1
