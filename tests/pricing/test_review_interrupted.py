"""A preview that was interrupted, or done by two at once: nothing of it is approved."""

import pytest
from sqlalchemy import func, select

from services.pricing.reviews.preview import preview
from services.pricing.store.review_tables import REVIEW_LINES
from services.pricing.store.reviews import ReviewRefused
from shared.money import pounds
from tests.pricing.builders import FAMILY
from tests.pricing.pricing_service import started


def stop_after_the_first(done, _of):
    if done:
        raise KeyboardInterrupt


@pytest.fixture
def large(ready):
    """Return a service with 2,004 fee keys, which are previewed in portions."""
    ready.has_fees(families=[FAMILY._replace(agency=f"SC{number:06}") for number in range(1, 501)])
    return ready


def test_an_earlier_preview_is_not_approved_once_another_has_stopped_half_way(large):
    review = large.previews(large.drafts().id)
    with pytest.raises(KeyboardInterrupt):
        preview(large.desk, review.id, actor="a.analyst", progress=stop_after_the_first)

    with pytest.raises(ReviewRefused, match="Preview the review again"):
        large.approves(review)


def test_a_preview_done_again_after_one_that_stopped_is_applied_whole(large):
    review = large.drafts()
    with pytest.raises(KeyboardInterrupt):
        preview(large.desk, review.id, actor="a.analyst", progress=stop_after_the_first)

    large.approves(large.previews(review.id))
    applied, _ = large.applies(review.id)

    with large.database.reading() as connection:
        lines = connection.scalar(select(func.count()).select_from(REVIEW_LINES))
    assert applied.fees_uplifted == lines == 2004


def test_of_two_previews_at_once_one_is_told_of_the_other_which_stands(large):
    review = large.drafts()
    others = []

    def begin_another(_done, _of):
        if not others:
            others.append(large.previews(review.id, actor="c.helper"))

    with pytest.raises(ReviewRefused, match=f"Somebody else previews the review {review.id}"):
        preview(large.desk, review.id, actor="a.analyst", progress=begin_another)

    assert large.approves(others[0]).state == "approved"
    applied, _ = large.applies(review.id)
    assert applied.fees_uplifted == 2004


def test_where_only_spot_lines_are_left_the_other_preview_is_told_of_too(ready):
    ready.hears(started("S1", agreement="spot", agreed_weekly=pounds("1000.00")))
    review = ready.drafts()
    others = []

    def begin_another(_done, _of):
        if not others:
            others.append(ready.previews(review.id, actor="c.helper"))

    with pytest.raises(ReviewRefused, match="Somebody else previews the review"):
        preview(ready.desk, review.id, actor="a.analyst", progress=begin_another)

    assert ready.approves(others[0]).state == "approved"
