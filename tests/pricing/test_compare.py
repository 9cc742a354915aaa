"""What other terms would come to, beside the present ones."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from services.pricing.api.answers_reviews import comparison_told
from services.pricing.reviews.comparing import compare, in_words, next_review_day
from services.pricing.store.review_tables import REVIEW_LINES, REVIEWS
from services.pricing.store.reviews import PREVIEWED, ReviewRefused
from services.pricing.terms.varied import NotTerms
from shared.clock import SetClock
from shared.money import pounds
from tests.pricing.builders import FAMILY
from tests.pricing.pricing_service import APRIL_2026, MORNING, started
from tests.pricing.ruling import terms_file, yaml_of

MEDWAY = FAMILY._replace(purchaser="medway")


def compared(pricing, *said, day=APRIL_2026, award="final"):
    others = [in_words(each) for each in said]
    return comparison_told(compare(pricing.desk, pricing.terms, day, others, award=award))[
        "columns"
    ]


def test_the_present_terms_are_the_first_column_and_come_to_what_a_preview_says(ready):
    body = ready.previews(ready.drafts().id).last(PREVIEWED).body

    present, _ = compared(ready, "month=12")

    assert present["terms"] == "present"
    assert present["annual_effect"] == body["total"]["annual_effect"] == "1797.36"
    assert present["difference"] == "0.00"


def test_december_instead_of_september_in_pounds_a_year(ready):
    _, december = compared(ready, "month=12")

    # December 2025: 3.4; 0.9 x 3.4 + 0.1 x 4.0950 = 3.4695 %: 900.00 becomes 931.23
    assert december["tracks"][0]["uplift"] == "3.4695004095"
    # 31.23 x 365 / 7 = 1628.421..., and 1797.36 by the present terms
    assert (december["annual_effect"], december["difference"]) == ("1628.42", "-168.94")


def test_a_cap_and_another_share_side_by_side(ready):
    _, capped, shared, both = compared(ready, "cap=3.0", "nlw=0.20", "nlw=0.20,cap=3.0")

    # 27.00 x 365 / 7 = 1407.857...
    assert capped["annual_effect"] == both["annual_effect"] == "1407.86"
    # 0.8 x 3.8 + 0.2 x 4.0950 = 3.8590 %: 934.73; 34.73 x 365 / 7 = 1810.921...
    assert shared["annual_effect"] == "1810.92"


def test_it_is_told_by_purchaser_and_service_line(ready):
    ready.has_fees("1000.00", families=(MEDWAY,))
    ready.hears(started("P2", **MEDWAY._asdict(), uasc=True))

    present, rate = compared(ready, "rate=10")

    places = [(one["purchaser"], one["service_line"]) for one in rate["service_lines"]]
    assert places == [("kent", "looked_after"), ("medway", "asylum")]
    # 100.00 x 365 / 7
    assert rate["service_lines"][1]["annual_effect"] == "5214.29"
    differences = [Decimal(one["difference"]) for one in rate["service_lines"]]
    assert sum(differences) == Decimal(rate["difference"])
    assert Decimal(rate["annual_effect"]) - Decimal(present["annual_effect"]) == sum(differences)


def test_a_figure_that_is_missing_is_said_and_not_guessed(ready):
    present, fixed = compared(ready, "rate=3.0", day=date(2027, 4, 1), award="provisional")

    assert "No CPI (D7G7) for 2026-09" in present["missing"]
    assert "annual_effect" not in present
    # 900.00 by 3 %: 27.00 x 366 / 7 = 1411.714...: the year from April 2027 has 366 days.
    assert (fixed["annual_effect"], fixed["difference"]) == ("1411.71", None)


def test_where_no_terms_have_their_figures_nothing_is_compared(ready):
    with pytest.raises(ReviewRefused, match="No terms have all their figures"):
        compared(ready, "month=8", day=date(2027, 4, 1))


def test_nothing_is_stored(ready):
    compared(ready, "cap=3.0")

    with ready.database.reading() as connection:
        for table in (REVIEWS, REVIEW_LINES):
            assert not connection.scalar(select(func.count()).select_from(table))


def test_spot_fees_stay_in_the_comparison_as_they_are(ready):
    ready.hears(
        started(
            "S1", agreement="spot", agreed_weekly=pounds("1200.00"), start_date=date(2024, 9, 2)
        )
    )

    present, _ = compared(ready, "cap=3.0")

    assert present["placements"] == 2
    assert present["annual_effect"] == "1797.36"


def test_terms_of_a_file_are_a_column_of_their_own(ready):
    review = ready.terms.model_copy(
        update={"terms": (ready.terms.terms[0].model_copy(update={"cap": Decimal("3.0")}),)}
    )

    both = compare(ready.desk, ready.terms, APRIL_2026, [("ours", review)], award="final")

    assert comparison_told(both)["columns"][1]["annual_effect"] == "1407.86"


def test_too_many_sets_of_terms_are_refused(ready):
    with pytest.raises(ReviewRefused, match="At most 9"):
        compared(ready, *(["cap=3.0"] * 10))


def test_what_makes_no_terms_is_refused(ready):
    with pytest.raises(NotTerms, match="month=13 makes no terms"):
        compared(ready, "month=13")


def test_the_next_review_is_on_1_april(ready):
    assert next_review_day(ready.terms, SetClock(MORNING)) == APRIL_2026
    ready.on(date(2026, 4, 2))
    assert next_review_day(ready.terms, ready.clock) == date(2027, 4, 1)


def test_where_new_terms_move_the_day_the_next_review_is_on_the_new_one(ready, tmp_path):
    effective = "{month: 4, day: 7}"
    ready.terms = terms_file(
        tmp_path,
        yaml_of("until then", rate="3"),
        yaml_of("since", rate="4", since="2025-01-01", effective=effective),
    )

    day = next_review_day(ready.terms, ready.clock)

    assert day == date(2026, 4, 7)
    (present,) = compared(ready, day=day)
    assert present["tracks"][0]["terms"] == "since"
    # 36.00 x 365 / 7 = 1877.142...
    assert present["annual_effect"] == "1877.14"


def test_on_the_day_of_the_terms_before_nothing_is_compared_any_more(ready, tmp_path):
    effective = "{month: 4, day: 7}"
    ready.terms = terms_file(
        tmp_path,
        yaml_of("until then", rate="3"),
        yaml_of("since", rate="4", since="2025-01-01", effective=effective),
    )

    with pytest.raises(ReviewRefused, match="2026-04-01"):
        compared(ready, day=APRIL_2026)
