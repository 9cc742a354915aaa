"""Replaying on SQLite and on PostgreSQL."""

import pytest

from tests.eligibility.replay_promises import ReplayPromises


class TestSqlite(ReplayPromises):
    @pytest.fixture
    def url(self, sqlite_url):
        return sqlite_url


@pytest.mark.postgresql
class TestPostgresql(ReplayPromises):
    @pytest.fixture
    def url(self, postgresql_url):
        return postgresql_url
