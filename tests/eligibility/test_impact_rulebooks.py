"""What a change in the register touches where the rulebook changes too."""

from datetime import timedelta

import pytest
import sqlalchemy
from sqlalchemy import func

from services.eligibility.store import tables
from shared.clock import SetClock
from shared.persistence.database import Database
from tests.eligibility.impact_events import SUSPENDED, at, concerns_in, decisions_in, started
from tests.eligibility.old_rulebooks import put_in_force
from tests.eligibility.running import JUDGED, NOW, Running, entry, referral, told, update

ADEQUATE = JUDGED | {"overall": "adequate"}
TOMORROW = (NOW + timedelta(days=1)).date()


@pytest.fixture
def clock():
    return SetClock(NOW)


@pytest.fixture
def running(sqlite_url, clock):
    database = Database.open(sqlite_url)
    running = Running(database, clock)
    running.import_pack()
    yield running
    database.close()


def test_a_word_that_the_rulebook_does_not_know_goes_back_and_touches_nothing(running):
    put_in_force(running, knows_adequate=False, **{"from": "2022-04-01"})
    running.take(referral())

    sent = running.take(update(ADEQUATE))

    [rejection] = [told(each) for each in sent if each.type == "message.rejected.v1"]
    assert rejection.field == "data.facts.0.overall"
    assert "adequate" not in rejection.reason
    assert decisions_in(sent) == []
    assert concerns_in(sent) == []


def test_a_referral_stays_as_decided_where_its_rulebook_lacks_a_word_that_today_s_knows(
    running, clock, caplog
):
    put_in_force(running, knows_adequate=False, **{"from": "2022-04-01", "to": str(TOMORROW)})
    put_in_force(running, **{"from": str(TOMORROW)})
    running.take(referral("R1"))
    clock.advance(timedelta(days=1))
    received_at = clock.now().isoformat()
    running.take(at(clock.now(), referral("R2", received_at=received_at)))

    sent = running.take(update(ADEQUATE))

    assert [told(each).referral_id for each in decisions_in(sent)] == ["R2"]
    [concern] = concerns_in(sent)
    assert [each.verdict for each in concern.standing] == ["refer"]
    assert "no rulebook in force can judge them" in caplog.text


def test_a_referral_for_a_type_of_placement_that_is_no_more_stands_in_no_change_s_way(
    running, caplog
):
    running.take(referral("R1"), referral("R2"))
    first = tables.decisions.c.referral_id == "R1"
    gone = func.replace(tables.decisions.c.referral, '"core"', '"of_an_older_pack"')
    with running.database.transaction() as connection:
        connection.execute(sqlalchemy.update(tables.decisions).where(first).values(referral=gone))

    sent = running.take(update(JUDGED))

    assert [told(each).referral_id for each in decisions_in(sent)] == ["R2"]
    assert len(concerns_in(sent)) == 1
    assert "open referrals stay as they were decided" in caplog.text


def test_where_no_rulebook_is_in_force_any_more_the_register_still_takes_what_is_told(
    running, clock, caplog
):
    put_in_force(running, **{"from": "2022-04-01", "to": str(TOMORROW)})
    running.take(referral("R1"))
    clock.advance(timedelta(days=1))

    sent = running.take(update(JUDGED))

    # The referral was received while the rulebook was in force; the agency is judged today.
    [fresh] = decisions_in(sent)
    assert entry(fresh).outcome == "not_eligible"
    assert concerns_in(sent) == []
    assert running.kept(tables.concerns) == []
    assert "no rulebook is in force today" in caplog.text


def test_where_no_rulebook_is_in_force_any_more_a_child_heard_of_later_is_remembered(
    running, clock, caplog
):
    put_in_force(running, **{"from": "2022-04-01", "to": str(TOMORROW)})
    running.take(update(ADEQUATE))
    clock.advance(timedelta(days=1))

    sent = running.take(started("P1"))

    assert sent == []
    assert len(running.kept(tables.placement_events)) == 1
    assert "no rulebook is in force today" in caplog.text


def test_a_word_that_the_rulebook_lacks_keeps_no_child_heard_of_later_from_being_named(
    running, caplog
):
    judged, suspended = concerns_in(running.take(update(ADEQUATE), update(SUSPENDED, id_="u2")))
    put_in_force(running, knows_adequate=False, **{"from": "2022-04-01"})

    [concern] = concerns_in(running.take(started("P1")))

    assert concern.adds_to == (suspended.concern_id,)
    assert [each.criterion for each in concern.standing] == ["not-suspended"]
    assert judged.standing[0].criterion == "ofsted-quality"
    assert len(running.kept(tables.placement_events)) == 1
    assert "cannot be judged: the rulebook lacks a word" in caplog.text


def test_a_word_that_the_rulebook_lacks_keeps_neither_a_suspension_nor_its_mend_from_being_told(
    running,
):
    running.take(update(ADEQUATE))
    put_in_force(running, knows_adequate=False, **{"from": "2022-04-01"})

    suspended = concerns_in(running.take(update(SUSPENDED, id_="u2")))
    mended = concerns_in(running.take(update(JUDGED, id_="u3")))

    assert [one.criterion for each in suspended for one in each.standing] == ["not-suspended"]
    assert [one.criterion for each in mended for one in each.standing] == ["ofsted-quality"]


def test_of_a_child_heard_of_later_the_rulebook_in_force_now_says_what_is_worse(running, clock):
    put_in_force(running, **{"from": "2022-04-01", "to": str(TOMORROW)})
    put_in_force(running, **{"from": str(TOMORROW)})
    [first] = concerns_in(running.take(update(ADEQUATE)))
    clock.advance(timedelta(days=1))

    [concern] = concerns_in(running.take(started("P1")))

    assert concern.adds_to == (first.concern_id,)
    assert [(each.on, each.verdict) for each in concern.standing] == [(TOMORROW, "refer")]


def test_a_referral_that_its_rulebook_has_no_word_for_is_parked_and_says_which_fact(running, clock):
    put_in_force(running, knows_adequate=False, **{"from": "2022-04-01", "to": str(TOMORROW)})
    put_in_force(running, **{"from": str(TOMORROW)})
    clock.advance(timedelta(days=1))
    running.take(update(ADEQUATE, at=clock.now()))

    sent = running.take(referral("R3", received_at=NOW.isoformat()))

    [rejection] = [told(each) for each in sent if each.type == "message.rejected.v1"]
    assert "ofsted_overall" in rejection.reason
    assert "activate" in rejection.advice
    assert decisions_in(sent) == []
