"""What a change in the register touches, on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest

from tests.eligibility.beside import PATIENCE_SECONDS, Paused, in_a_thread, wait_until_it_waits
from tests.eligibility.impact_events import at, decisions_in
from tests.eligibility.impact_promises import ImpactPromises
from tests.eligibility.running import JUDGED, entry, referral, told, update


class TestSqlite(ImpactPromises):
    @pytest.fixture
    def url(self, sqlite_url):
        return sqlite_url


@pytest.mark.postgresql
class TestPostgresql(ImpactPromises):
    @pytest.fixture
    def url(self, postgresql_url):
        return postgresql_url

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
