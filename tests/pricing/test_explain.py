"""How a fee came about, worked out again and not recited."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.pricing.explain import Award, NothingDue, explain
from services.pricing.fees import FeeBook
from services.pricing.store.parts_json import parts_from, parts_text
from services.pricing.terms import uplift_for
from shared.money import percentage, pounds
from tests.pricing.builders import (
    book,
    cpi,
    ended,
    fixed,
    framework,
    indices,
    placement,
    point,
    terms,
    wage,
    wages,
)

TERMS = terms(cpi(9, share="0.9"), wage(share="0.1"))
UPLIFTS = {year: uplift_for(TERMS, date(year, 4, 1), indices(), wages()) for year in (2025, 2026)}
# 0.9 x 1.7 + 0.1 x 6.7308 = 2.2031 %: 919.83; then 3.8295 %: 955.05
FEES = book(
    point("900.00"),
    point("919.83", date(2025, 4, 1), "review", "R2025"),
    point("955.05", date(2026, 4, 1), "review", "R2026"),
)


def award(review_id):
    year = int(review_id[1:])
    return Award(review_id, f"{year}/00001", "b.director", date(year, 4, 1), TERMS, UPLIFTS[year])


def explained(day=date(2026, 6, 1), *, fees=FEES, one=None, awarded=award):
    return explain(one or placement(), day, fees, framework().age_bands, awarded)


def test_the_chain_runs_from_the_newest_review_back_to_the_tender():
    chain = explained().chain

    assert [(link.valid_from, f"{link.weekly}") for link in chain] == [
        (date(2026, 4, 1), "955.05"),
        (date(2025, 4, 1), "919.83"),
        (date(2022, 4, 1), "900.00"),
    ]
    assert all(link.agrees for link in chain)


def test_a_link_names_decision_release_rates_formula_and_rounding():
    assert explained().chain[0].sentences == (
        "Review R2026, decision 2026/00001, approved by b.director, from 2026-04-01.",
        (
            "CPI (D7G7) for 2025-09: 3.8 %, published, release of 2026-03-25 "
            "(ONS MM23 D7G7, ons_d7g7.csv)."
        ),
        (
            "nlw: 12.21 from 2025-04-01 to 12.71 from 2026-04-01, 4.095004095004 % "
            "(github PolicyEngine/policyengine-uk@c93e1a0 "
            "policyengine_uk/parameters/gov/hmrc/minimum_wage/non_apprentice.yaml)."
        ),
        "Uplift: 0.9 x 3.8 + 0.1 x 4.095004095004 = 3.8295004095 %.",
        "919.83 x (1 + 3.8295004095 / 100) = 955.05489361670385, rounded half up to 955.05.",
    )


def test_the_fee_of_a_day_before_the_reviews_is_the_tender():
    told = explained(date(2025, 3, 31))

    assert told.weekly == Decimal("900.00")
    assert told.chain[0].sentences == ("Tender tender-2022: 900.00 a week.",)


def test_a_day_costs_a_seventh():
    # 955.05 / 7 = 136.435...
    assert explained().daily == Decimal("136.44")


def test_a_fee_that_was_recorded_a_penny_off_does_not_agree():
    wrong = book(point("900.00"), point("919.84", date(2025, 4, 1), "review", "R2025"))

    told = explained(date(2025, 6, 1), fees=wrong)

    assert not told.agrees
    assert [link.agrees for link in told.chain] == [False, True]


def test_an_uplift_that_its_figures_do_not_give_does_not_agree():
    def inflated(review_id):
        one = award(review_id)
        parts = tuple(replace(part, change=percentage("9.9")) for part in one.uplift.parts)
        return replace(one, uplift=replace(one.uplift, parts=parts))

    assert not explained(awarded=inflated).agrees


def test_a_spot_fee_is_explained_by_its_agreement():
    spot = placement(agreement="spot", agreed_weekly=pounds("1234.00"))

    told = explained(one=spot, fees=FeeBook())

    assert told.chain[0].sentences == (
        "Agreed for this placement from 2024-05-01: 1234.00 a week.",
    )


@pytest.mark.parametrize("day", [date(2024, 4, 30), date(2025, 1, 1)])
def test_outside_the_placement_nothing_is_due(day):
    with pytest.raises(NothingDue, match="Nothing is due for placement P1"):
        explained(day, one=placement(ended(date(2025, 1, 1))))


def test_after_the_eighteenth_birthday_nothing_is_due():
    with pytest.raises(NothingDue, match="from birthday 18 on"):
        explained(date(2026, 6, 1), one=placement(date_of_birth=date(2008, 5, 31)))


def test_what_an_uplift_was_read_from_is_kept_and_read_back_the_same():
    mixed = uplift_for(
        terms(cpi(9, share="0.5"), wage(share="0.3"), fixed("2", share="0.2")),
        date(2026, 4, 1),
        indices(),
        wages(),
    )

    assert parts_from(parts_text(mixed.parts)) == mixed.parts
