"""Lists over HTTP, page by page on each kind of database: each entry once, in one order."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.eligibility.store import tables
from shared.clock import SetClock
from shared.persistence.database import Database
from tests.eligibility.over_http import paged, told
from tests.eligibility.running import JUDGED, NOW, Running, referral
from tests.eligibility.running import update as agency_told

CONCERNS = "/v1/register/concerns"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def running(request):
    database = Database.open(request.getfixturevalue(f"{request.param}_url"))
    running = Running(database, SetClock(NOW))
    running.import_pack()
    yield running
    database.close()


def ids_of(client, path, name, key):
    return [each[key] for page in paged(client, path, name) for each in page]


def test_decisions_are_told_the_last_one_first_each_on_one_page(client, running):
    at_once = running.take(referral("R1"), referral("R2"), referral("R3"))
    running.clock.advance(timedelta(seconds=1))
    [last] = running.take(referral("R1", id_="again"))

    found = ids_of(client, "/v1/decisions", "decisions", "decision_id")

    assert found[0] == last.message_id
    assert found[1:] == sorted((each.message_id for each in at_once), reverse=True)


def test_the_decisions_on_one_referral_are_told_each_on_one_page(client, running):
    running.take(referral("R1"), referral("R2"))
    running.clock.advance(timedelta(seconds=1))
    [last] = running.take(referral("R1", id_="again"))

    found = ids_of(client, "/v1/referrals/R1/decisions", "decisions", "decision_id")

    assert len(set(found)) == 2
    assert found[0] == last.message_id


def test_decisions_since_a_day_are_verified_each_on_one_page_the_first_one_first(client, running):
    made = [each.message_id for each in running.take(referral("R1"), referral("R2"))]
    running.clock.advance(timedelta(hours=1))
    made += [each.message_id for each in running.take(referral("R3"))]
    with running.database.transaction() as connection:
        connection.execute(update(tables.decisions).values(body_digest="0" * 64))
    asked = {"since": "2026-03-02", "limit": 2}

    first = told(client.get("/v1/verification", params=asked))
    last = told(client.get("/v1/verification", params=asked | {"after": first["next"]}))

    assert (first["verified"], last["verified"], last["next"]) == (2, 1, None)
    altered = [each["decision_id"] for each in (*first["altered"], *last["altered"])]
    assert altered == [*sorted(made[:2]), made[2]]
    assert told(client.get("/v1/verification", params={"since": "2026-03-03"}))["verified"] == 0


def test_concerns_are_told_the_latest_first_each_on_one_page(client, running):
    at_once = [agency_told(JUDGED, urn=f"SC99000{at}", id_=f"u{at}") for at in (1, 2, 3)]
    running.take(*at_once)
    running.clock.advance(timedelta(hours=1))
    running.take(agency_told(JUDGED, urn="SC990005", id_="u4", at=running.clock.now()))

    found = ids_of(client, CONCERNS, "concerns", "agency")

    assert found == ["SC990005", "SC990001", "SC990002", "SC990003"]
