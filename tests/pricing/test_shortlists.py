"""A decision becomes a shortlist with fees, in the order of the decision."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.placements.volume_counting import count_volume
from shared.contracts.decision import AgencyDecision, EligibilityDecided, JudgedChild, RulebookUsed
from shared.contracts.provider import Membership, ProviderUpdated
from tests.pricing.builders import FAMILY, OTHER_URN, URN
from tests.pricing.pricing_service import MORNING, event, started

THIRD_URN = "SC990003"
NAMES = {URN: "Alder", OTHER_URN: "Birch", THIRD_URN: "Cedar"}


def judged(urn, rank, outcome="eligible"):
    return AgencyDecision(
        agency=urn,
        name=NAMES[urn],
        tier=1,
        outcome=outcome,
        rank=rank,
        near_miss=False,
        unmet=(),
    )


def child(ref="C1", age=8, band="5-10", *, with_parent=False):
    return JudgedChild(
        child_ref=ref, age=age, age_band=band, disability=False, with_parent=with_parent
    )


def decided(*agencies, children=None, **told):
    usual = {
        "decision_id": "D1",
        "referral_id": "R1",
        "received_at": MORNING,
        "decided_at": MORNING,
        "purchaser": "kent",
        "placement_type": "core",
        "need_category": "standard",
        "duration": "short_term",
        "start_date": date(2026, 3, 16),
        "emergency": False,
        "solo": False,
        "uasc": "no",
        "children": tuple(children or [child()]),
        "rulebook": RulebookUsed(name="kent-medway", version="2024.1", digest="0" * 64),
        "register_version": "0" * 64,
        "pack_digest": "0" * 64,
        "criteria": (),
        "gates": (),
        "gate_outcome": "met",
        "spot_purchase_indicated": False,
        "not_met_counts": {},
        "reasons": (),
        "agencies": agencies,
    }
    return event("eligibility.decided.v1", "R1", EligibilityDecided(**(usual | told)))


def shortlist(pricing, told):
    pricing.hears(told)
    (sent,) = pricing.sent("shortlist.priced.v1")
    return sent.data


def test_the_order_of_the_decision_is_kept_and_not_that_of_the_price(priced):
    priced.has_fees("800.00", families=(FAMILY._replace(agency=OTHER_URN),))

    priced_list = shortlist(priced, decided(judged(URN, 1), judged(OTHER_URN, 2, "refer")))

    assert [(one.rank, one.agency, f"{one.weekly_total}") for one in priced_list.offers] == [
        (1, URN, "900.00"),
        (2, OTHER_URN, "800.00"),
    ]
    assert priced_list.offers[1].outcome == "refer"


def test_each_fee_says_from_when_it_is_and_where_it_was_decided(priced):
    (offer,) = shortlist(priced, decided(judged(URN, 1))).offers

    (fee,) = offer.fees
    assert (fee.age_band, fee.fee_from, fee.cause) == ("5-10", date(2022, 4, 1), "tender")
    assert fee.cause_reference == "tender-2022"


def test_an_agency_without_a_fee_is_named_with_what_is_missing(priced):
    priced_list = shortlist(priced, decided(judged(THIRD_URN, 1), judged(URN, 2)))

    (missing,) = priced_list.unpriced
    assert [one.agency for one in priced_list.offers] == [URN]
    assert missing.because.startswith(
        "No weekly fee for SC990003 kent core standard 5-10 on 2026-03-16: none is known"
    )


def test_agencies_that_are_not_eligible_are_left_out(priced):
    priced_list = shortlist(
        priced, decided(judged(URN, 1), judged(OTHER_URN, None, "not_eligible"))
    )

    assert len(priced_list.offers) == 1
    assert not priced_list.unpriced


def test_siblings_cost_what_they_cost_together(priced):
    siblings = [child("C1", 8), child("C2", 12, "11-15")]

    (offer,) = shortlist(priced, decided(judged(URN, 1), children=siblings)).offers

    # The eldest is the first child of the group, whatever the order: 900.00 x 0.95 for the other.
    assert [(fee.child_ref, f"{fee.weekly}") for fee in offer.fees] == [
        ("C1", "855.00"),
        ("C2", "900.00"),
    ]
    assert offer.weekly_total == Decimal("1755.00")


def test_each_discount_and_supplement_is_named_beside_the_framework_fee(priced):
    siblings = [child("C1", 12, "11-15"), child("C2", 8)]

    (offer,) = shortlist(priced, decided(judged(URN, 1), children=siblings, solo=True)).offers

    eldest, other = offer.fees
    assert [each.id for each in eldest.adjustments] == ["solo"]
    assert eldest.adjustments[0].weekly == Decimal("75.00")
    assert (f"{eldest.framework_weekly}", f"{eldest.weekly}") == ("900.00", "975.00")
    assert [(each.id, each.kind) for each in other.adjustments] == [
        ("sibling", "discount"),
        ("solo", "supplement"),
    ]
    # 900.00 x 0.95 + 75.00
    assert f"{other.weekly}" == "930.00"


def test_what_a_shortlist_says_is_what_the_placement_costs_on_its_first_day(priced):
    count_volume(priced.desk, date(2026, 3, 1), date(2026, 3, 1), actor="a.analyst")
    told = decided(judged(URN, 1), solo=True, start_date=date(2026, 3, 2), duration="long_term")
    (offer,) = shortlist(priced, told).offers

    priced.hears(started(solo=True, duration="long_term"))

    (price,) = priced.sent()
    assert price.data.new_weekly == offer.weekly_total == Decimal("975.00")


def test_an_agency_that_left_before_the_start_has_no_price(priced):
    priced.hears(membership(URN, date(2022, 4, 1), date(2026, 3, 16)))

    (missing,) = shortlist(priced, decided(judged(URN, 1))).unpriced

    assert "left the framework on 2026-03-16" in missing.because


def membership(urn, first, left):
    period = Membership(fact="membership", valid_from=first, valid_to=left)
    told = ProviderUpdated(agency=urn, facts=(period,))
    return event("provider.updated.v1", urn, told)


def test_a_parent_and_child_have_one_fee_by_the_age_of_the_parent(priced):
    priced.has_fees("1600.00", families=(FAMILY._replace(placement_type="parent_and_child"),))
    unit = [child("C2", 0, "0-4", with_parent=True), child("C1", 16, "16-18")]

    (offer,) = shortlist(
        priced, decided(judged(URN, 1), children=unit, placement_type="parent_and_child")
    ).offers

    assert [(fee.child_ref, fee.age_band) for fee in offer.fees] == [("C1", "16-18")]
    assert offer.weekly_total == Decimal("1600.00")


def test_an_emergency_goes_its_own_way(priced):
    priced.hears(decided(judged(URN, 1), emergency=True))

    (message,) = priced.waiting()
    assert message.routing_key == "shortlist.priced.v1.emergency"


def test_a_referral_without_any_agency_is_told_so(priced):
    priced_list = shortlist(priced, decided(spot_purchase_indicated=True))

    assert priced_list.spot_purchase_indicated
    assert not priced_list.offers


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(2200, 1, 1), date(1899, 12, 31)], ids=str)
def test_a_decision_for_a_day_that_is_too_far_off_is_refused_by_its_field(priced, day):
    priced.hears(decided(judged(URN, 1), duration="long_term", start_date=day))

    assert priced.rejections() == [("data.start_date", "the day lies too far off")]
    assert not priced.retried()
