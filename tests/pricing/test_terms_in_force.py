"""Which terms a review of a day goes by, and for which placement types."""

from datetime import date

import pytest

from services.pricing.terms.in_force import InForce, terms_in_force
from tests.pricing.builders import fixed, terms

APRIL_2024 = date(2024, 4, 1)
MID_YEAR = date(2022, 10, 1)


def some(version, *, since=date(2022, 4, 1), types=(), **told):
    usual = {"version": version, "in_force_from": since, "placement_types": types}
    return terms(fixed("3", share="1"), **(usual | told))


def an_extra(version, on, *, types=()):
    told = {"only_on": on, "since": on, "month": on.month, "day": on.day}
    return some(version, types=types, **told)


def versions(every, day):
    return [
        (every[each.position].version, each.placement_types) for each in terms_in_force(every, day)
    ]


def test_the_latest_terms_of_a_type_hold():
    every = [some("old"), some("new", since=date(2024, 1, 1))]

    assert versions(every, date(2023, 4, 1)) == [("old", ())]
    assert versions(every, APRIL_2024) == [("new", ())]


def test_types_with_terms_of_their_own_are_a_track_of_their_own_after_the_others():
    every = [some("parents", types=("parent_and_child",)), some("all")]

    assert versions(every, APRIL_2024) == [("all", ()), ("parents", ("parent_and_child",))]


def test_a_type_whose_own_terms_take_effect_on_another_day_is_left_by_the_others():
    every = [some("all"), some("parents", types=("parent_and_child",), day=7)]

    assert terms_in_force(every, APRIL_2024) == [
        InForce(0, (), (("parent_and_child", "on day 7 of month 4"),))
    ]
    assert versions(every, date(2024, 4, 7)) == [("parents", ("parent_and_child",))]


def test_terms_of_two_types_of_which_one_has_newer_ones_hold_for_the_other_alone():
    every = [
        some("both", types=("core", "solo")),
        some("solo", types=("solo",), since=date(2024, 1, 1)),
    ]

    assert versions(every, APRIL_2024) == [("both", ("core",)), ("solo", ("solo",))]


def test_an_extra_review_in_mid_year_is_in_force_on_its_day_only():
    every = [some("yearly"), an_extra("extra", MID_YEAR)]

    assert versions(every, MID_YEAR) == [("extra", ())]
    assert versions(every, date(2023, 4, 1)) == [("yearly", ())]
    with pytest.raises(ValueError, match=r"by the terms yearly .* not on 2023-10-01"):
        terms_in_force(every, date(2023, 10, 1))


def test_an_extra_review_of_two_types_leaves_every_other_without_terms():
    every = [some("yearly"), an_extra("extra", MID_YEAR, types=("core",))]

    assert versions(every, MID_YEAR) == [("extra", ("core",))]


def test_before_the_first_terms_there_is_no_review():
    with pytest.raises(ValueError, match="the first are from 2022-04-01"):
        terms_in_force([some("all")], date(2021, 4, 1))
