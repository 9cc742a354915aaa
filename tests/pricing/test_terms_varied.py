"""Other terms, said in a few words."""

from decimal import Decimal

import pytest

from services.pricing.terms.varied import NotTerms, varied
from tests.pricing.builders import cpi, terms, wage

PRESENT = terms(cpi(9, share="0.90"), wage("nlw", share="0.10"), floor=Decimal("0.00"))


def shares(found):
    return [f"{each.share}" for each in found.components]


def test_another_month():
    assert varied(PRESENT, "month=12").components[0].month == 12


def test_another_share_of_the_wage_leaves_the_rest_to_the_index():
    assert shares(varied(PRESENT, "nlw=0.20")) == ["0.80", "0.20"]


def test_another_share_of_the_index_leaves_the_rest_to_the_wage():
    assert shares(varied(PRESENT, "cpi=0.75")) == ["0.75", "0.25"]


def test_a_wage_band_that_the_terms_do_not_have_is_added():
    found = varied(PRESENT, "nmw_18_20=0.30")

    assert shares(found) == ["0.60", "0.10", "0.30"]
    assert found.components[2].band == "nmw_18_20"


def test_limits_are_set_and_lifted():
    found = varied(PRESENT, "cap=3.0, floor=none, lower_of=5.0, decimals=1, first_uplift=0")

    assert (found.cap, found.floor, found.lower_of) == (Decimal("3.0"), None, Decimal("5.0"))
    assert (found.percentage_decimals, found.first_uplift_after_months) == (1, 0)


def test_a_rate_instead_of_every_index():
    (only,) = varied(PRESENT, "rate=4.0").components

    assert (only.share, only.rate) == (1, Decimal("4.0"))


@pytest.mark.parametrize(
    "said",
    [
        "",
        "month",
        "month=13",
        "month=",
        "nlw=1.20",
        "nlw=-0.1",
        "cap=3.0,,",
        "cap=1e3",
        "cap=-1.0",
        "rate=-100.5",
        "cap=-101",
        "floor=-101",
        "decimals=7",
        "first_uplift=61",
        "9lives=0.5",
        "nmw_18_20=0.95",
    ],
)
def test_what_makes_no_terms_is_refused_with_what_can_be_said(said):
    with pytest.raises(NotTerms, match="month=12"):
        varied(PRESENT, said)
