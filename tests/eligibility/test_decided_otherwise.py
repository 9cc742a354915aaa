"""Whether a referral is decided otherwise by one register than by another."""

from services.eligibility.concerns.touched import OutcomeChange
from services.eligibility.decision import decide
from services.eligibility.decisions.decided_otherwise import is_otherwise, outcomes_of
from tests.eligibility.builders import START, URN, agency, child, policy, referral, register

OTHER = "SC990002"


def compared(asked, before, after):
    """Return what an agency is to a referral by two registers, and whether that is otherwise."""
    then = decide(asked, register(*before).panel(START), policy())
    now = decide(asked, register(*after).panel(START), policy())
    outcomes = outcomes_of([URN], then, now)
    return outcomes, is_otherwise(outcomes, then, now)


def test_an_agency_that_may_no_longer_be_offered_is_otherwise():
    found = compared(referral(), [agency()], [agency(judged="inadequate")])

    assert found == ((OutcomeChange(URN, "eligible", "not_eligible"),), True)


def test_an_agency_that_a_person_must_look_at_now_is_otherwise():
    found = compared(referral(), [agency()], [agency(judged="requires_improvement")])

    assert found == ((OutcomeChange(URN, "eligible", "refer"),), True)


def test_a_new_agency_that_may_be_offered_is_otherwise():
    others = agency(urn=OTHER)

    found = compared(referral(), [others], [others, agency()])

    assert found == ((OutcomeChange(URN, None, "eligible"),), True)


def test_a_new_agency_that_may_not_be_offered_is_the_same():
    others = agency(urn=OTHER)

    found = compared(referral(), [others], [others, agency(judged="inadequate")])

    assert found == ((OutcomeChange(URN, None, "not_eligible"),), False)


def test_another_place_on_the_shortlist_is_otherwise():
    others = agency(urn=OTHER, judged="outstanding")

    first, last = agency(tier=1), agency(tier=2)
    found = compared(referral(), [others, first], [others, last])
    moved = compared(
        referral(), [agency(urn=OTHER, tier=2), first], [agency(urn=OTHER, tier=2), agency(tier=3)]
    )

    assert found == ((OutcomeChange(URN, "eligible", "eligible"),), False)
    assert moved == ((OutcomeChange(URN, "eligible", "eligible"),), True)


def test_what_a_referral_does_not_ask_for_is_the_same():
    found = compared(referral(), [agency()], [agency(takes_solo=False)])

    assert found == ((OutcomeChange(URN, "eligible", "eligible"),), False)


def test_for_a_group_it_counts_what_each_child_would_be_offered_alone():
    children = (child(3, ref="C1"), child(12, ref="C2"), child(17, ref="C3"))
    asked = referral(placement_type="sibling_group", children=children)
    none, some = agency(largest_group=1), agency(largest_group=1, age_bands=("5-10", "16-18"))

    found = compared(asked, [none], [some])

    assert found == ((OutcomeChange(URN, "not_eligible", "not_eligible"),), True)
