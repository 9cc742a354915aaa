"""Files are taken into the register on SQLite and on PostgreSQL."""

import pytest

from tests.eligibility.import_promises import ImportPromises


class TestSqlite(ImportPromises):
    @pytest.fixture
    def url(self, tmp_path):
        return f"sqlite:///{tmp_path}/eligibility.db"


@pytest.mark.postgresql
class TestPostgresql(ImportPromises):
    @pytest.fixture
    def url(self, postgresql):
        return postgresql.url
