"""The invented year is varied, the same for the same seed, and says what must become of it."""

import json
from collections import Counter
from datetime import date

import pytest

from services.demo.sample import Sample
from services.demo.sample_faults import FAULTS, LARGE_BODY_BYTES
from services.demo.sample_placements import end_without_start, sample_placements
from services.demo.samples import KINDS, good_referrals, sample_referrals
from shared.contracts.event import decode
from shared.contracts.placement import PlacementAmended, PlacementStarted
from shared.contracts.referral import ReferralReceived
from shared.contracts.shortlist import ChildFee, PricedOffer, ShortlistPriced
from shared.days import age_on, london_day
from shared.errors import CannotSucceed
from shared.money import pounds

FIRST, LAST = date(2025, 4, 1), date(2026, 3, 31)
SEED = 7


def test_the_same_seed_makes_the_same_year_to_the_byte():
    assert year() == sample_referrals(500, SEED, FIRST, LAST)
    assert [one.body for one in year()] != [
        one.body for one in sample_referrals(500, SEED + 1, FIRST, LAST)
    ]


def test_there_are_exactly_as_many_referrals_as_asked_for_in_their_shares():
    kinds = Counter(one.kind for one in year() if one.kind in KINDS)

    assert sum(kinds.values()) == 500
    assert kinds == {kind: 5 * share for kind, share in KINDS.items()}


def test_even_ten_referrals_show_one_of_each_kind():
    assert {one.kind for one in good_referrals(10, SEED, FIRST, LAST)} == set(KINDS)


def test_every_fault_that_a_sender_can_make_is_there():
    made = {one.kind for one in sample_referrals(10, SEED, FIRST, LAST) if one.fate == "refused"}

    assert made == {fault.kind for fault in FAULTS}


def test_messages_come_in_the_order_of_time_and_within_the_year():
    moments = [one.at for one in year()]

    assert moments == sorted(moments)
    assert {FIRST <= london_day(one.at) <= LAST for one in referrals()} == {True}


def test_every_message_that_is_to_be_handled_is_read_as_what_it_was_made_of():
    for one in handled():
        event = decode(one.body)
        assert event.data == one.data
        assert event.id == one.message_id


@pytest.mark.parametrize("kind", [each.kind for each in FAULTS if each.refused_by == "contract"])
def test_a_faulty_message_is_refused_by_the_field_that_it_is_tagged_with(kind):
    for one in (each for each in year() if each.kind == kind):
        with pytest.raises(CannotSucceed) as refused:
            decode(one.body)
        assert refused.value.field == one.field


def test_an_unknown_purchaser_is_left_for_the_framework_to_refuse():
    one = next(each for each in year() if each.kind == "unknown_purchaser")

    assert decode(one.body).data.purchaser == "atlantis"
    assert (one.refused_by, one.field) == ("framework", "data.purchaser")


def test_an_id_used_again_has_other_content_and_comes_after_its_first_use():
    again = next(each for each in year() if each.kind == "id_used_again")
    first = next(each for each in year() if each.message_id == again.message_id)

    assert first.fate == "handled"
    assert first.body != again.body
    assert (first.routing_key, first.at < again.at) == (again.routing_key, True)


def test_ids_are_used_once_but_for_the_fault_that_uses_one_again():
    ids = Counter(one.message_id for one in year() if one.kind != "id_used_again")

    assert set(ids.values()) == {1}


def test_a_body_of_300_kilobytes_is_among_the_faults():
    assert max(len(one.body) for one in year()) > LARGE_BODY_BYTES


def test_an_emergency_has_a_routing_key_of_its_own_and_a_planned_referral_has_not():
    for one in referrals():
        is_urgent = one.routing_key == "referral.received.v1.emergency"
        assert is_urgent == (one.kind == "emergency")
        assert one.data.is_emergency == is_urgent


def test_no_child_is_of_age_at_the_start_and_none_starts_before_birth():
    ages = [
        age_on(child.date_of_birth, one.data.start_date)
        for one in referrals()
        for child in one.data.children
    ]

    assert min(ages) == 0
    assert max(ages) == 17


def test_most_children_who_come_alone_are_teenagers():
    ages = [ages_of(one)[0] for one in referrals() if one.kind in ("core", "emergency", "solo")]

    teenagers = sum(age > 10 for age in ages)
    assert 65 <= 100 * teenagers / len(ages) <= 85


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        ("sibling_group", lambda told: 2 <= len(told.children) <= 5 and told.keep_together),
        ("siblings_apart", lambda told: len(told.children) >= 2 and not told.keep_together),
        ("solo", lambda told: told.solo and told.placement_type == "core"),
        ("disabled_child", lambda told: told.children[0].disability),
        ("uas_child", lambda told: told.uasc in ("yes", "not_established")),
        ("not_searched", lambda told: told.in_house_search == "not_done"),
        ("emergency", lambda told: told.needed_by == "today"),
        ("parent_and_child", lambda told: told.placement_type == "parent_and_child"),
    ],
)
def test_each_kind_is_what_it_says(kind, holds):
    told = [one.data for one in referrals() if one.kind == kind]

    assert told
    assert all(holds(each) for each in told)


def test_most_unaccompanied_children_are_16_or_17():
    ages = [ages_of(one)[0] for one in referrals() if one.kind == "uas_child"]

    assert sum(age >= 16 for age in ages) > len(ages) / 2


def test_a_parent_who_is_a_child_names_the_baby_and_a_grown_parent_is_not_in_the_referral():
    told = [one.data for one in referrals() if one.kind == "parent_and_child"]

    together = [each for each in told if len(each.children) == 2]
    assert 0 < len(together) < len(told)
    for each in together:
        assert each.children[0].parent_of == each.children[1].child_ref


def test_both_councils_and_all_categories_of_need_are_there():
    told = [one.data for one in referrals()]

    assert {each.purchaser for each in told} == {"kent", "medway"}
    assert {each.need_category for each in told} == {"standard", "enhanced", "complex"}


def test_only_referrals_that_were_made_before_are_withdrawn():
    made = {one.data.referral_id: one.at for one in referrals()}
    withdrawn = [one for one in year() if one.kind == "withdrawn"]

    assert withdrawn
    assert all(made[one.data.referral_id] < one.at for one in withdrawn)


def test_placements_are_the_same_in_whatever_order_the_shortlists_came():
    lists = shortlists()

    assert placements(lists) == placements(lists[::-1])


def test_a_placement_starts_for_each_fee_of_an_offer_and_one_for_parent_and_child():
    started = [one.data for one in placements(shortlists()) if one.kind == "placed"]
    per_referral = Counter(each.referral_id for each in started)

    by_id = {each.referral_id: each for each in shortlists()}
    assert per_referral
    for referral_id, count in per_referral.items():
        assert count == len(by_id[referral_id].offers[0].fees)


def test_placements_are_amended_and_ended_after_they_started():
    started = {}

    for one in placements(shortlists()):
        if isinstance(one.data, PlacementStarted):
            started[one.data.placement_id] = one.at
        elif one.data is not None:
            assert started[one.data.placement_id] < one.at

    kinds = Counter(one.kind for one in placements(shortlists()))
    assert {"placed", "spot", "ended", "need_changed", "born_earlier"} <= set(kinds)


def test_a_corrected_date_of_birth_makes_nobody_of_age_before_the_start():
    starts = {
        one.data.placement_id: one.data.start_date
        for one in placements(shortlists())
        if isinstance(one.data, PlacementStarted)
    }

    for one in placements(shortlists()):
        if isinstance(one.data, PlacementAmended) and one.data.date_of_birth:
            assert age_on(one.data.date_of_birth, starts[one.data.placement_id]) < 18


def test_there_is_a_spot_placement_even_where_every_referral_finds_an_agency():
    lists = [each for each in shortlists() if not each.spot_purchase_indicated]

    spot = [one.data for one in placements(lists) if one.kind == "spot"]

    assert len(spot) == 1
    assert spot[0].agreement == "spot"
    assert spot[0].agreed_weekly > 0


def test_placement_messages_are_read_or_refused_as_tagged():
    for one in [*placements(shortlists()), end_without_start(LAST, SEED)]:
        if one.fate == "handled":
            assert decode(one.body).data == one.data
            continue
        with pytest.raises(CannotSucceed) as refused:
            decode(one.body)
        assert refused.value.field == one.field == "data.agreed_weekly"
        assert isinstance(json.loads(one.body)["data"]["agreed_weekly"], int)


def test_what_would_happen_after_the_last_day_is_left_out():
    some = placements(shortlists(), last_day=date(2025, 9, 30))

    assert some
    assert max(one.at.date() for one in some) <= date(2025, 9, 30)


def year() -> list[Sample]:
    return sample_referrals(500, SEED, FIRST, LAST)


def handled() -> list[Sample]:
    return [one for one in year() if one.fate == "handled"]


def referrals() -> list[Sample]:
    return [one for one in year() if isinstance(one.data, ReferralReceived)]


def ages_of(one: Sample) -> list[int]:
    return [age_on(child.date_of_birth, london_day(one.at)) for child in one.data.children]


def placements(lists: list[ShortlistPriced], last_day: date = LAST) -> list[Sample]:
    return sample_placements(lists, referrals(), SEED, last_day)


def shortlists() -> list[ShortlistPriced]:
    """One offer for each referral, but for every seventh, which only a spot purchase can meet."""
    return [shortlist(one.data, number % 7 > 0) for number, one in enumerate(referrals())]


def shortlist(told: ReferralReceived, has_offer: bool) -> ShortlistPriced:
    is_unit = told.placement_type == "parent_and_child"
    fees = tuple(
        ChildFee(
            child_ref=child.child_ref,
            age_band="11-15",
            weekly=pounds("900.00"),
            fee_from=date(2022, 4, 1),
            cause="tender",
            cause_reference="tender-2022",
        )
        for child in told.children[: 1 if is_unit else None]
    )
    offer = PricedOffer(
        rank=1,
        agency="SC990001",
        name="Owlbarrow",
        outcome="eligible",
        weekly_total=pounds("900.00"),
        fees=fees,
    )
    return ShortlistPriced(
        decision_id=f"decision-{told.referral_id}",
        referral_id=told.referral_id,
        purchaser=told.purchaser,
        placement_type=told.placement_type,
        need_category=told.need_category,
        start_date=told.start_date,
        emergency=told.is_emergency,
        spot_purchase_indicated=not has_offer,
        pack_digest="0" * 64,
        offers=(offer,) if has_offer else (),
        unpriced=(),
    )
