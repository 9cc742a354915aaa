"""A review is withdrawn with a reason, and a rate above the limit approved with one."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.desk import Desk
from services.pricing.fee_book.importing import FeesRefused
from services.pricing.reviews.apply import apply
from services.pricing.reviews.withdrawal import withdraw
from services.pricing.store.reviews import ReviewRefused
from shared.clock import SetClock
from tests.pricing.builders import FAMILY
from tests.pricing.pricing_service import APRIL_2026, MORNING, tendered
from tests.pricing.reviewed import ID, fee_of, told
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


@pytest.mark.parametrize("name", ["R26:final", "2026/27", "/", "R 26", "R" * 81])
def test_a_review_is_not_named_so_that_it_has_no_address(ready, name):
    with pytest.raises(ReviewRefused, match=r"letters, digits .* address over HTTP"):
        ready.drafts(review_id=name)


@pytest.mark.parametrize("actor", ["", "a analyst", "a" * 81, "a|b"])
def test_whoever_previews_or_applies_has_a_name_that_can_be_kept(ready, actor):
    review = ready.drafts()

    with pytest.raises(ReviewRefused, match="The actor has to be"):
        ready.previews(review.id, actor=actor)
    ready.approves(ready.previews(review.id))
    with pytest.raises(ReviewRefused, match="The actor has to be"):
        apply(ready.desk, review.id, actor=actor)

    assert fee_of(ready, APRIL_2026) == "900.00"


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


class Interrupted(SetClock):
    """A clock that lets somebody else work when it is first asked for the day."""

    def __init__(self, meanwhile):
        super().__init__(MORNING)
        self._meanwhile = meanwhile

    def today(self):
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return super().today()


def test_what_is_withdrawn_just_before_its_first_portion_is_not_applied(ready):
    ready.approves(ready.previews(ready.drafts().id))
    # The day is asked for once what the portions have in common is read.
    clock = Interrupted(lambda: withdrawn(ready, ID, actor="b.director"))
    desk = Desk(ready.database, clock, ready.desk.framework)

    with pytest.raises(ReviewRefused, match="is withdrawn, not approved"):
        apply(desk, ID, actor="a.analyst")

    assert fee_of(ready, APRIL_2026) == "900.00"
    assert told(ready) == [("P1", date(2026, 3, 2), "900.00")]
    assert not ready.sent("review.applied.v1")


def test_once_a_portion_is_applied_it_is_not_withdrawn_any_more(ready):
    ready.approves(ready.previews(ready.drafts().id))
    refused = []

    def withdraw_now(_done, _of):
        with pytest.raises(ReviewRefused) as said:
            withdrawn(ready, ID, actor="b.director")
        refused.append(str(said.value))

    apply(ready.desk, ID, actor="a.analyst", progress=withdraw_now)

    assert f"A portion of the review {ID} is applied" in refused[0]
    assert told(ready)[-1] == ("P1", APRIL_2026, "934.47")
