"""A review is withdrawn with a reason, and a rate above the limit approved with one."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.fee_import import FeesRefused
from services.pricing.review_withdrawal import withdraw
from services.pricing.store.reviews import ReviewRefused
from tests.pricing.builders import FAMILY
from tests.pricing.pricing_service import tendered
from tests.pricing.reviewed import ID
from tests.pricing.ruling import terms_file, yaml_of

MID_YEAR = date(2026, 10, 1)
PARENTS = FAMILY._replace(placement_type="parent_and_child")


def test_a_rate_above_the_limit_is_approved_with_a_reason_only(ready, tmp_path):
    ready.terms = terms_file(tmp_path, yaml_of(rate="4", review_above='"3.0"', lower_of='"1.5"'))
    review = ready.previews(ready.drafts().id)

    with pytest.raises(ReviewRefused, match=r"rate of 4 % is above the 3 %.*--above-because"):
        ready.approves(review)
    approved = ready.approves(review, above_because="agreed by the three directors")

    assert approved.last("approved").body["above_because"] == "agreed by the three directors"
    assert approved.uplift.rate == Decimal("1.5")


def test_a_review_is_not_named_with_a_colon(ready):
    with pytest.raises(ReviewRefused, match="letters, digits"):
        ready.drafts(review_id="R26:final")


def withdrawn(pricing, review_id, actor="a.analyst", because="drafted on the wrong day"):
    return withdraw(pricing.desk, review_id, actor=actor, because=because)


def test_a_draft_that_is_not_wanted_is_withdrawn_and_its_day_is_free(ready):
    ready.drafts()

    gone = withdrawn(ready, ID)

    assert (gone.state, gone.steps[-1].body["because"]) == ("withdrawn", "drafted on the wrong day")
    assert ready.drafts().id == f"{ID}-2"
    with pytest.raises(ReviewRefused, match="withdrawn"):
        ready.previews(ID)


def test_an_approved_review_is_withdrawn_by_its_approver_and_fees_are_imported_again(ready):
    ready.approves(ready.previews(ready.drafts().id))
    letter = tendered("910.00", "5-10", kind="correction", ref="letter-7")
    with pytest.raises(FeesRefused, match="or withdraw it"):
        ready.imports(letter)

    with pytest.raises(ReviewRefused, match=r"b.director approved the review .* alone"):
        withdrawn(ready, ID)
    withdrawn(ready, ID, actor="b.director")

    assert ready.imports(letter).recorded == 1
    with pytest.raises(ReviewRefused, match="is withdrawn, not approved"):
        ready.applies(ID)


def test_a_withdrawal_needs_a_reason_and_what_is_applied_is_not_withdrawn(ready):
    ready.reviews()

    with pytest.raises(ReviewRefused, match="Say why"):
        withdrawn(ready, ID, because=" ")
    with pytest.raises(ReviewRefused, match="taken back by a reversal"):
        withdrawn(ready, ID)
