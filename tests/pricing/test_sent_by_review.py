"""Which messages a review has sent: those of its portions, whatever else is called like them."""

from datetime import date

import pytest

from services.pricing.desk import Desk
from services.pricing.finance.desk import reconciled_review
from shared.framework.adjustments import ForVolume
from tests.pricing.asking import COUNTING, asking
from tests.pricing.builders import adjustment, amount, framework_with
from tests.pricing.pricing_service import started


@pytest.fixture
def reviewed(ready):
    """Return a service that has told finance of a review R-1."""
    ready.on(date(2026, 5, 1))
    ready.reviews(review_id="R-1")
    return ready


@pytest.fixture
def cheaper(ready):
    """Return a service whose pack gives every agency a discount that finance was not told of."""
    tier = adjustment("volume_1", ForVolume(1), amount("10"))
    ready.desk = Desk(ready.database, ready.clock, framework_with(tier))
    return ready


def by(actor):
    return {"X-Forwarded-User": actor}


def test_a_placement_whose_event_is_called_like_a_review_is_none_of_its_messages(reviewed):
    reviewed.hears(started("P3", event_id="review:R-1:P3", start_date=date(2026, 5, 1)))

    found = reconciled_review(reviewed.desk, "R-1")

    assert reviewed.sent()[-1].causation_id == "review:R-1:P3"
    assert (found.changes.sent, found.adds_up) == (1, True)


def test_reviews_whose_names_differ_in_their_case_only_are_told_apart(reviewed):
    reviewed.reviews(date(2025, 4, 1), review_id="r-1")

    totals = [each.data for each in reviewed.sent("review.applied.v1")]

    assert [one.review_id for one in totals] == ["R-1", "r-1"]
    for one in totals:
        found = reconciled_review(reviewed.desk, one.review_id)
        assert found.adds_up
        assert (found.changes.sent, one.placements_changed) == (one.price_changes, 1)


def test_what_a_person_counts_is_no_message_of_a_review_whatever_the_person_is_called(cheaper):
    cheaper.reviews(review_id="R")

    asking(cheaper).post("/v1/volume-counts", json=COUNTING, headers=by("review:R"))

    found = reconciled_review(cheaper.desk, "R")
    assert cheaper.sent()[-1].causation_id == "volume:review:R:2026-03-02:2026-03-02"
    assert (found.changes.sent, found.adds_up) == (1, True)


def test_a_second_look_is_caused_by_itself_whoever_asks_for_it(cheaper):
    desk = cheaper.desk
    cheaper.desk = Desk(desk.database, desk.clock, framework_with())
    asking(cheaper).post("/v1/volume-counts", json=COUNTING, headers=by("a.analyst"))
    cheaper.desk = desk

    asking(cheaper).post("/v1/repricings", json={"because": "26/00123"}, headers=by("review:R"))

    assert cheaper.sent()[-1].causation_id == "reprice:review:R:26/00123"


@pytest.mark.parametrize("event_id", ["review:R-1:0", "review:R-1:applied", "review:R-9:12"])
def test_an_event_that_is_called_like_a_portion_of_a_review_is_refused(reviewed, event_id):
    reviewed.hears(started("P3", event_id=event_id, start_date=date(2026, 5, 1)))

    found = reconciled_review(reviewed.desk, "R-1")

    reason = "the id is one by which this service names the portions of its price reviews"
    assert reviewed.rejections() == [("id", reason)]
    assert (found.changes.sent, found.adds_up) == (1, True)
