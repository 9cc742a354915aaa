"""A preview that was interrupted, or done by two at once: nothing of it is approved."""

import pytest
from sqlalchemy import func, select

from services.pricing.review_preview import preview
from services.pricing.store.review_tables import REVIEW_LINES
from services.pricing.store.reviews import ReviewRefused
from tests.pricing.builders import FAMILY


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
