"""Amended, withdrawn and said again, on SQLite and on PostgreSQL."""

import pytest

from tests.eligibility.referral_promises import ReferralPromises


class TestSqlite(ReferralPromises):
    @pytest.fixture
    def url(self, sqlite_url):
        return sqlite_url


@pytest.mark.postgresql
class TestPostgresql(ReferralPromises):
    @pytest.fixture
    def url(self, postgresql_url):
        return postgresql_url
