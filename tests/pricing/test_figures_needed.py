"""Before a review it is known which figures it lacks, and when they come out."""

from datetime import date
from typing import get_args

import pytest

from services.pricing.figures.needed import KINDS, figures_needed
from services.pricing.indices import AWARDS, IndexBook, IndexValue, NoRateYet
from services.pricing.months import Month
from services.pricing.terms.agreed import Component, WageAtAgeShare, uplift_for
from services.pricing.wages import WageBook, WageRate
from shared.money import percentage, pounds
from tests.pricing.builders import cpi, fixed, indices, terms, wage, wages

NOVEMBER = date(2026, 11, 22)
APRIL_2027 = date(2027, 4, 1)
SEPTEMBER_2026 = IndexValue(
    "D7G7", Month(2026, 9), percentage("3.0"), date(2026, 10, 21), "ONS, the file of October"
)


def at_age(age, *, share):
    return WageAtAgeShare(percentage(share), age)


def needed(*components, day=APRIL_2027, today=NOVEMBER, values=(), rates=()):
    books = IndexBook(values or indices().of_series("D7G7")), WageBook([*wages(), *rates])
    return figures_needed([terms(*components)], day, *books, today)


def rate_of_2027(status):
    return WageRate("nlw", APRIL_2027, pounds("13.20"), status, "a source", from_age=21)


def refusal_of(one, books, award):
    try:
        uplift_for(one, APRIL_2027, *books, award)
    except NoRateYet as refused:
        return str(refused)


def told(figure):
    return figure.standing.what, figure.state, figure.standing.value


def test_for_april_2027_september_and_the_wage_are_missing():
    index, nlw = needed(cpi(share="0.9"), wage(share="0.1"))

    assert told(index) == ("the CPI 12-month rate (D7G7) for 2026-09", "missing", "")
    assert told(nlw) == ("the rise of the wage band nlw up to 2027-04-01", "missing", "")
    assert nlw.standing.known_as == "the last known is 12.71 from 2026-04-01"


def test_for_april_2026_everything_is_known_with_its_source():
    index, nlw = needed(cpi(share="0.9"), wage(share="0.1"), day=date(2026, 4, 1))

    assert told(index)[1:] == ("known", "3.8")
    assert told(nlw)[1:] == ("known", "12.21 to 12.71")
    assert index.standing.source == "ONS MM23 D7G7, ons_d7g7.csv"
    assert nlw.standing.known_as == "in_force, from 2026-04-01"
    assert not index.refused
    assert not nlw.refused


@pytest.mark.parametrize(
    ("component", "today", "sentence"),
    [
        (cpi(9), date(2026, 10, 20), "ONS publishes it on 2026-10-21."),
        (cpi(9), date(2026, 10, 22), "ONS published it on 2026-10-21."),
        (cpi(12), NOVEMBER, "ONS publishes it on 2027-01-20."),
        (cpi(1, year="same"), NOVEMBER, "ONS publishes it on 2027-02-17."),
        (
            cpi(2, year="same"),
            NOVEMBER,
            "ONS publishes it in 2027-03, usually after the 15th.",
        ),
    ],
)
def test_the_office_says_when_it_publishes(component, today, sentence):
    (figure,) = needed(component, today=today)

    assert figure.standing.expected.sentence == sentence


def test_what_came_out_long_ago_is_told_by_its_month():
    (figure,) = needed(cpi(), day=date(2016, 4, 1))

    assert figure.standing.expected.sentence == "ONS published it in 2015-10."


def test_wages_are_announced_in_the_autumn_before():
    (figure,) = needed(wage(share="1"))
    expected = figure.standing.expected

    assert (expected.day, expected.is_announced) == (date(2026, 10, 31), False)
    assert "by 2026-10-31; the rates from 2027-04-01" in expected.sentence


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2026, 10, 1), "The rates from 2026-04-01 were announced in the autumn of 2025."),
        (date(2027, 3, 31), "The rates from 2026-04-01 were announced in the autumn of 2025."),
    ],
)
def test_a_review_in_the_middle_of_the_year_needs_the_wages_of_the_april_before(day, sentence):
    (figure,) = needed(wage(share="1"), day=day)

    assert figure.state == "known"
    assert figure.standing.expected.sentence == sentence


def test_an_estimate_will_do_for_a_provisional_award_alone():
    (figure,) = needed(wage(share="1"), rates=[rate_of_2027("estimate")])

    assert told(figure)[1:] == ("provisional", "12.71 to 13.20")
    assert "is an estimate" in figure.refused["final"]
    assert "provisional" not in figure.refused


def test_a_derived_rate_will_do_for_a_provisional_award_alone():
    (figure,) = needed(cpi(8))

    assert told(figure)[1:] == ("provisional", "3.1")
    assert figure.standing.known_as == "derived, release of 2026-09-16"
    assert "is derived, not published" in figure.refused["final"]


def test_an_announced_rate_will_do_for_any_award():
    (figure,) = needed(wage(share="1"), rates=[rate_of_2027("announced")])

    assert (figure.state, figure.refused) == ("known", {})


def test_a_band_that_has_gone_never_comes_out():
    (figure,) = needed(wage("nmw_21_22", share="1"))

    assert figure.standing.expected is None
    assert "has gone by 2027-04-01" in figure.refused["provisional"]


def test_a_wage_by_age_is_needed_like_a_band():
    young, grown = needed(at_age(19, share="0.5"), at_age(30, share="0.5"))

    assert told(young) == ("the rise of the wage due at age 19 up to 2027-04-01", "missing", "")
    assert grown.standing.known_as == "the last known is 12.71 from 2026-04-01"


def test_a_wage_by_age_is_known_over_a_change_of_bands():
    (figure,) = needed(at_age(21, share="1"), day=date(2024, 4, 1))

    assert told(figure)[1:] == ("known", "10.18 to 11.44")


def test_a_rate_that_the_terms_fix_needs_no_figure():
    assert needed(fixed("2.0", share="1")) == ()


def test_a_figure_that_two_sets_of_terms_name_is_needed_once():
    both = [terms(cpi(share="1"), version="a"), terms(cpi(share="0.6"), version="b")]

    (figure,) = figures_needed(both, APRIL_2027, IndexBook(), WageBook(), NOVEMBER)

    assert figure.shares == (("a", "1"), ("b", "0.6"))


def test_every_kind_of_component_has_its_line():
    assert set(KINDS) == set(get_args(Component))


@pytest.mark.parametrize("award", AWARDS)
@pytest.mark.parametrize("values", [(), (SEPTEMBER_2026,)], ids=["no CPI", "CPI"])
@pytest.mark.parametrize("status", [None, "estimate", "announced", "in_force"])
def test_an_award_is_refused_as_it_was_said_to_be(award, values, status):
    rates = [rate_of_2027(status)] if status else []
    books = IndexBook(values), WageBook([*wages(), *rates])
    of_award = terms(cpi(share="0.9"), wage(share="0.1"))
    found = figures_needed([of_award], APRIL_2027, *books, NOVEMBER)
    said = [figure.refused[award] for figure in found if award in figure.refused]

    assert refusal_of(of_award, books, award) == (said[0] if said else None)
