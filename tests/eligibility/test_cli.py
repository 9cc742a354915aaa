"""What people do from the command line."""

import json

import pytest
import typer
from typer.testing import CliRunner

from services.eligibility.cli import attach
from services.eligibility.store import tables
from shared.clock import SetClock
from shared.errors import FosterframeError
from shared.persistence.database import Database
from tests.eligibility.builders import PACK
from tests.eligibility.running import NOW, Running, referral


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Return what runs a command and returns what it printed, or raises what it refused."""
    monkeypatch.setenv("FOSTERFRAME_STATE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
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
def running(tmp_path, command):
    command("register", "import", "--as", "a commissioner")
    database = Database.open(f"sqlite:///{tmp_path}/eligibility.sqlite")
    yield Running(database, SetClock(NOW))
    database.close()


def test_the_register_is_imported_once(command):
    first = json.loads(command("register", "import", "--as", "a commissioner", "--json"))
    second = json.loads(command("register", "import", str(PACK), "--as", "another", "--json"))

    assert (first["agencies"], first["facts_known"]) == (45, 0)
    assert (second["facts_added"], second["version"]) == (0, first["version"])


def test_an_import_names_who_did_it(running):
    [cause] = {row.cause for row in running.kept(tables.register_facts)}

    assert cause.endswith("by a commissioner")


@pytest.mark.usefixtures("running")
def test_the_history_of_an_agency_is_shown(command):
    assert "membership" in command("register", "history", "SC990001")
    with pytest.raises(FosterframeError, match="There is no agency SC1"):
        command("register", "history", "SC1")


def test_a_decision_is_shown_with_its_reasons_and_verified(command, running):
    [message] = running.take(referral("R1", solo=True))

    shown = command("decision", "show", message.message_id)
    told = json.loads(command("decision", "show", message.message_id, "--json"))

    assert "The agency offers no solo placements." in shown
    assert told["referral_id"] == "R1"
    assert "byte for byte" in command("decision", "verify", message.message_id)


def test_a_decision_that_was_altered_does_not_verify(command, running):
    [message] = running.take(referral("R1"))
    with running.database.transaction() as connection:
        connection.execute(tables.decisions.update().values(pack_digest="0" * 64))

    with pytest.raises(FosterframeError, match="NOT what was decided"):
        command("decision", "verify", message.message_id)
