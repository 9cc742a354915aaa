"""The HTTP side of eligibility: decisions as they were made, what-if, and errors without echo."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from services.eligibility.store import tables
from shared.contracts.decision import EligibilityDecided
from tests.eligibility.over_http import asked
from tests.eligibility.running import BORN, referral, told


def test_a_decision_is_told_again_as_it_was_made(client, running):
    [message] = running.take(referral("R1"))

    by_id = client.get(f"/v1/decisions/{message.message_id}")
    by_referral = client.get("/v1/referrals/R1/decision")

    assert by_id.status_code == 200
    assert by_id.content == by_referral.content
    assert by_id.content in message.body


def test_of_several_decisions_on_a_referral_the_last_one_is_told(client, running):
    running.take(referral("R1"))
    running.clock.advance(timedelta(hours=1))
    [second] = running.take(referral("R1", id_="again"))

    latest = client.get("/v1/referrals/R1/decision").json()

    assert latest["decision_id"] == second.message_id


def test_a_decision_that_was_altered_is_not_told(client, running):
    [message] = running.take(referral("R1"))
    with running.database.transaction() as connection:
        connection.execute(update(tables.decisions).values(body_digest="0" * 64))

    response = client.get(f"/v1/decisions/{message.message_id}")

    assert response.status_code == 409


def test_what_if_decides_alike_and_stores_nothing(client, running):
    [message] = running.take(referral("R1"))

    answer = client.post("/v1/decisions", json=asked())

    decided = EligibilityDecided.model_validate_json(answer.content)
    assert decided.agencies == told(message).agencies
    assert len(running.kept(tables.decisions)) == 1
    assert len(running.sent()) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purchaser": "surrey"}, "purchaser"),
        ({"solo": "yes"}, "solo"),
        ({"start_date": "2026-02-01"}, "start_date"),
        ({"received_at": "2021-03-02T10:00:00+00:00"}, "received_at"),
        ({"child": {"date_of_birth": "1999-12-31"}}, "children.0.date_of_birth"),
        ({"child": {"date_of_birth": "31.12.1999"}}, "children.0.date_of_birth"),
        ({"child": {"surname_1999": "x"}}, "children.0"),
    ],
)
def test_what_is_wrong_is_named_by_its_field_and_never_repeated(client, changes, field):
    answer = client.post("/v1/decisions", json=asked(**changes))

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field
    for secret in ("1999", BORN, "C1", "surrey"):
        assert secret not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b'{"solo": NaN}', b"[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_no_referral_is_refused(client, body):
    answer = client.post("/v1/decisions", content=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_is_too_large_is_refused(client):
    assert client.post("/v1/decisions", content=b" " * 10_000_000).status_code == 413


@pytest.mark.parametrize("path", ["/v1/decisions/nobody", "/v1/referrals/nobody/decision"])
def test_a_decision_that_was_never_made_is_not_found(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "nobody" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_description_of_the_api_names_the_referral_that_it_takes(client):
    described = client.get("/openapi.json").json()["paths"]["/v1/decisions"]["post"]

    schema = described["requestBody"]["content"]["application/json"]["schema"]
    assert "needed_by" in schema["properties"]


def test_the_instant_of_the_referral_chooses_the_rulebook(client):
    answer = client.post(
        "/v1/decisions", json=asked(received_at=datetime(2026, 3, 1, tzinfo=UTC).isoformat())
    )

    assert answer.json()["rulebook"]["version"] == "2024.1"
