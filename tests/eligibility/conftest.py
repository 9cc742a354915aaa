"""Eligibility on an empty database, with the sample framework and its register, and over HTTP."""

import pytest
from fastapi.testclient import TestClient

from services.eligibility.api import api
from services.eligibility.service import MIGRATIONS
from shared.clock import SetClock
from shared.persistence.database import Database
from shared.persistence.migrate import migrate
from tests.eligibility.running import NOW, Running


@pytest.fixture
def running(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path}/eligibility.db")
    migrate(database, MIGRATIONS)
    running = Running(database, SetClock(NOW))
    running.import_pack()
    yield running
    database.close()


@pytest.fixture
def client(running):
    with TestClient(api(running.service)) as client:
        yield client
