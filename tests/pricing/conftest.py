"""The pricing service on each kind of database."""

import pytest

from services.pricing.desk import MIGRATIONS
from tests.pricing.pricing_service import PricingService, started
from tests.pricing.told_late import commands_on, told_late
from tests.support.with_tables import sqlite_with_tables


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request, tmp_path):
    if request.param == "sqlite":
        return sqlite_with_tables(tmp_path / "pricing.sqlite", MIGRATIONS)
    return request.getfixturevalue("postgresql").with_tables(MIGRATIONS)


@pytest.fixture
def pricing(url):
    service = PricingService(url)
    yield service
    service.database.close()


@pytest.fixture
def priced(pricing):
    """Return a service that holds a fee of 900.00 in every age band since 2022."""
    pricing.has_fees()
    return pricing


@pytest.fixture
def ready(priced):
    """Return a service with fees, figures, and one placement on them."""
    priced.has_figures()
    priced.hears(started())
    return priced


@pytest.fixture
def late(ready):
    """Return a service that told finance in May of what was so from April on."""
    return told_late(ready)


@pytest.fixture
def run(late, url):  # noqa: ARG001 - the commands are run on what it has told
    """Return what runs a command on that service's database: its exit code, and what it said."""
    return commands_on(url)
