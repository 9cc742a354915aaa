"""A rulebook in use that this version cannot read, as after a roll back: people replace it."""

import json
import os
import subprocess
import sys

import pytest

from services.running import eligibility_worker
from shared.errors import MayYetSucceed
from shared.messaging.embedded.broker import EmbeddedBroker
from shared.persistence.database import Database
from shared.settings import settings_from
from tests.eligibility.activating import activate, alter
from tests.eligibility.over_http import RULEBOOKS, refused, told
from tests.eligibility.over_http import activate as activate_over_http
from tests.eligibility.over_http import small_text as small
from tests.eligibility.small_rulebooks import small_rulebook

SIGNED = ("--as", "c.commissioner", "--reason", "26/00033")
UNREAD = "in use cannot be read"


@pytest.fixture
def unread(command, tmp_path):
    """The version of a rulebook in force that cannot be read, where commands work."""
    file = small_rulebook(tmp_path, "1")
    done = command("rulebook", "activate", str(file), *SIGNED, "--yes", "--json")
    database = Database.open(f"sqlite:///{tmp_path}/eligibility.sqlite")
    alter(database, json.loads(done)["digest"])
    database.close()
    return "1"


def standing(command):
    told = json.loads(command("rulebook", "list", "--json"))
    return {each["version"]: each["standing"] for each in told}


def test_another_one_takes_its_place_by_command(command, unread, tmp_path):
    file = str(small_rulebook(tmp_path, "2"))

    shown = command("rulebook", "activate", file, *SIGNED)
    before = standing(command)
    command("rulebook", "activate", file, *SIGNED, "--yes")

    assert "It takes the place of small 1, which decides no more." in shown
    assert "In what it differs cannot be said: the rulebook" in shown
    assert UNREAD in shown
    assert before[unread] == "in force"
    assert standing(command) | {"2": "in force", unread: "replaced"} == standing(command)


def test_one_that_is_to_come_is_withdrawn_by_command(command, tmp_path):
    file = small_rulebook(tmp_path, "1", "{from: 2099-04-01}")
    done = command("rulebook", "activate", str(file), *SIGNED, "--yes", "--json")
    database = Database.open(f"sqlite:///{tmp_path}/eligibility.sqlite")
    alter(database, json.loads(done)["digest"])
    database.close()

    shown = command("rulebook", "withdraw", "1", *SIGNED)
    command("rulebook", "withdraw", "1", *SIGNED, "--yes")

    assert UNREAD in shown
    assert standing(command)["1"] == "withdrawn"


def test_another_one_takes_its_place_over_http(client, running, tmp_path):
    first = told(activate_over_http(client, small(tmp_path, "1")), 201)["digest"]
    alter(running.database, first)

    asked = refused(client.get(f"{RULEBOOKS}/in-force"), 503)
    told(activate_over_http(client, small(tmp_path, "2")), 201)

    assert UNREAD in asked["detail"]
    assert told(client.get(f"{RULEBOOKS}/in-force"))["version"] == "2"


def test_no_worker_starts_with_it_and_says_which_it_is(running, tmp_path):
    done = activate(running, small_rulebook(tmp_path, "1"))
    alter(running.database, done.steps[0].digest)

    with pytest.raises(MayYetSucceed, match=f"{done.steps[0].digest[:12]} {UNREAD}"):
        eligibility_worker(
            settings_from({}), running.database, EmbeddedBroker(), running.clock, declares=True
        )


@pytest.mark.usefixtures("unread")
def test_a_person_is_told_what_to_do(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "services", "rulebook", "diff", "in-force", "2024.1"],
        env=os.environ | {"FOSTERFRAME_STATE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert UNREAD in ran.stderr
    assert "fosterframe rulebook activate FILE --as YOUR_NAME --reason TEXT" in ran.stderr
