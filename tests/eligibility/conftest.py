"""Eligibility with the sample framework and its register: by hand, over HTTP, by commands."""

import pytest
import typer
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from services.eligibility.api.app import api
from services.eligibility.cli.commands import attach
from services.eligibility.service import MIGRATIONS
from shared.clock import SetClock
from shared.errors import FosterframeError
from shared.persistence.database import Database
from tests.eligibility.running import NOW, Running
from tests.support.with_tables import sqlite_with_tables


@pytest.fixture
def sqlite_url(tmp_path):
    return sqlite_with_tables(tmp_path / "eligibility.db", MIGRATIONS)


@pytest.fixture
def postgresql_url(postgresql):
    return postgresql.with_tables(MIGRATIONS)


@pytest.fixture
def running(sqlite_url):
    database = Database.open(sqlite_url)
    running = Running(database, SetClock(NOW))
    running.import_pack()
    yield running
    database.close()


@pytest.fixture
def client(running):
    with TestClient(api(running.service)) as client:
        yield client


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Return what runs a command and returns what it printed, or raises what it refused."""
    monkeypatch.setenv("FOSTERFRAME_STATE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    sqlite_with_tables(tmp_path / "eligibility.sqlite", MIGRATIONS)
    app = typer.Typer()
    attach(app)

    def run(*arguments):
        result = CliRunner().invoke(app, list(arguments))
        if isinstance(result.exception, FosterframeError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return run


@pytest.fixture
def beside_commands(tmp_path, command):
    """The service on the database that commands work with, with the sample register."""
    command("register", "import", "--as", "a commissioner")
    database = Database.open(f"sqlite:///{tmp_path}/eligibility.sqlite")
    yield Running(database, SetClock(NOW))
    database.close()
