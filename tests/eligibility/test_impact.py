"""What a change in the register touches, on SQLite and on PostgreSQL."""

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from shared.contracts.catalogue import REFERRAL_RECEIVED
from tests.eligibility.impact_events import at, decisions_in
from tests.eligibility.impact_promises import ImpactPromises
from tests.eligibility.running import JUDGED, entry, referral, told, update

PATIENCE_SECONDS = 30
WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


class TestSqlite(ImpactPromises):
    @pytest.fixture
    def url(self, tmp_path):
        return f"sqlite:///{tmp_path}/eligibility.db"


@pytest.mark.postgresql
class TestPostgresql(ImpactPromises):
    @pytest.fixture
    def url(self, postgresql):
        return postgresql.url

    def test_a_referral_that_is_decided_beside_a_change_is_decided_again(self, running):
        with Paused(running, [referral("R1")]) as paused:
            changing = running.another_worker()
            beside = in_a_thread(changing.take, [update(JUDGED)])
            wait_until_it_waits(running.database, beside)
            paused.go_on()
            beside.join(PATIENCE_SECONDS)

        decided = decisions_in(running.sent())
        assert [entry(each).outcome for each in decided] == ["eligible", "not_eligible"]
        assert told(decided[1]).supersedes == told(decided[0]).decision_id

    def test_two_batches_that_decide_and_change_do_not_wait_for_each_other(self, running, caplog):
        with Paused(running, [referral("R1"), update(JUDGED, id_="u1")]) as paused:
            other = [referral("R2"), update(JUDGED, id_="u2", urn="SC990002")]
            beside = in_a_thread(running.another_worker().take, other)
            wait_until_it_waits(running.database, beside)
            paused.go_on()
            beside.join(PATIENCE_SECONDS)

        assert "done again" not in caplog.text
        assert sorted(told(each).referral_id for each in decisions_in(running.sent())) == [
            "R1",
            "R1",
            "R1",
            "R2",
            "R2",
        ]

    def test_after_a_referral_that_fails_the_next_supersedes_what_was_decided_meanwhile(
        self, running, clock
    ):
        running.take(referral("R1"))
        clock.advance(timedelta(hours=1))
        failing = referral("R0", received_at="2020-01-06T10:00:00+00:00")
        amended = at(clock.now(), referral("R1", id_="second", version=2))

        with Paused(running, [failing, amended], before="second"):
            # What fails lets go of the register, so that a change goes on between the two.
            running.another_worker().take([update(JUDGED)])

        first, fresh, second = [told(each) for each in decisions_in(running.sent())]
        assert fresh.supersedes == first.decision_id
        assert second.supersedes == fresh.decision_id


class Paused:
    """A worker that stands still in the middle of its batch, until it is let go on.

    Args:
        before: the event before which it does so; else it is after its first referral.
    """

    def __init__(self, running, deliveries, *, before=""):
        self._decided, self._let_go = threading.Event(), threading.Event()
        intake = running.another_worker()
        decide = intake.handlers[REFERRAL_RECEIVED]

        def stand_still():
            self._decided.set()
            self._let_go.wait(PATIENCE_SECONDS)

        def decide_and_stand_still(work, event):
            if event.id == before:
                stand_still()
            decide(work, event)
            if not before:
                stand_still()

        handlers = dict(intake.handlers) | {REFERRAL_RECEIVED: decide_and_stand_still}
        self._intake = replace(intake, handlers=handlers)
        self._deliveries = deliveries

    def __enter__(self):
        self._thread = in_a_thread(self._intake.take, self._deliveries)
        assert self._decided.wait(PATIENCE_SECONDS)
        return self

    def go_on(self):
        self._let_go.set()
        self._thread.join(PATIENCE_SECONDS)

    def __exit__(self, *_):
        self.go_on()


def in_a_thread(take, deliveries):
    thread = threading.Thread(target=take, args=(deliveries,))
    thread.start()
    return thread


def wait_until_it_waits(database, thread):
    """Return when somebody waits for the register, or there is nothing more to wait for."""
    until = time.monotonic() + PATIENCE_SECONDS
    while thread.is_alive() and time.monotonic() < until:
        with database.reading() as connection:
            if connection.scalar(WAITING):
                return
        time.sleep(0.01)
