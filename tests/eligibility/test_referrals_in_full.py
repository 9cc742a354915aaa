"""Every kind of referral that the field knows, from what is received to what is decided."""

from dataclasses import replace
from datetime import date

import pytest

from services.eligibility.decisions.decided import DecisionWriter
from services.eligibility.received import referral_from
from shared.contracts.decision import EligibilityDecided
from shared.days import Period
from shared.errors import CannotSucceed
from tests.eligibility.builders import RECEIVED_AT, agency, decided, framework, received

WRITER = DecisionWriter("0" * 64)
EVERYTHING = agency(urn="SC990001")
BABY = "2026-01-05"
"""A date of birth: not three months before the start date."""
SIXTEEN = "2009-11-20"


def told_child(ref="C1", born="2014-01-05", **told):
    return {"child_ref": ref, "date_of_birth": born, "disability": False} | told


def outcome_of(*agencies, **told):
    """Return what is told of a referral, and the outcome of each agency by its number."""
    decision = decided(referral_from(received(**told), framework()), *agencies)
    body = WRITER.written(WRITER.head(decision, "D1", RECEIVED_AT), decision)
    message = EligibilityDecided.model_validate_json(body)
    return message, {each.agency: each.outcome for each in message.agencies}


def refusal(**told):
    with pytest.raises(CannotSucceed) as refused:
        referral_from(received(**told), framework())
    said = f"{refused.value.reason} {refused.value.advice}"
    for each in told.get("children", ()):
        assert each["date_of_birth"] not in said
        assert each["child_ref"] not in said
    assert refused.value.advice
    return refused.value


# Sibling groups.

SIBLINGS = [told_child("A", "2019-06-01"), told_child("B", "2015-06-01"), told_child("C", SIXTEEN)]


def group(**told):
    return {"placement_type": "sibling_group", "children": SIBLINGS} | told


def test_a_group_that_stays_together_needs_an_agency_for_all_of_it():
    small = agency(urn="SC990002", largest_group=2)

    message, outcomes = outcome_of(EVERYTHING, small, **group(keep_together=True))

    assert outcomes == {"SC990001": "eligible", "SC990002": "not_eligible"}
    assert [each.child_ref for each in message.each_child] == ["A", "B", "C"]
    assert {each.eligible for each in message.each_child} == {("SC990001", "SC990002")}


def test_a_group_that_may_be_split_is_judged_child_by_child_and_as_a_group():
    for_the_young = agency(urn="SC990002", largest_group=1, age_bands=("5-10",))

    message, outcomes = outcome_of(EVERYTHING, for_the_young, **group(keep_together=False))

    young, middle, old = message.each_child
    assert outcomes == {"SC990001": "eligible", "SC990002": "not_eligible"}
    assert young.eligible == ("SC990001", "SC990002")
    assert (middle.child_ref, middle.eligible) == ("B", ("SC990001", "SC990002"))
    assert (old.eligible, old.not_met_counts["age-band"]) == (("SC990001",), 1)


def test_a_group_for_which_nobody_has_all_shows_who_has_each_child():
    young = agency(urn="SC990002", age_bands=("5-10",))
    old = agency(urn="SC990003", age_bands=("16-18",))

    message, _ = outcome_of(young, old, **group())

    assert message.spot_purchase_indicated
    assert [each.eligible for each in message.each_child] == [
        ("SC990002",),
        ("SC990002",),
        ("SC990003",),
    ]


def test_one_child_under_five_refers_the_group_and_not_its_siblings_alone():
    children = [told_child("A", "2022-06-01"), told_child("B", "2015-06-01")]

    message, outcomes = outcome_of(EVERYTHING, **group(children=children))

    assert outcomes == {"SC990001": "refer"}
    assert [(each.gate_outcome, each.eligible) for each in message.each_child] == [
        ("refer", ()),
        ("met", ("SC990001",)),
    ]


def test_a_child_alone_has_no_children_to_be_judged_one_by_one():
    message, _ = outcome_of(EVERYTHING)

    assert message.each_child is None


# Parent and child.


def test_a_young_parent_with_its_baby_is_one_unit():
    unit = [told_child("P", SIXTEEN, parent_of="B"), told_child("B", BABY)]
    core_only = agency(urn="SC990002", lots=("core",))

    message, outcomes = outcome_of(
        EVERYTHING, core_only, placement_type="parent_and_child", children=unit
    )

    assert outcomes == {"SC990001": "eligible", "SC990002": "not_eligible"}
    assert [(each.child_ref, each.with_parent) for each in message.children] == [
        ("P", False),
        ("B", True),
    ]
    assert message.each_child is None


def test_a_parent_may_be_named_in_another_type_and_needs_an_agency_for_parents():
    unit = [told_child("P", SIXTEEN, parent_of="B"), told_child("B", BABY)]
    core_only = agency(urn="SC990002", lots=("core",))

    message, outcomes = outcome_of(EVERYTHING, core_only, children=unit)

    assert outcomes == {"SC990001": "eligible", "SC990002": "not_eligible"}
    assert message.gate_outcome == "met"


def test_of_a_parent_and_its_sibling_only_the_parent_comes_with_the_baby():
    """The sibling alone needs no agency for parents; the parent does."""
    family = [
        told_child("P", SIXTEEN, parent_of="B"),
        told_child("B", BABY, disability=True),
        told_child("S", "2013-06-01"),
    ]
    no_parents = agency(urn="SC990002", lots=("sibling_group",), takes_disabled_children=False)

    message, _ = outcome_of(EVERYTHING, no_parents, **group(children=family))

    parent, sibling = message.each_child
    assert (parent.child_ref, parent.eligible) == ("P", ("SC990001",))
    assert parent.not_met_counts["parent-and-child"] == 1
    assert parent.not_met_counts["disabled-child"] == 1
    assert (sibling.child_ref, sibling.eligible) == ("S", ("SC990001", "SC990002"))


def test_a_baby_whose_parent_is_an_adult_comes_alone():
    message, outcomes = outcome_of(
        EVERYTHING, placement_type="parent_and_child", children=[told_child("B", BABY)]
    )

    assert (outcomes, message.gate_outcome) == ({"SC990001": "eligible"}, "met")


def test_twins_whose_parent_is_an_adult_come_without_a_parent():
    twins = [told_child("B1", BABY), told_child("B2", BABY)]

    _, outcomes = outcome_of(EVERYTHING, placement_type="parent_and_child", children=twins)

    assert outcomes == {"SC990001": "eligible"}


def test_an_adult_parent_is_no_child_of_the_referral():
    adult = [told_child("P", "2001-01-05", parent_of="B"), told_child("B", BABY)]

    refused = refusal(placement_type="parent_and_child", children=adult)

    assert refused.field == "data.children.0.date_of_birth"
    assert "an adult parent comes with it" in refused.advice


def test_a_date_of_birth_that_implies_a_parent_asks_for_its_name():
    unnamed = [told_child("B", BABY), told_child("P", SIXTEEN)]

    refused = refusal(placement_type="parent_and_child", children=unnamed)

    assert refused.field == "data.children.1.parent_of"
    assert "Name with parent_of" in refused.advice


@pytest.mark.parametrize(
    ("born", "is_refused"), [("2014-01-06", True), ("2014-01-05", False), ("2026-02-01", True)]
)
def test_a_parent_is_twelve_years_older_than_its_child_at_the_least(born, is_refused):
    unit = [told_child("P", born, parent_of="B"), told_child("B", BABY)]

    if is_refused:
        refused = refusal(placement_type="parent_and_child", children=unit)
        assert refused.field == "data.children.0.parent_of"
        assert "names the baby" in refused.advice
    else:
        _, outcomes = outcome_of(EVERYTHING, placement_type="parent_and_child", children=unit)
        assert outcomes == {"SC990001": "eligible"}


# Who has needs of their own.


def test_a_child_who_must_be_the_only_one_needs_an_agency_that_says_so():
    unsaid = agency(urn="SC990002", takes_solo=None)
    never = agency(urn="SC990003", takes_solo=False)

    _, outcomes = outcome_of(EVERYTHING, never, unsaid, solo=True)

    assert outcomes["SC990001"] == "eligible"
    assert outcomes["SC990003"] == "not_eligible"


def test_an_unaccompanied_child_is_judged_as_any_other_and_told_as_such():
    """Who pays is another question: the asylum line of the budget, which pricing reads."""
    message, outcomes = outcome_of(EVERYTHING, uasc="yes", need_category="enhanced")
    _, of_any_other = outcome_of(EVERYTHING, uasc="no", need_category="enhanced")

    assert message.uasc == "yes"
    assert outcomes == of_any_other == {"SC990001": "eligible"}


def test_a_disabled_child_needs_an_agency_that_places_disabled_children():
    never = agency(urn="SC990002", takes_disabled_children=False)

    _, outcomes = outcome_of(
        EVERYTHING,
        never,
        placement_type="disabled_child",
        children=[told_child(disability=True)],
    )

    assert outcomes == {"SC990001": "eligible", "SC990002": "not_eligible"}


@pytest.mark.parametrize(("born", "outcome"), [("2021-03-17", "refer"), ("2021-03-16", "eligible")])
def test_a_child_under_five_on_the_start_date_is_an_exception_for_a_person(born, outcome):
    _, outcomes = outcome_of(EVERYTHING, children=[told_child(born=born)])

    assert outcomes == {"SC990001": outcome}


# Emergencies.


def test_an_emergency_is_judged_by_what_an_emergency_allows():
    never = agency(urn="SC990002", takes_emergencies=False)

    message, outcomes = outcome_of(EVERYTHING, never, needed_by="today", in_house_search="not_done")

    assert message.emergency
    assert message.gate_outcome == "refer"
    assert outcomes == {"SC990001": "refer", "SC990002": "not_eligible"}


# Coming of age, and the framework's term.


@pytest.mark.parametrize("start", ["2026-03-16", "2026-03-17"])
def test_who_turns_18_on_or_before_the_start_date_is_refused(start):
    refused = refusal(children=[told_child(born="2008-03-16")], start_date=start)

    assert refused.field == "data.children.0.date_of_birth"
    assert "18" in refused.reason


def test_who_turns_18_the_day_after_the_start_date_is_decided():
    _, outcomes = outcome_of(EVERYTHING, children=[told_child(born="2008-03-17")])

    assert outcomes == {"SC990001": "eligible"}


@pytest.mark.parametrize(
    ("term", "is_refused"),
    [
        (Period(date(2022, 4, 1), date(2026, 3, 16)), True),
        (Period(date(2022, 4, 1), date(2026, 3, 17)), False),
        (Period(date(2026, 3, 17)), True),
        (Period(date(2026, 3, 16)), False),
    ],
)
def test_a_start_date_outside_the_term_is_refused_with_the_term(term, is_refused):
    limited = replace(framework(), term=term)

    if not is_refused:
        assert referral_from(received(), limited).start_date == date(2026, 3, 16)
        return
    with pytest.raises(CannotSucceed) as refused:
        referral_from(received(), limited)
    assert refused.value.field == "data.start_date"
    assert str(term.start) in refused.value.advice
