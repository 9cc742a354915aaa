"""Taking back rulebooks on SQLite and on PostgreSQL."""

import pytest

from services.eligibility.rulebooks.activation import ActivationRefused
from tests.eligibility.activating import versions
from tests.eligibility.beside import PATIENCE_SECONDS, Paused, in_a_thread, wait_until_it_waits
from tests.eligibility.running import referral
from tests.eligibility.withdrawal_promises import (
    APRIL,
    IN_APRIL,
    WithdrawalPromises,
    in_april,
    put,
    take_back,
)


class TestSqlite(WithdrawalPromises):
    @pytest.fixture
    def url(self, sqlite_url):
        return sqlite_url


@pytest.mark.postgresql
class TestPostgresql(WithdrawalPromises):
    @pytest.fixture
    def url(self, postgresql_url):
        return postgresql_url

    def test_what_is_decided_by_it_meanwhile_is_seen(self, running, tmp_path):
        digest = put(running, tmp_path, "2", APRIL)
        refused = []

        def withdraw_beside():
            with pytest.raises(ActivationRefused, match="R1") as found:
                take_back(running, digest)
            refused.append(found)

        with Paused(running, [in_april("R1")]) as paused:
            beside = in_a_thread(withdraw_beside)
            wait_until_it_waits(running.database, beside)
            paused.go_on()
            beside.join(PATIENCE_SECONDS)

        assert versions(running.sent()) == ["2"]
        assert len(refused) == 1

    def test_where_a_message_failed_the_rest_of_its_batch_is_not_decided_by_it(
        self, running, tmp_path
    ):
        digest = put(running, tmp_path, "2", APRIL)
        fails = referral("R0", received_at=IN_APRIL, start_date="2026-04-20", placement_type="none")

        with Paused(running, [fails, in_april("R1")], before="event-R1"):
            take_back(running, digest)

        assert versions(running.sent()) == ["2024.1"]
