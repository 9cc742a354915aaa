"""Replaying on SQLite and on PostgreSQL."""

import pytest

from tests.eligibility.replay_promises import ReplayPromises


class TestSqlite(ReplayPromises):
    @pytest.fixture
    def url(self, tmp_path):
        return f"sqlite:///{tmp_path}/eligibility.db"


@pytest.mark.postgresql
class TestPostgresql(ReplayPromises):
    @pytest.fixture
    def url(self, postgresql):
        return postgresql.url
