"""Amended, withdrawn and said again, on SQLite and on PostgreSQL."""

import pytest

from tests.eligibility.referral_promises import ReferralPromises


class TestSqlite(ReferralPromises):
    @pytest.fixture
    def url(self, tmp_path):
        return f"sqlite:///{tmp_path}/eligibility.db"


@pytest.mark.postgresql
class TestPostgresql(ReferralPromises):
    @pytest.fixture
    def url(self, postgresql):
        return postgresql.url
