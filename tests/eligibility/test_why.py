"""Why a decision is what it is: every agency by every criterion, and what is missing."""

import pytest

from services.eligibility.decisions.why import NoSuchAgency, explain
from tests.eligibility.builders import agency, child, decided, near_misses, outcome, referral

GOOD = agency(urn="SC990001")
NO_SOLO = agency(urn="SC990002", takes_solo=False)
INADEQUATE = agency(urn="SC990003", takes_solo=False, judged="inadequate")
UNSAID = agency(urn="SC990004", judged="requires_improvement")


def criterion(explained, id_):
    return next(each for each in explained.criteria if each.criterion.id == id_)


def facts(explained):
    return {(each.of, each.name): each.value for each in explained.facts}


def test_every_agency_is_explained_by_every_criterion_that_decided():
    decision = decided(referral(solo=True), GOOD, NO_SOLO, INADEQUATE, UNSAID)

    explanation = explain(decision)

    for each in explanation.agencies:
        assert [one.criterion.id for one in each.criteria] == list(decision.policy.agency_criteria)
        assert each.outcome == outcome(decision, each.urn)
    verdicts = {
        each.urn: tuple(one.verdict for one in each.criteria) for each in explanation.agencies
    }
    in_panel = [each.urn for each in decision.panel.agencies]
    assert verdicts == dict(zip(in_panel, decision.verdicts(), strict=True))


def test_what_is_explained_is_what_the_message_says():
    asked = referral(solo=True, children=(child(9, ref="C9"), child(16, ref="C16")))
    decision = decided(asked, GOOD, NO_SOLO, agency(urn="SC990005", age_bands=("5-10",)))

    explanation = explain(decision)

    said = {
        (each.urn, one.criterion.id): one.because
        for each in explanation.agencies
        for one in each.criteria
        if one.verdict != "met"
    }
    in_columns = {
        (decision.panel.agencies[place].urn, column.reasons[reason].criterion): column.reasons[
            reason
        ].because
        for column in decision.answer.columns
        for place, reason in column.unmet
    }
    assert said == in_columns
    assert [each.because for each in explanation.gates] == [
        each.because for each in decision.gates.reasons
    ]


def test_a_criterion_names_the_facts_of_both_sides_and_what_it_says():
    explained = explain(decided(referral(solo=True), NO_SOLO)).agency("SC990002")

    solo = criterion(explained, "solo")

    assert solo.verdict == "not_met"
    assert solo.because == "The agency offers no solo placements."
    assert facts(solo) == {("referral", "solo"): "yes", ("agency", "takes_solo"): "no"}
    assert solo.criterion.source.startswith("S17")


def test_of_a_group_a_criterion_names_each_childs_fact_and_verdict():
    asked = referral(children=(child(9, ref="C9"), child(16, ref="C16")))
    explained = explain(decided(asked, agency(urn="SC990005", age_bands=("5-10",))))

    by_band = criterion(explained.agencies[0], "age-band")

    assert by_band.each_child == (("C9", "met"), ("C16", "not_met"))
    assert facts(by_band) == {
        ("C9", "age_band"): "5-10",
        ("C16", "age_band"): "16-18",
        ("agency", "bands_served"): frozenset({"5-10"}),
    }
    assert by_band.because == "The agency does not serve 16-18."
    assert criterion(explained.agencies[0], "solo").each_child == ()


def test_agencies_stand_by_rank_and_then_by_their_numbers():
    second = agency(urn="SC990000", tier=2)

    explained = explain(decided(referral(solo=True), NO_SOLO, second, GOOD, INADEQUATE))

    assert [(each.urn, each.rank) for each in explained.agencies] == [
        ("SC990001", 1),
        ("SC990000", 2),
        ("SC990002", None),
        ("SC990003", None),
    ]
    assert explained.nearest == ()


def test_near_misses_are_those_of_the_decision():
    decision = decided(referral(solo=True), GOOD, NO_SOLO, INADEQUATE)

    named = [each.urn for each in explain(decision).near_misses]

    assert named == near_misses(decision) == ["SC990002"]


def test_what_failed_is_counted_the_most_frequent_first():
    explained = explain(decided(referral(solo=True), NO_SOLO, INADEQUATE, UNSAID))

    assert [(each.criterion.id, each.not_met, each.refer) for each in explained.failures] == [
        ("solo", 2, 0),
        ("ofsted-quality", 1, 1),
    ]


def test_where_nobody_is_eligible_the_nearest_miss_the_least():
    two_missing = agency(urn="SC990000", takes_solo=False, purchasers=("medway",))

    explained = explain(decided(referral(solo=True), two_missing, INADEQUATE, NO_SOLO, UNSAID))

    assert [each.urn for each in explained.nearest] == [
        "SC990004",
        "SC990002",
        "SC990000",
        "SC990003",
    ]
    lacking = [one.criterion.id for one in explained.nearest[1].with_verdict("not_met")]
    assert lacking == ["solo"]


def test_of_agencies_that_miss_as_much_the_better_tier_is_nearer():
    tiers = [agency(urn=f"SC99000{tier}", tier=tier, takes_solo=False) for tier in (3, 1, 2)]

    nearest = explain(decided(referral(solo=True), *tiers)).nearest

    assert [each.tier for each in nearest] == [1, 2, 3]


def test_at_a_gate_the_nearest_meet_all_and_the_gate_says_why_they_are_not_offered():
    explained = explain(decided(referral(in_house_search="not_done"), GOOD, NO_SOLO))

    assert explained.gates[0].verdict == "not_met"
    assert explained.nearest[0].with_verdict("not_met") == []
    assert explained.agencies[0].rank is None


def test_each_child_of_a_group_is_explained_alone():
    asked = referral(children=(child(3, ref="C3"), child(16, ref="C16")))
    for_the_old = agency(urn="SC990005", age_bands=("16-18",))

    young, old = explain(decided(asked, GOOD, for_the_old)).children

    assert (young.child_ref, young.gate_outcome, young.eligible, young.refer) == (
        "C3",
        "refer",
        (),
        ("SC990001",),
    )
    assert [each.criterion.id for each in young.failures] == ["age-band"]
    assert (old.age_band, old.eligible) == ("16-18", ("SC990001", "SC990005"))


def test_an_agency_that_was_not_on_the_register_is_refused_with_what_to_do():
    with pytest.raises(NoSuchAgency, match="SC999999 was not on the register"):
        explain(decided(referral(), GOOD)).agency("SC999999")
