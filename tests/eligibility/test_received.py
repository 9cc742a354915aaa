"""What becomes of a referral as it is received: derived facts, or a reason that names the field."""

from dataclasses import replace
from datetime import date

import pytest

from services.eligibility.received import referral_from
from shared.days import Period
from shared.errors import CannotSucceed
from tests.eligibility.builders import framework, received


def told_child(ref="C1", born="2014-01-05", **told):
    return {"child_ref": ref, "date_of_birth": born, "disability": False} | told


def facts(**told):
    return referral_from(received(**told), framework()).facts


def refusal(**told):
    with pytest.raises(CannotSucceed) as refused:
        referral_from(received(**told), framework())
    return refused.value


@pytest.mark.parametrize(
    ("born", "age", "band"),
    [
        ("2026-03-02", 0, "0-4"),
        ("2021-03-17", 4, "0-4"),
        ("2021-03-16", 5, "5-10"),
        ("2010-03-17", 15, "11-15"),
        ("2010-03-16", 16, "16-18"),
        ("2008-03-17", 17, "16-18"),
    ],
)
def test_a_child_is_as_old_as_on_the_start_date(born, age, band):
    [unit] = facts(children=[told_child(born=born)])

    assert (unit["age"], unit["age_band"]) == (age, band)


def test_who_is_18_on_the_start_date_is_no_child_of_the_framework():
    refused = refusal(children=[told_child("C1"), told_child("C2", "2008-03-16")])

    assert refused.field == "data.children.1.date_of_birth"
    assert "2008" not in f"{refused.reason} {refused.advice}"


def test_a_start_date_after_the_framework_has_ended_is_refused():
    ended = replace(framework(), term=Period(date(2022, 4, 1), date(2026, 3, 16)))

    with pytest.raises(CannotSucceed) as refused:
        referral_from(received(), ended)

    assert refused.value.field == "data.start_date"


@pytest.mark.parametrize(
    ("field", "word"),
    [("purchaser", "surrey"), ("placement_type", "hostel"), ("need_category", "extreme")],
)
def test_a_word_that_the_framework_has_not_is_refused_with_those_that_it_has(field, word):
    refused = refusal(**{field: word})

    assert refused.field == f"data.{field}"
    assert word not in refused.reason
    assert ", " in refused.advice


def test_a_parent_with_its_baby_is_one_unit_of_the_parents_age():
    units = facts(
        placement_type="parent_and_child",
        children=[
            told_child("P", "2009-01-05", parent_of="B"),
            told_child("B", "2026-01-05", disability=True),
        ],
    )

    assert [(unit["age_band"], unit["group_size"]) for unit in units] == [("16-18", 1)]
    assert units[0]["parent_with_child"] == "yes"
    assert units[0]["disability"] == "yes"


def test_a_parent_that_is_not_older_than_its_child_is_refused():
    refused = refusal(
        children=[
            told_child("C1", "2014-01-05"),
            told_child("C2", "2014-01-05", parent_of="C1"),
        ]
    )

    assert refused.field == "data.children.1.parent_of"


def test_siblings_are_as_many_units_as_there_are():
    units = facts(children=[told_child(f"C{number}") for number in range(4)])

    assert [unit["group_size"] for unit in units] == [4, 4, 4, 4]
    assert {unit["parent_with_child"] for unit in units} == {"no"}


@pytest.mark.parametrize(
    ("told", "emergency"),
    [
        ({}, "no"),
        ({"needed_by": "today"}, "yes"),
        ({"start_date": "2026-03-03"}, "yes"),
        ({"start_date": "2026-03-04"}, "no"),
    ],
)
def test_an_emergency_is_needed_today_or_within_24_hours(told, emergency):
    assert facts(**told)[0]["emergency"] == emergency
