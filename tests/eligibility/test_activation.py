"""Putting rulebooks in use on SQLite and on PostgreSQL."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from services.eligibility.store import register_store
from tests.eligibility.activating import activate
from tests.eligibility.activation_promises import ActivationPromises
from tests.eligibility.activation_refusals import RefusalPromises
from tests.eligibility.shadow_promises import ShadowPromises
from tests.eligibility.small_rulebooks import small_rulebook


class TestSqlite(ActivationPromises, RefusalPromises, ShadowPromises):
    @pytest.fixture
    def url(self, sqlite_url):
        return sqlite_url


@pytest.mark.postgresql
class TestPostgresql(ActivationPromises, RefusalPromises, ShadowPromises):
    @pytest.fixture
    def url(self, postgresql_url):
        return postgresql_url

    def test_no_word_comes_into_the_register_after_a_rulebook_was_seen_to_know_them_all(
        self, running, tmp_path
    ):
        def import_beside(_):
            with running.database.transaction() as connection:
                connection.execute(text("SET LOCAL lock_timeout = 200"))
                register_store.claim_register(connection)

        with pytest.raises(OperationalError, match="lock timeout"):
            activate(running, small_rulebook(tmp_path, "2"), then=import_beside)
