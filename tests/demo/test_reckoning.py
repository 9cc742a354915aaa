"""The reckoning of the demo can fail: what is missing, doubled or altered shows in a check."""

import copy
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from services.demo.reckoning import (
    Check,
    once_each,
    placement_checks,
    referral_checks,
    review_checks,
    shortlist_checks,
)
from services.demo.samples import sample_referrals
from shared.contracts.event import decode
from shared.money import pounds
from tests.contracts.goldens import FULL, body_of
from tests.pricing.builders import book, placement, point, timeline_of

SAMPLES = sample_referrals(20, 7, date(2026, 2, 16), date(2026, 3, 30))
GOOD = [one for one in SAMPLES if one.fate == "handled" and one.kind != "withdrawn"]
REFUSED = [one for one in SAMPLES if one.fate == "refused"]
REVIEW_ID = FULL["review.applied.v1"]["data"]["review_id"]
PREVIEWED = {"uplifted": 2, "excluded": 1}
CURRENT = {
    "P1": timeline_of(
        placement(), book(point("900.00"), point("934.47", date(2026, 4, 1), "review", "R26"))
    )
}


def event_of(type_, id_, *, causation_id="", **told):
    """Return the pinned event of a type; only what tells it apart is given."""
    document = copy.deepcopy(FULL[type_])
    document["id"] = id_
    document["data"] |= told
    return replace(decode(body_of(document)), causation_id=causation_id)


def decision(number, **told):
    return event_of(
        "eligibility.decided.v1",
        f"decision-{number}",
        causation_id=GOOD[number].message_id,
        decision_id=f"decision-{number}",
        **told,
    )


def shortlist(number, **told):
    id_ = f"shortlist-{number}"
    return event_of("shortlist.priced.v1", id_, decision_id=f"decision-{number}", **told)


def rejection(number, **told):
    sample = REFUSED[number]
    said = {"message_id": sample.message_id, "field": sample.field} | told
    return event_of("message.rejected.v1", f"rejection-{number}", **said)


def change(sequence, start, old, new, **told):
    account = CURRENT["P1"][0].account
    usual = {
        "placement_id": "P1",
        "sequence": sequence,
        "effective_from": start,
        "effective_to": None,
        "old_weekly": old,
        "new_weekly": new,
        "arrears": [],
        "arrears_total": "0.00",
        "review_id": None,
        "decision_reference": None,
        **account._asdict(),
    }
    return event_of("price.changed.v1", f"change-{sequence}", **(usual | told))


DECISIONS = [decision(number) for number in range(len(GOOD))]
REJECTIONS = [rejection(number) for number in range(len(REFUSED))]
SHORTLISTS = [shortlist(number) for number in range(len(GOOD))]
START = change(1, "2024-05-01", "0.00", "900.00")
UPLIFT = change(2, "2026-04-01", "900.00", "934.47")
OF_REVIEW = event_of("price.changed.v1", "of-review")
APPLIED = event_of("review.applied.v1", "applied").data


def failing(checks):
    return {check.says for check in checks if not check.holds}


def of_referrals(decisions=DECISIONS, rejections=REJECTIONS):
    return failing(referral_checks(SAMPLES, once_each(decisions), once_each(rejections)))


def of_shortlists(shortlists, decisions=DECISIONS):
    return failing(shortlist_checks(once_each(decisions), once_each(shortlists)))


def of_placements(*received, started=("P1",), current=CURRENT):
    return failing(placement_checks(started, once_each(received), current))


def of_review(*received, applied=APPLIED, previewed=PREVIEWED):
    return failing(review_checks(applied, once_each(received), previewed))


def test_a_check_holds_only_if_the_figures_agree_and_nothing_is_to_be_said_against_it():
    assert Check("figures", 3, 3).holds
    assert not Check("figures", 3, 2).holds
    assert not Check("figures", 3, 3, "but one of them is another").holds


def test_when_everything_came_once_everything_holds_and_copies_of_an_event_do_not_count():
    assert of_referrals([*DECISIONS, DECISIONS[0]], [*REJECTIONS, REJECTIONS[0]]) == set()
    assert of_shortlists([*SHORTLISTS, SHORTLISTS[0]]) == set()
    assert of_placements(START, UPLIFT, START) == set()
    assert of_review(OF_REVIEW, OF_REVIEW) == set()


def test_a_referral_that_nobody_decided_is_missed():
    assert "referrals that were decided" in of_referrals(DECISIONS[1:])


def test_a_referral_that_was_decided_twice_is_noticed():
    again = replace(DECISIONS[0], id="another-decision")

    assert of_referrals([*DECISIONS, again]) == {"decisions, one for each referral"}


def test_a_referral_decided_twice_does_not_make_up_for_one_that_nobody_decided():
    again = replace(DECISIONS[1], id="another-decision")

    assert of_referrals([*DECISIONS[1:], again]) == {"referrals that were decided"}


def test_a_decision_on_a_message_that_should_have_been_refused_is_noticed():
    wrong = replace(DECISIONS[0], id="another-decision", causation_id=REFUSED[0].message_id)

    assert of_referrals([*DECISIONS, wrong]) == {"decisions, one for each referral"}


def test_a_faulty_message_of_which_its_sender_never_heard_is_missed():
    assert of_referrals(rejections=REJECTIONS[1:]) == {"faulty messages that were rejected"}


def test_a_rejection_that_names_another_field_is_noticed():
    number = next(number for number, one in enumerate(REFUSED) if one.field == "data.solo")
    wrong = [*REJECTIONS[:number], rejection(number, field="data"), *REJECTIONS[number + 1 :]]

    assert of_referrals(rejections=wrong) == {"rejections that name the field at fault"}


def test_a_decision_that_was_never_priced_is_missed():
    assert "decisions that were priced" in of_shortlists(SHORTLISTS[1:])


def test_a_decision_that_was_priced_twice_is_noticed():
    again = replace(SHORTLISTS[0], id="another-shortlist")

    assert of_shortlists([*SHORTLISTS, again]) == {"shortlists, one for each decision"}


def test_a_shortlist_for_a_decision_that_nobody_made_does_not_make_up_for_one_that_is_missing():
    stranger = event_of("shortlist.priced.v1", "stranger", decision_id="decision-unknown")

    assert "decisions that were priced" in of_shortlists([*SHORTLISTS[1:], stranger])


def test_a_shortlist_that_leaves_out_an_agency_of_its_decision_is_noticed():
    shorter = shortlist(0, offers=FULL["shortlist.priced.v1"]["data"]["offers"][1:])

    assert of_shortlists([shorter, *SHORTLISTS[1:]]) == {
        "shortlists with every agency of the decision"
    }


@pytest.mark.parametrize("received", [[UPLIFT], [START], []], ids=["first", "last", "every"])
def test_a_price_change_that_finance_never_heard_is_missed(received):
    assert of_placements(*received) == {"placements where finance's messages differ"}


def test_a_price_change_that_was_told_again_under_the_next_number_is_noticed():
    again = change(3, "2026-04-01", "900.00", "934.47")

    assert of_placements(START, UPLIFT, again) == {"placements where finance's messages differ"}


def test_a_number_that_was_given_to_two_price_changes_is_noticed():
    other = replace(UPLIFT, id="other", data=change(2, "2026-04-08", "900.00", "934.47").data)

    assert of_placements(START, UPLIFT, other) == {"placements where finance's messages differ"}


@pytest.mark.parametrize(
    "altered",
    [
        {"new_weekly": pounds("934.48")},
        {"old_weekly": pounds("899.99")},
        {"effective_from": date(2026, 4, 2)},
        {"effective_to": date(2026, 5, 1)},
        {"purchaser": "medway"},
        {"sequence": 4},
    ],
    ids=lambda told: next(iter(told)),
)
def test_a_price_change_that_says_otherwise_than_the_timeline_is_noticed(altered):
    spoilt = replace(UPLIFT, data=UPLIFT.data.model_copy(update=altered))

    assert of_placements(START, spoilt) == {"placements where finance's messages differ"}


def test_a_placement_that_was_started_and_that_pricing_does_not_have_is_missed():
    assert of_placements(START, UPLIFT, started=("P1", "P2")) == {"placements that were started"}


def test_a_price_change_of_a_review_that_finance_never_heard_is_missed():
    assert of_review() == {
        "price changes of the review at finance",
        "pence of arrears of the review",
    }


def test_a_price_change_of_a_review_that_was_told_under_two_ids_is_noticed():
    assert "price changes of the review at finance" in of_review(
        OF_REVIEW, replace(OF_REVIEW, id="another")
    )


def test_a_penny_of_arrears_that_the_review_does_not_count_is_noticed():
    more = OF_REVIEW.data.model_copy(update={"arrears_total": pounds("93.57")})

    assert of_review(replace(OF_REVIEW, data=more)) == {"pence of arrears of the review"}


def test_a_price_change_of_another_review_does_not_count_for_this_one():
    other = OF_REVIEW.data.model_copy(update={"review_id": "review-2025"})

    assert "price changes of the review at finance" in of_review(replace(OF_REVIEW, data=other))


@pytest.mark.parametrize("part", ["uplifted", "excluded"])
def test_a_review_that_applied_other_fees_than_were_previewed_is_noticed(part):
    other = Counter(PREVIEWED) + Counter({part: 1})

    assert of_review(OF_REVIEW, previewed=other) == {f"fees {part}, as previewed"}
