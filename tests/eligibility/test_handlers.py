"""The eligibility service on SQLite and on PostgreSQL."""

import pytest

from tests.eligibility.handler_promises import HandlerPromises


class TestSqlite(HandlerPromises):
    @pytest.fixture
    def url(self, sqlite_url):
        return sqlite_url


@pytest.mark.postgresql
class TestPostgresql(HandlerPromises):
    @pytest.fixture
    def url(self, postgresql_url):
        return postgresql_url
