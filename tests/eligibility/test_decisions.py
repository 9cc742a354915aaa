"""Which agencies may be offered a child, by the sample rulebook."""

from datetime import UTC, date, datetime

import pytest

from services.eligibility.decision import decide
from services.eligibility.provider import Judgement, Membership, Suspension
from services.eligibility.register.register import Recorded
from tests.eligibility.builders import (
    LONG_AGO,
    RECEIVED_AT,
    agency,
    child,
    decided,
    judgement,
    near_misses,
    outcome,
    policy,
    referral,
    register,
    unmet,
)


def test_an_agency_that_meets_every_criterion_is_eligible():
    decision = decided(referral(), agency())

    assert outcome(decision) == "eligible"
    assert unmet(decision) == {}
    assert not decision.spot_purchase_indicated


# Standing.


@pytest.mark.parametrize(
    ("start", "verdict"),
    [(date(2024, 3, 31), {"on-framework": "not_met"}), (date(2024, 4, 1), {})],
)
def test_a_joiner_of_1_april_2024_may_be_offered_a_child_from_that_day_on(start, verdict):
    joiner = agency(joined=date(2024, 4, 1))

    decision = decided(referral(start_date=start), joiner)

    assert unmet(decision) == verdict


def test_an_agency_that_left_is_offered_no_child_from_the_day_it_left():
    left = agency(Membership(date(2022, 4, 1), date(2026, 3, 16)))

    assert unmet(decided(referral(start_date=date(2026, 3, 16)), left)) == {
        "on-framework": "not_met"
    }
    assert outcome(decided(referral(start_date=date(2026, 3, 15)), left)) == "eligible"


@pytest.mark.parametrize("overall", ["requires_improvement", "not_yet_inspected"])
def test_an_agency_judged_less_than_good_goes_to_a_person(overall):
    decision = decided(referral(), agency(judged=overall))

    assert outcome(decision) == "refer"
    assert unmet(decision) == {"ofsted-quality": "refer"}


def test_an_agency_of_which_no_judgement_is_known_goes_to_a_person():
    decision = decided(referral(), agency(judged=None))

    assert unmet(decision) == {"ofsted-quality": "refer"}


def test_an_inadequate_agency_is_never_offered_a_child():
    decision = decided(referral(), agency(judged="inadequate"))

    assert outcome(decision) == "not_eligible"


def test_a_judgement_published_between_referral_and_start_counts_once_it_is_known():
    published = judgement("requires_improvement", date(2026, 2, 1), date(2026, 3, 10))
    known_on_12_march = Recorded("SC990001", published, datetime(2026, 3, 12, 9, tzinfo=UTC))
    known = register([*agency(), known_on_12_march])

    before = decide(referral(), known.as_known_at(RECEIVED_AT).panel(date(2026, 3, 16)), policy())
    after = decide(referral(), known.panel(date(2026, 3, 16)), policy())

    assert outcome(before) == "eligible"
    assert outcome(after) == "refer"


def test_a_judgement_counts_from_its_publication_and_not_from_the_inspection():
    inspected = judgement("inadequate", date(2026, 2, 1), date(2026, 3, 17))

    decision = decided(referral(start_date=date(2026, 3, 16)), agency(inspected))

    assert outcome(decision) == "eligible"


def test_of_two_reports_the_one_on_the_later_inspection_counts():
    late_report_on_an_old_visit = Judgement("inadequate", date(2021, 1, 1), date(2024, 1, 1))

    decision = decided(referral(), agency(late_report_on_an_old_visit))

    assert outcome(decision) == "eligible"


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (date(2026, 5, 31), "eligible"),
        (date(2026, 6, 1), "not_eligible"),
        (date(2026, 8, 31), "not_eligible"),
        (date(2026, 9, 1), "eligible"),
    ],
)
def test_a_suspended_agency_is_offered_no_child_while_it_is_suspended(start, expected):
    suspended = agency(Suspension(date(2026, 6, 1), date(2026, 9, 1), "contract_monitoring"))

    assert outcome(decided(referral(start_date=start), suspended)) == expected


# What the agency was awarded, and what the children need.


def test_of_two_purchasers_on_the_same_day_each_gets_the_agencies_that_serve_it():
    for_kent = agency(urn="SC990001", purchasers=("kent",))
    for_both = agency(urn="SC990002")

    kent = decided(referral(purchaser="kent"), for_kent, for_both)
    medway = decided(referral(purchaser="medway"), for_kent, for_both)

    assert kent.outcomes() == ["eligible", "eligible"]
    assert medway.outcomes() == ["not_eligible", "eligible"]


def test_a_group_of_four_is_not_offered_to_an_agency_that_places_three_together():
    four = tuple(child(age, ref=f"C{age}") for age in (6, 8, 12, 14))
    group = referral(placement_type="sibling_group", children=four)

    decision = decided(group, agency(largest_group=3))

    assert unmet(decision) == {"keeps-siblings-together": "not_met"}


def test_a_group_that_may_be_parted_is_offered_to_an_agency_that_places_three_together():
    four = tuple(child(age, ref=f"C{age}") for age in (6, 8, 12, 14))
    group = referral(placement_type="sibling_group", children=four, keep_together=False)

    assert outcome(decided(group, agency(largest_group=3))) == "eligible"


def test_every_child_of_a_group_must_be_in_a_band_that_the_agency_serves():
    group = referral(children=(child(9, ref="C9"), child(16, ref="C16")))

    decision = decided(group, agency(age_bands=("5-10", "11-15")))

    assert unmet(decision) == {"age-band": "not_met"}


@pytest.mark.parametrize(
    ("asked", "offered", "criterion"),
    [
        ({"solo": True}, {"takes_solo": False}, "solo"),
        ({"emergency": True}, {"takes_emergencies": False}, "emergency"),
        ({"duration": "long_term"}, {"takes_long_term": False}, "long-term"),
        ({"need_category": "complex"}, {"need_categories": ("standard",)}, "need-category"),
        ({"placement_type": "sibling_group"}, {"lots": ("core",)}, "placement-type"),
        (
            {"children": (child(disability=True),)},
            {"takes_disabled_children": False},
            "disabled-child",
        ),
    ],
)
def test_what_is_needed_and_not_offered_keeps_the_agency_off_the_shortlist(
    asked, offered, criterion
):
    needed = decided(referral(**asked), agency(**offered))
    not_needed = decided(referral(), agency(**offered))

    assert unmet(needed) == {criterion: "not_met"}
    assert outcome(not_needed) == "eligible"


# Parent and child.


def test_a_baby_that_comes_with_its_parent_counts_by_the_parents_age():
    both = (child(16, ref="P"), child(0, ref="B", with_parent=True))
    unit = referral(placement_type="parent_and_child", children=both)

    decision = decided(unit, agency(age_bands=("16-18",), largest_group=1))

    assert outcome(decision) == "eligible"


def test_a_baby_whose_parent_is_an_adult_is_no_exception_for_under_fives():
    alone = referral(placement_type="parent_and_child", children=(child(0),))

    assert decided(alone, agency()).gates.outcome == "met"


def test_a_parent_with_its_child_needs_an_agency_for_parents_whatever_is_asked_for():
    both = (child(16, ref="P"), child(0, ref="B", with_parent=True))

    decision = decided(referral(children=both), agency(lots=("core",)))

    assert unmet(decision) == {"parent-and-child": "not_met"}


# Gates.


def test_a_child_under_five_goes_to_a_person_whatever_the_agency():
    decision = decided(referral(children=(child(4),)), agency())

    assert decision.gates.outcome == "refer"
    assert outcome(decision) == "refer"
    assert not decision.spot_purchase_indicated


@pytest.mark.parametrize(
    ("search", "emergency", "gate"),
    [
        ("done", False, "met"),
        ("not_possible", False, "refer"),
        ("not_done", False, "not_met"),
        ("not_possible", True, "met"),
        ("not_done", True, "refer"),
    ],
)
def test_the_council_looks_in_house_first(search, emergency, gate):
    asked = referral(in_house_search=search, emergency=emergency)

    assert decided(asked, agency()).gates.outcome == gate


def test_a_referral_stopped_at_a_gate_offers_nobody_and_indicates_no_spot_purchase():
    decision = decided(referral(in_house_search="not_done"), agency(), agency(urn="SC990002"))

    assert decision.outcomes() == ["not_eligible", "not_eligible"]
    assert not decision.spot_purchase_indicated


# What is reported.


def test_every_criterion_that_fails_is_reported_and_not_the_first_one_only():
    decision = decided(
        referral(solo=True, purchaser="medway"),
        agency(judged="not_yet_inspected", takes_solo=False, purchasers=("kent",)),
    )

    assert unmet(decision) == {
        "ofsted-quality": "refer",
        "purchaser": "not_met",
        "solo": "not_met",
    }


def test_an_agency_that_fails_exactly_one_criterion_is_a_near_miss():
    one = agency(urn="SC990001", takes_solo=False)
    one_and_a_referral = agency(urn="SC990002", takes_solo=False, judged="not_yet_inspected")
    two = agency(urn="SC990003", takes_solo=False, purchasers=("medway",))

    decision = decided(referral(solo=True), one, one_and_a_referral, two)

    assert near_misses(decision) == ["SC990001", "SC990002"]


def test_where_no_agency_is_eligible_a_spot_purchase_is_indicated_with_counts():
    decision = decided(
        referral(solo=True),
        agency(urn="SC990001", takes_solo=False),
        agency(urn="SC990002", takes_solo=False, judged="inadequate"),
        agency(urn="SC990003", judged="requires_improvement"),
    )

    told = {criterion: count for criterion, count in decision.not_met_counts.items() if count}
    assert decision.spot_purchase_indicated
    assert told == {"solo": 2, "ofsted-quality": 1}


def test_an_agency_without_an_offer_on_the_day_can_do_nothing_that_we_know_of():
    not_yet = agency(valid_from=date(2026, 4, 1))

    decision = decided(referral(solo=True), not_yet)

    assert outcome(decision) == "not_eligible"
    assert unmet(decision)["solo"] == "refer"
    assert unmet(decision)["placement-type"] == "not_met"


def test_what_was_recorded_later_is_not_known_before():
    known = register(agency(recorded_at=LONG_AGO), agency(urn="SC990002", recorded_at=RECEIVED_AT))

    assert len(known.as_known_at(LONG_AGO)) == 1
    assert known.as_known_at(LONG_AGO).version != known.version
