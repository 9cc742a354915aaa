"""The whole story through the published ports, by clients that know nothing but the contracts."""

import json

import pytest

from services.demo.sample_placements import sample_placements
from shared.contracts.placement import PlacementStarted
from shared.contracts.shortlist import ShortlistPriced
from tests.containers import decks
from tests.containers.ledger import DECISIONS, FAULTY, PRICE_CHANGES, REJECTIONS, SHORTLISTS
from tests.containers.parked import await_parked, left_standing, take_parked
from tests.containers.traffic import Traffic

pytestmark = [pytest.mark.containers, pytest.mark.slow]

SEED = 11
REFERRALS = 60
PATIENCE_SECONDS = 30


@pytest.fixture
def parties(system):
    """Case management and finance, listening; they publish what a test gives them."""
    with Traffic(system) as traffic:
        yield traffic


def answered(traffic):
    assert traffic.ledger.wait_for(
        lambda: traffic.senders_are_done() and not traffic.ledger.unanswered(), PATIENCE_SECONDS
    ), [str(one) for one in traffic.ledger.unanswered()]


def test_a_referral_becomes_a_decision_a_shortlist_a_placement_and_a_fee_that_is_explained(
    system, parties
):
    told = [one for one in decks.referrals(REFERRALS, SEED) if one.fate == "handled"]
    parties.referrals.give(told)
    answered(parties)
    decisions = {one["referral_id"]: one for one in parties.ledger.told(DECISIONS)}
    shortlists = {one["referral_id"]: one for one in parties.ledger.told(SHORTLISTS)}
    start = placement_on_an_offer(shortlists.values(), told)
    referral_id = start.data.referral_id

    parties.placements.give([start])

    answered(parties)
    (change,) = parties.ledger.told(PRICE_CHANGES)[:1]
    offer = offer_of(shortlists[referral_id], start.data.agency)
    assert change["new_weekly"] == offer["fees"][0]["weekly"]
    assert change["agency"] in {
        one["agency"]
        for one in decisions[referral_id]["agencies"]
        if one["outcome"] != "not_eligible"
    }
    decision = system.get("eligibility", f"/v1/referrals/{referral_id}/decision")
    assert decision.json() == decisions[referral_id]
    assert_the_fee_is_told_and_explained(system, start.data, change)
    assert left_standing(system) == {}


def placement_on_an_offer(shortlists, referrals):
    """Return the first placement that comes of the shortlists, with an agency of the framework."""
    told = [ShortlistPriced.model_validate_json(json.dumps(one)) for one in shortlists]
    samples = sample_placements(told, referrals, SEED, decks.ALL_TOLD_BY)
    return next(
        one
        for one in samples
        if isinstance(one.data, PlacementStarted) and one.data.agreement == "framework"
    )


def offer_of(shortlist, agency):
    return next(offer for offer in shortlist["offers"] if offer["agency"] == agency)


def assert_the_fee_is_told_and_explained(system, placement, change):
    """Pricing says over HTTP what finance was told, and how the fee of the first day was made."""
    at = f"/v1/placements/{placement.placement_id}"
    timeline = system.get("pricing", f"{at}/timeline").json()
    assert timeline["timeline"][0]["weekly"] == change["new_weekly"]
    assert [one["sequence"] for one in timeline["told"]][:1] == [1]
    fee = system.get("pricing", f"{at}/fees/{placement.start_date}").json()
    assert fee["weekly"] == change["new_weekly"]
    assert fee["agrees"] is True
    assert fee["chain"]


def test_whoever_sends_a_malformed_referral_is_told_which_field_and_it_is_parked(system, parties):
    faulty = [one for one in decks.referrals(REFERRALS, SEED + 1) if one.fate == "refused"]

    parties.referrals.give(faulty)

    answered(parties)
    told = {one["message_id"]: one["field"] for one in parties.ledger.told(REJECTIONS)}
    assert told == {one.message_id: one.field for one in faulty}
    await_parked(system, len(faulty))
    assert take_parked(system).keys() == {
        ("eligibility", one.sample.message_id) for one in parties.ledger.of_kind(FAULTY)
    }


@pytest.mark.parametrize("service", ["eligibility", "pricing"])
def test_a_service_says_that_it_is_ready_and_tells_its_figures(system, service):
    ready = system.get(service, "/readyz")
    figures = system.get(service, "/metrics")

    assert ready.json()["ready"] is True
    assert figures.is_success
    assert "fosterframe_" in figures.text


def test_the_system_is_ready_within_a_minute_of_its_first_start(system, table):
    table.figures["seconds from up to ready"] = round(system.up_seconds, 1)

    assert system.up_seconds < 60
