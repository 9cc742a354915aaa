"""Putting rulebooks in use on SQLite and on PostgreSQL."""

import pytest

from tests.eligibility.activation_promises import ActivationPromises
from tests.eligibility.activation_refusals import RefusalPromises
from tests.eligibility.shadow_promises import ShadowPromises


class TestSqlite(ActivationPromises, RefusalPromises, ShadowPromises):
    @pytest.fixture
    def url(self, tmp_path):
        return f"sqlite:///{tmp_path}/eligibility.db"


@pytest.mark.postgresql
class TestPostgresql(ActivationPromises, RefusalPromises, ShadowPromises):
    @pytest.fixture
    def url(self, postgresql):
        return postgresql.url
