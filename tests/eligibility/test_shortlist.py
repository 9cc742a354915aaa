"""The order of a shortlist: as the framework declares, and fair where agencies are equal."""

from collections import Counter
from dataclasses import replace
from weakref import ref

import pytest

from services.eligibility.decision import decide
from services.eligibility.panel import is_near
from services.eligibility.shortlist import shortlist, tie_break
from tests.eligibility.builders import START, agency, decided, policy, referral, register


def listed(decision):
    return [decision.panel.agencies[place].urn for place in shortlist(decision)]


def test_eligible_agencies_come_before_those_that_a_person_must_look_at():
    decision = decided(
        referral(),
        agency(urn="SC990001", judged="requires_improvement", tier=1),
        agency(urn="SC990002", tier=3),
    )

    assert listed(decision) == ["SC990002", "SC990001"]


def test_then_the_tier_counts_then_the_judgement_then_the_area():
    decision = decided(
        referral(preferred_area="CT"),
        agency(urn="SC990001", tier=2, judged="outstanding", areas=("CT",)),
        agency(urn="SC990002", tier=1, judged="good", areas=("ME",)),
        agency(urn="SC990003", tier=1, judged="good", areas=("CT9",)),
        agency(urn="SC990004", tier=1, judged="outstanding", areas=("ME",)),
    )

    assert listed(decision) == ["SC990004", "SC990003", "SC990002", "SC990001"]


def test_the_framework_may_declare_another_order():
    by_area_first = replace(policy(), shortlist_order=("area", "tier", "fair_tie_break"))
    near_and_far = register(
        agency(urn="SC990001", tier=1, areas=("ME",)),
        agency(urn="SC990002", tier=2, areas=("CT",)),
    )

    decision = decide(referral(preferred_area="CT"), near_and_far.panel(START), by_area_first)

    assert listed(decision) == ["SC990002", "SC990001"]


def test_where_a_gate_refers_the_agencies_that_meet_every_criterion_still_come_first():
    decision = decided(
        referral(in_house_search="not_possible"),
        agency(urn="SC990001", judged="requires_improvement"),
        agency(urn="SC990002"),
    )

    assert decision.outcomes() == ["refer", "refer"]
    assert listed(decision) == ["SC990002", "SC990001"]


@pytest.mark.parametrize(
    ("areas", "asked", "near"),
    [
        (("CT",), "CT", True),
        (("CT",), "CT9", True),
        (("CT9",), "CT", True),
        (("CT9",), "CT9", True),
        (("CT9",), "CT10", False),
        (("CT1",), "CT10", False),
        (("C",), "CT", False),
        ((), "CT", False),
    ],
)
def test_an_area_holds_its_districts_and_a_district_only_itself(areas, asked, near):
    panel = register(agency(areas=areas)).panel(START)

    assert is_near(panel.agencies[0], asked) is near


def test_equal_agencies_take_turns_so_that_none_is_always_asked_first():
    equals = [agency(urn=f"SC99000{number}") for number in range(1, 6)]

    firsts = Counter(
        listed(decided(referral(referral_id=f"R{number}"), *equals))[0] for number in range(1000)
    )

    assert len(firsts) == 5
    assert all(150 < count < 250 for count in firsts.values())


def test_a_register_that_was_replaced_is_not_held_in_memory_by_its_shortlists():
    decision = decided(referral(), agency())
    listed(decision)
    replaced = ref(decision.panel)

    del decision

    assert replaced() is None


def test_the_turn_of_an_agency_can_be_derived_again():
    assert tie_break("R1", "SC990001") == tie_break("R1", "SC990001")
    assert tie_break("R1", "SC990001") != tie_break("R2", "SC990001")
    assert tie_break("R1", "SC990001") != tie_break("R1", "SC990002")
