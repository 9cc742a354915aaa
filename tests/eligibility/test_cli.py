"""What people do from the command line."""

import json

import pytest

from services.eligibility.store import tables
from shared.errors import FosterframeError
from tests.eligibility.builders import PACK
from tests.eligibility.running import referral


@pytest.fixture
def running(beside_commands):
    return beside_commands


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
