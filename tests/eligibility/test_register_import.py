"""Files are taken into the register on SQLite and on PostgreSQL."""

import pytest

from services.eligibility.register.importing import ImportRefused
from services.eligibility.store import tables
from tests.eligibility.beside import PATIENCE_SECONDS, Paused, in_a_thread, wait_until_it_waits
from tests.eligibility.import_promises import (
    INADEQUATE,
    NO_PARTS,
    ImportPromises,
    framework_file,
    ofsted,
)
from tests.eligibility.old_rulebooks import put_in_force
from tests.eligibility.running import JUDGED, referral, update

JUDGED_SO = ofsted(INADEQUATE | NO_PARTS)
"""Tells of the same judgement as the message `JUDGED`."""


class TestSqlite(ImportPromises):
    @pytest.fixture
    def url(self, sqlite_url):
        return sqlite_url


@pytest.mark.postgresql
class TestPostgresql(ImportPromises):
    @pytest.fixture
    def url(self, postgresql_url):
        return postgresql_url

    @pytest.fixture
    def taken(self, take):
        """Take a file in another thread; give what came of it, once that is over."""

        def taken(file, found):
            try:
                found.append(take(file))
            except ImportRefused as refused:
                found.append(refused)

        return taken

    def test_a_file_that_changes_nothing_waits_for_nobody_who_decides(self, running, taken):
        found = []

        with Paused(running, [referral("R1")]):
            in_a_thread(taken, framework_file(), found).join(PATIENCE_SECONDS)

            assert [each.facts_added for each in found] == [0]

    def test_a_file_is_compared_again_with_what_was_told_while_it_waited(self, running, taken):
        found = []

        with Paused(running, [referral("R1"), update(JUDGED)]) as paused:
            taking = in_a_thread(taken, JUDGED_SO, found)
            wait_until_it_waits(running.database, taking)
            paused.go_on()
            taking.join(PATIENCE_SECONDS)

        assert [each.facts_added for each in found] == [0]
        recorded = [row.told for row in running.kept(tables.register_facts) if row.cause == "u1"]
        assert len(recorded) == 1

    def test_a_file_is_compared_again_with_the_rulebook_put_in_force_while_it_waited(
        self, running, taken
    ):
        found = []
        new_word = ofsted(INADEQUATE | NO_PARTS | {"overall": "Adequate"})

        with Paused(running, [referral("R1")]) as paused:
            taking = in_a_thread(taken, new_word, found)
            wait_until_it_waits(running.database, taking)
            put_in_force(running, knows_adequate=False, **{"from": "2022-04-01"})
            paused.go_on()
            taking.join(PATIENCE_SECONDS)

        assert "ofsted_overall: found adequate" in str(found[0])
