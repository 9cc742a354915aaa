"""A price review, from draft to what finance is told."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from services.pricing.fee_book.importing import FeesRefused
from services.pricing.indices import NoRateYet
from services.pricing.reviews.apply import apply
from services.pricing.store.figures import import_wages
from services.pricing.store.review_lines import lines_of
from services.pricing.store.reviews import NoReview, ReviewRefused, review_named
from services.pricing.store.tables import FEE_POINTS
from services.pricing.wages import WageRate
from shared.money import pounds
from tests.pricing.builders import FAMILY, OTHER_URN
from tests.pricing.pricing_service import APRIL_2026, MORNING, ended, tendered

MEDWAY = FAMILY._replace(purchaser="medway")
JOINER = FAMILY._replace(agency=OTHER_URN)


def lines_by_agency(pricing, review_id):
    with pricing.database.reading() as connection:
        return {
            (line.key.agency, line.key.age_band): line for line in lines_of(connection, review_id)
        }


def test_900_pounds_become_934_47_on_1_april_2026(ready):
    applied = ready.reviews()

    told = ready.sent()[-1].data
    assert applied.uplift == Decimal("3.8295004095")
    assert (told.effective_from, told.old_weekly, told.new_weekly) == (
        APRIL_2026,
        Decimal("900.00"),
        Decimal("934.47"),
    )
    assert told.review_id == "kent-medway-2026-04-01-final"
    assert told.decision_reference == "26/00001"
    assert not ready.mismatches()


def test_finance_gets_control_totals_once_at_the_end(ready):
    ready.has_fees("1000.00", families=(MEDWAY,))

    applied = ready.reviews()

    (told,) = ready.sent("review.applied.v1")
    assert told.data == applied
    assert (applied.fees_uplifted, applied.fees_excluded) == (8, 0)
    assert [(each.purchaser, f"{each.weekly_after}") for each in applied.totals] == [
        ("kent", "3737.88"),
        ("medway", "4153.20"),
    ]
    assert (applied.placements_changed, applied.price_changes) == (1, 1)
    # 34.47 x 365 / 7
    assert applied.annual_effect == Decimal("1797.36")
    assert applied.arrears_total == 0


def test_a_late_review_pays_arrears(ready):
    ready.on(date(2026, 5, 1))

    applied = ready.reviews()

    # 34.47 x 30 / 7
    assert applied.arrears_total == Decimal("147.73")
    assert not ready.mismatches()


def test_a_joiner_of_april_2024_first_moves_in_april_2025(ready):
    ready.has_fees(families=(JOINER,), valid_from=date(2024, 4, 1))

    first = ready.reviews(date(2024, 4, 1))
    second = ready.reviews(date(2025, 4, 1))

    assert (first.fees_uplifted, first.fees_excluded) == (4, 4)
    assert (second.fees_uplifted, second.fees_excluded) == (8, 0)


def test_the_preview_lists_every_fee_key_exactly_once(ready):
    ready.has_fees(families=(JOINER,), valid_from=date(2025, 6, 1))

    review = ready.previews(ready.drafts().id)

    lines = lines_by_agency(ready, review.id)
    assert len(lines) == 8
    assert lines[OTHER_URN, "5-10"].because == (
        "the price was fixed on 2025-06-01, so it first moves from 2026-06-01"
    )
    assert lines[FAMILY.agency, "5-10"].placements == 1
    assert sum(line.placements for line in lines.values()) == 1


def test_a_placement_that_ended_before_the_review_is_in_no_budget(ready):
    ready.hears(ended(date(2026, 3, 20)))

    review = ready.previews(ready.drafts().id)

    assert review.last("previewed").body["total"]["annual_effect"] == "0.00"
    assert ready.reviews(review_id="another").price_changes == 0


def test_a_final_award_supersedes_a_provisional_one_from_the_same_day(ready):
    ready.reviews(award="provisional")
    with ready.database.transaction() as connection:
        rate = WageRate("nlw", APRIL_2026, pounds("13.43"), "in_force", "gov.uk", from_age=21)
        import_wages(connection, [rate], MORNING)
    ready.on(date(2026, 4, 15))

    final = ready.reviews()

    # 13.43 / 12.21 - 1 = 9.9918 %; 0.9 x 3.8 + 0.1 x 9.9918 = 4.4192 %: 939.77
    told = ready.sent()[-1].data
    assert (told.old_weekly, told.new_weekly) == (Decimal("934.47"), Decimal("939.77"))
    # 5.30 x 14 / 7
    assert final.arrears_total == Decimal("10.60")
    assert not ready.mismatches()


def test_a_review_on_another_day_than_the_terms_say_is_refused(ready):
    with pytest.raises(ReviewRefused, match="takes effect on day 1 of month 4, not on 2026-04-07"):
        ready.drafts(date(2026, 4, 7))


def test_a_review_before_the_terms_are_in_force_is_refused(ready):
    with pytest.raises(ReviewRefused, match="No review terms are in force on 2021-04-01"):
        ready.drafts(date(2021, 4, 1))


def test_a_review_without_its_figures_is_refused(ready):
    with pytest.raises(NoRateYet, match="No CPI"):
        ready.drafts(date(2027, 4, 1))


def test_a_second_draft_of_the_same_name_is_refused(ready):
    ready.drafts()

    with pytest.raises(ReviewRefused, match="There is a review"):
        ready.drafts()


def test_without_any_fee_there_is_nothing_to_review(pricing):
    pricing.has_figures()

    with pytest.raises(ReviewRefused, match="There is no fee to review"):
        pricing.previews(pricing.drafts().id)


def test_a_review_that_does_not_exist_is_told_with_those_that_do(ready):
    ready.drafts()

    with (
        pytest.raises(NoReview, match="there are: kent-medway-2026-04-01-final"),
        ready.database.transaction() as connection,
    ):
        review_named(connection, "R27")


def test_a_review_that_is_not_approved_is_not_applied(ready):
    review = ready.previews(ready.drafts().id)

    with pytest.raises(ReviewRefused, match="is previewed, not approved"):
        ready.applies(review.id)


def test_a_review_is_applied_once(ready):
    ready.reviews()

    with pytest.raises(ReviewRefused, match="is applied, not approved"):
        ready.applies("kent-medway-2026-04-01-final")


def test_no_fee_is_imported_between_approval_and_application(ready):
    review = ready.previews(ready.drafts().id)
    ready.approves(review)

    with pytest.raises(FeesRefused, match="Apply it first: fosterframe review apply"):
        ready.imports(tendered("910.00", "5-10", kind="correction", ref="letter-7"))


def test_what_was_approved_is_not_previewed_again(ready):
    review = ready.previews(ready.drafts().id)
    ready.approves(review)

    with pytest.raises(ReviewRefused, match="what was approved stands"):
        ready.previews(review.id)


def test_an_application_that_stopped_goes_on_and_no_line_is_applied_twice(ready):
    families = [FAMILY._replace(agency=f"SC{number:06}") for number in range(1, 501)]
    ready.has_fees(families=families)
    review = ready.previews(ready.drafts().id)
    ready.approves(review)

    def stop_after_the_first(done, _of):
        if done > 1000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(ready.desk, review.id, actor="a.analyst", progress=stop_after_the_first)
    applied, _ = ready.applies(review.id)

    with ready.database.reading() as connection:
        points = connection.execute(select(FEE_POINTS).where(FEE_POINTS.c.cause == "review")).all()
    assert applied.fees_uplifted == len(points) == 2004
    assert len({(point.family_id, point.age_band) for point in points}) == 2004
    assert len(ready.sent("review.applied.v1")) == 1
    assert not ready.mismatches()
