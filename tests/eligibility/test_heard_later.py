"""A child of whom we hear after an agency became worse, on SQLite and on PostgreSQL."""

import pytest

from shared.contracts.catalogue import PLACEMENT_AMENDED, PLACEMENT_STARTED
from tests.eligibility.beside import PATIENCE_SECONDS, Paused, in_a_thread, wait_until_it_waits
from tests.eligibility.heard_later_promises import HeardLaterPromises
from tests.eligibility.impact_events import OTHER, URN, amended, concerns_in, ended, started
from tests.eligibility.running import JUDGED, update


class TestSqlite(HeardLaterPromises):
    @pytest.fixture
    def url(self, sqlite_url):
        return sqlite_url


@pytest.mark.postgresql
class TestPostgresql(HeardLaterPromises):
    @pytest.fixture
    def url(self, postgresql_url):
        return postgresql_url

    def test_a_child_of_whom_we_hear_beside_the_change_is_named(self, running):
        with Paused(running, [started("P1")], after=PLACEMENT_STARTED) as paused:
            beside = in_a_thread(running.another_worker().take, [update(JUDGED)])
            wait_until_it_waits(running.database, beside)
            paused.go_on()
            beside.join(PATIENCE_SECONDS)

        [concern] = concerns_in(running.sent())
        assert [each.placement_id for each in concern.placements] == ["P1"]

    def test_a_child_who_lives_there_only_by_two_words_beside_each_other_is_named(self, running):
        running.take(update(JUDGED), started("P1", agency=OTHER), ended("P1", "2026-03-01"))
        moved = amended("P1", "2026-03-01", agency=URN)
        stays = ended("P1", None, id_="end-taken-back")

        with Paused(running, [moved], after=PLACEMENT_AMENDED) as paused:
            beside = in_a_thread(running.another_worker().take, [stays])
            wait_until_it_waits(running.database, beside)
            paused.go_on()
            beside.join(PATIENCE_SECONDS)

        _, concern = concerns_in(running.sent())
        assert [each.placement_id for each in concern.placements] == ["P1"]

    def test_batches_that_share_their_placements_do_not_wait_for_each_other(self, running, caplog):
        running.take(update(JUDGED))
        ids = range(40)

        workers = [
            in_a_thread(running.another_worker().take, batch)
            for batch in (
                [started(f"P{number}") for number in ids],
                [ended(f"P{number}", "2026-09-01") for number in reversed(ids)],
            )
        ]
        for worker in workers:
            worker.join(PATIENCE_SECONDS)

        _, *named = concerns_in(running.sent())
        assert sorted(each.placements[0].placement_id for each in named) == sorted(
            f"P{number}" for number in ids
        )
        assert "done again" not in caplog.text
