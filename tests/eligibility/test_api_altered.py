"""What the database keeps was altered: it is said over HTTP, and nothing altered is shown."""

import json

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from services.eligibility.api.app import api
from services.eligibility.store import tables
from tests.eligibility.activating import OnADatabase
from tests.eligibility.over_http import everything, refused, told
from tests.eligibility.running import referral

STRANGE = "marked-2014-01-05"
PLACES = (
    "/v1/decisions/{id}",
    "/v1/decisions/{id}/why",
    "/v1/referrals/R1/decision",
    "/v1/referrals/R1/why",
)
ALL_OF_THEM = (
    "/v1/decisions",
    "/v1/referrals/R1/decisions",
    "/v1/sufficiency?since=2026-01-01",
    "/v1/register/fairness?since=2026-01-01",
)


def altered(running, decision_id, **values):
    with running.database.transaction() as connection:
        of = tables.decisions.c.decision_id == decision_id
        connection.execute(update(tables.decisions).where(of).values(**values))


def with_fact(running, decision_id, **facts):
    """Return what is kept of a referral, with other facts."""
    with running.database.reading() as connection:
        of = tables.decisions.c.decision_id == decision_id
        kept = json.loads(connection.scalar(select(tables.decisions.c.referral).where(of)))
    kept["children"][0] |= facts
    return json.dumps(kept)


class AlteredPromises(OnADatabase):
    @pytest.fixture
    def client(self, running):
        with TestClient(api(running.service), raise_server_exceptions=False) as client:
            yield client

    @pytest.fixture
    def decision_id(self, running):
        running.take(referral("R0"))
        [message] = running.take(referral("R1"))
        return message.message_id

    def is_told_as_altered(self, answer, decision_id):
        problem = refused(answer, 409)
        assert problem["title"] == "A decision is not what was told"
        assert problem["decision_id"] == decision_id
        assert decision_id in problem["detail"]
        assert "fosterframe audit verify" in problem["detail"]
        assert STRANGE not in answer.text
        assert "2014" not in answer.text

    @pytest.mark.parametrize(
        "facts",
        [
            {"age": 5},
            {"age": STRANGE},
            {"age_band": STRANGE},
            {"disability": STRANGE},
            {STRANGE: 1},
        ],
    )
    def test_a_decision_with_an_altered_fact_is_named_and_not_shown(
        self, client, running, decision_id, facts
    ):
        altered(running, decision_id, referral=with_fact(running, decision_id, **facts))
        before = everything(running)

        answers = [client.get(path.format(id=decision_id)) for path in PLACES]

        for answer in answers:
            self.is_told_as_altered(answer, decision_id)
        assert everything(running) == before

    @pytest.mark.parametrize(
        "values",
        [
            {"rulebook_digest": STRANGE},
            {"register_version": STRANGE},
            {"shortlist_order": STRANGE},
            {"pack_digest": STRANGE},
            {"body_digest": STRANGE},
            {"referral": STRANGE},
        ],
    )
    def test_a_decision_with_an_altered_row_is_named_and_not_shown(
        self, client, running, decision_id, values
    ):
        try:
            altered(running, decision_id, **values)
        except DBAPIError:
            return  # a database that refuses it keeps what was told

        for path in PLACES:
            self.is_told_as_altered(client.get(path.format(id=decision_id)), decision_id)

    def test_in_what_tells_of_many_the_one_that_cannot_be_read_is_named(
        self, client, running, decision_id
    ):
        altered(running, decision_id, referral=STRANGE)

        for path in ALL_OF_THEM:
            self.is_told_as_altered(client.get(path), decision_id)

    def test_the_other_decisions_are_told_all_the_same(self, client, running, decision_id):
        altered(running, decision_id, referral=STRANGE)

        told(client.get("/v1/referrals/R0/decision"))

    def test_a_verification_says_which_one_it_is(self, client, running, decision_id):
        altered(running, decision_id, referral=STRANGE)

        one = told(client.get(f"/v1/decisions/{decision_id}/verification"))
        whole = told(client.get("/v1/verification", params={"since": "2026-01-01"}))

        assert not one["is_same"]
        assert "JSONDecodeError" in one["fault"]
        assert [each["decision_id"] for each in whole["altered"]] == [decision_id]
        assert whole["verified"] == 2


class TestOnSqlite(AlteredPromises):
    @pytest.fixture
    def url(self, sqlite_url):
        return sqlite_url

    def test_an_instant_that_is_none_is_found_too(self, client, running, decision_id):
        with running.database.transaction() as connection:
            connection.exec_driver_sql(
                "UPDATE decisions SET said_at = ? WHERE decision_id = ?", (STRANGE, decision_id)
            )

        self.is_told_as_altered(client.get("/v1/decisions"), decision_id)
        self.is_told_as_altered(client.get(f"/v1/decisions/{decision_id}"), decision_id)


@pytest.mark.postgresql
class TestOnPostgresql(AlteredPromises):
    @pytest.fixture
    def url(self, postgresql_url):
        return postgresql_url
