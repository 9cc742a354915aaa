"""Decisions over HTTP: listed, explained, verified, and tried with nothing stored."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import update

from services.eligibility.store import tables
from tests.eligibility.activating import activate
from tests.eligibility.over_http import asked, everything, refused, told
from tests.eligibility.running import BORN, JUDGED, referral
from tests.eligibility.running import update as agency_told
from tests.eligibility.small_rulebooks import small_rulebook

SLASHED = "M/2026/77"
URN = "SC990001"


def on(referral_id, what):
    return f"/v1/referrals/{referral_id.replace('/', '%2F')}/{what}"


def alter(running):
    with running.database.transaction() as connection:
        connection.execute(update(tables.decisions).values(body_digest="0" * 64))


# Listed.


def test_decisions_are_listed_the_last_one_first_with_those_that_count(client, running):
    [first] = running.take(referral("R1"))
    running.clock.advance(timedelta(hours=1))
    [second] = running.take(referral("R1", id_="again"))

    listed = told(client.get("/v1/decisions"))

    assert listed["next"] is None
    assert [(each["decision_id"], each["counts"]) for each in listed["decisions"]] == [
        (second.message_id, True),
        (first.message_id, False),
    ]


@pytest.mark.parametrize(
    ("narrowed", "count"),
    [
        ({"since": "2026-03-02"}, 2),
        ({"since": "2026-03-03"}, 1),
        ({"since": "2026-03-04"}, 0),
        ({"referral_id": "R1"}, 1),
        ({"referral_id": "R9"}, 0),
    ],
)
def test_decisions_are_listed_since_a_day_or_on_a_referral(client, running, narrowed, count):
    running.take(referral("R1"))
    running.clock.advance(timedelta(days=1))
    running.take(referral("R2"))

    assert len(told(client.get("/v1/decisions", params=narrowed))["decisions"]) == count


@pytest.mark.parametrize(
    ("narrowed", "status"),
    [({"after": "nobody"}, 404), ({"since": "yesterday"}, 422), ({"limit": 0}, 422)],
)
def test_a_list_that_cannot_be_given_is_refused(client, narrowed, status):
    refused(client.get("/v1/decisions", params=narrowed), status)


def test_every_decision_on_a_referral_is_listed(client, running):
    running.take(referral("R1"), referral("R2"))
    running.clock.advance(timedelta(hours=1))
    running.take(referral("R1", id_="again"))

    listed = told(client.get("/v1/referrals/R1/decisions"))

    assert [each["counts"] for each in listed["decisions"]] == [True, False]


@pytest.mark.parametrize("what", ["decision", "decisions", "why", "verification"])
def test_a_referral_with_a_slash_in_its_reference_is_found(client, running, what):
    running.take(referral(SLASHED))

    encoded, plain = client.get(on(SLASHED, what)), client.get(f"/v1/referrals/{SLASHED}/{what}")

    assert told(encoded)["referral_id"] == SLASHED
    assert plain.content == encoded.content


@pytest.mark.parametrize("what", ["decision", "decisions", "why", "verification"])
def test_a_referral_on_which_nothing_was_decided_is_not_found(client, what):
    problem = refused(client.get(on("N/1/nobody", what)), 404)

    assert "nobody" not in str(problem)


# Explained.


def test_a_decision_is_explained_agency_by_agency_and_criterion_by_criterion(client, running):
    [message] = running.take(referral("R1"))

    by_id = told(client.get(f"/v1/decisions/{message.message_id}/why"))

    assert by_id == told(client.get("/v1/referrals/R1/why"))
    assert len(by_id["agencies"]) == 45
    for agency in by_id["agencies"]:
        assert len(agency["criteria"]) == 14
    quality = {each["criterion"]: each for each in by_id["agencies"][0]["criteria"]}[
        "ofsted-quality"
    ]
    assert quality["because"]
    assert quality["source_in_full"]
    assert quality["facts"][0]["name"] == "ofsted_overall"


def test_one_agency_is_explained_by_its_number(client, running):
    running.take(referral("R1"))

    one = told(client.get("/v1/referrals/R1/why", params={"agency": URN}))

    assert one["agency"]["agency"] == URN
    assert "agencies" not in one


@pytest.mark.parametrize(("urn", "status"), [("SC999999", 404), ("nobody", 422)])
def test_an_agency_that_was_not_on_the_register_is_not_explained(client, running, urn, status):
    running.take(referral("R1"))

    refused(client.get("/v1/referrals/R1/why", params={"agency": urn}), status)


def test_what_was_altered_is_not_explained(client, running):
    [message] = running.take(referral("R1"))
    alter(running)

    refused(client.get(f"/v1/decisions/{message.message_id}/why"), 409)


def test_no_decision_no_explanation(client):
    refused(client.get("/v1/decisions/nobody/why"), 404)


# Verified.


def test_a_decision_is_verified_and_so_is_one_that_was_altered(client, running):
    [message] = running.take(referral("R1"))
    path = f"/v1/decisions/{message.message_id}/verification"

    before = told(client.get(path))
    alter(running)
    after = told(client.get(path))

    assert before["is_same"]
    assert not after["is_same"]
    assert after["fault"]


@pytest.mark.parametrize(
    ("narrowed", "status"), [({}, 422), ({"since": "2026-03-02", "after": "nobody"}, 404)]
)
def test_what_to_verify_has_to_be_said(client, narrowed, status):
    refused(client.get("/v1/verification", params=narrowed), status)


def test_what_was_decided_on_a_referral_is_verified(client, running):
    running.take(referral("R1"))
    running.take(referral("R1", id_="again"))

    assert told(client.get("/v1/referrals/R1/verification"))["verified"] == 2


def test_a_decision_that_was_never_made_is_not_verified(client):
    refused(client.get("/v1/decisions/nobody/verification"), 404)


def test_a_decision_by_a_rulebook_that_was_activated_later_is_told_and_explained(
    client, running, tmp_path
):
    activate(running, small_rulebook(tmp_path, "2", tier=1))
    [message] = running.take(referral("R1"))

    made = told(client.get(f"/v1/decisions/{message.message_id}"))
    why = told(client.get(f"/v1/decisions/{message.message_id}/why"))

    assert made["rulebook"]["version"] == why["rulebook"]["version"] == "2"
    assert {each["criterion"] for each in why["agencies"][0]["criteria"]} == {
        "not-suspended",
        "tier",
    }


def test_many_ask_at_once_for_what_a_new_rulebook_decided_and_are_told_alike(
    client, running, tmp_path
):
    activate(running, small_rulebook(tmp_path, "2"))
    [message] = running.take(referral("R1"))
    found = []

    def ask():
        found.append(client.get(f"/v1/decisions/{message.message_id}"))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {(each.status_code, each.content) for each in found} == {(200, found[0].content)}
    assert len(found) == 8


# What if.


def test_what_if_stores_nothing_and_tells_nobody(client, running):
    running.take(referral("R1"))
    before = everything(running)

    answers = [client.post("/v1/decisions", json=asked(referral_id=name)) for name in ("R1", "R2")]

    assert [each.status_code for each in answers] == [200, 200]
    assert everything(running) == before
    refused(client.get("/v1/referrals/R2/decision"), 404)


def test_what_if_goes_by_the_register_and_the_rulebook_of_now(client, running, tmp_path):
    before = told(client.post("/v1/decisions", json=asked()))
    running.take(agency_told(JUDGED))
    activate(running, small_rulebook(tmp_path, "2"))

    after = told(client.post("/v1/decisions", json=asked()))

    assert after["register_version"] != before["register_version"]
    assert after["rulebook"]["version"] == "2"


@pytest.mark.parametrize(
    "wrong",
    [
        {"purchaser": "surrey"},
        {"child": {"date_of_birth": "2014-13-45"}},
        {"child": {"date_of_birth": BORN, "child_ref": "Jane Doe"}},
        {"start_date": "2041-01-01"},
    ],
)
def test_a_referral_that_is_refused_is_not_repeated(client, running, wrong):
    before = everything(running)

    answer = client.post("/v1/decisions", json=asked(**wrong))

    refused(answer, 422)
    assert everything(running) == before
    for secret in (BORN, "2014-13-45", "Jane", "C1", "surrey"):
        assert secret not in answer.text
