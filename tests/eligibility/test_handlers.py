"""The eligibility service on SQLite and on PostgreSQL."""

import pytest

from tests.eligibility.handler_promises import HandlerPromises


class TestSqlite(HandlerPromises):
    @pytest.fixture
    def url(self, tmp_path):
        return f"sqlite:///{tmp_path}/eligibility.db"


@pytest.mark.postgresql
class TestPostgresql(HandlerPromises):
    @pytest.fixture
    def url(self, postgresql):
        return postgresql.url
