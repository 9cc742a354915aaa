"""Another person, a decision, and exactly what was previewed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.pricing.store.figures import import_index
from services.pricing.store.reviews import ReviewRefused
from tests.pricing.builders import indices
from tests.pricing.pricing_service import MORNING, started, tendered


def test_whoever_drafted_cannot_approve(ready):
    review = ready.previews(ready.drafts().id)

    with pytest.raises(ReviewRefused, match="Another person has to approve it"):
        ready.approves(review, actor="a.analyst")


def test_whoever_previewed_cannot_approve(ready):
    review = ready.previews(ready.drafts().id, actor="c.helper")

    with pytest.raises(ReviewRefused, match="Another person has to approve it"):
        ready.approves(review, actor="c.helper")


@pytest.mark.parametrize("actor", ["A.Analyst", "C.HELPER"])
def test_whoever_writes_their_name_otherwise_is_no_other_person(ready, actor):
    review = ready.previews(ready.drafts().id, actor="c.helper")

    with pytest.raises(ReviewRefused, match=f"{actor} drafted or previewed this review"):
        ready.approves(review, actor=actor)


def test_another_digest_is_refused(ready):
    review = ready.previews(ready.drafts().id)

    with pytest.raises(ReviewRefused, match="The digest is not the one of the last preview"):
        ready.approves(review, digest="0" * 64)


def test_a_decision_is_needed(ready):
    review = ready.previews(ready.drafts().id)

    with pytest.raises(ReviewRefused, match="The decision reference has to be"):
        ready.approves(review, decision_reference="")


def test_a_draft_without_a_preview_is_not_approved(ready):
    previewed = ready.previews(ready.drafts().id)
    drafted = replace(previewed, id=ready.drafts(review_id="another").id)

    with pytest.raises(ReviewRefused, match="is drafted, not previewed"):
        ready.approves(drafted)


def test_a_fee_recorded_since_the_preview_is_refused(ready):
    review = ready.previews(ready.drafts().id)
    ready.imports(tendered("910.00", "5-10", kind="correction", ref="letter-7"))

    with pytest.raises(ReviewRefused, match="A fee was recorded since the preview"):
        ready.approves(review)


def test_an_index_value_revised_since_the_draft_is_refused(ready):
    review = ready.previews(ready.drafts().id)
    september = indices().rate_for("D7G7", 2025, 9)
    with ready.database.transaction() as connection:
        revised = _revised(september, "3.9", date(2026, 4, 22))
        import_index(connection, [revised], MORNING)

    with pytest.raises(ReviewRefused, match="instead of"):
        ready.approves(review)


def test_a_newer_release_that_leaves_the_figures_alone_is_no_obstacle(ready):
    review = ready.previews(ready.drafts().id)
    september = indices().rate_for("D7G7", 2025, 9)
    with ready.database.transaction() as connection:
        import_index(connection, [_revised(september, "3.8", date(2026, 4, 22))], MORNING)

    assert ready.approves(review).state == "approved"


def test_a_placement_that_starts_meanwhile_is_no_obstacle_and_gets_the_new_fee(ready):
    review = ready.previews(ready.drafts().id)
    ready.hears(started("P2"))
    ready.approves(review)

    applied, _ = ready.applies(review.id)

    assert applied.placements_changed == 2
    assert not ready.mismatches()


def _revised(value, said, released_on, **told):
    return replace(value, value=Decimal(said), released_on=released_on, **told)
