"""Taking back a rulebook from the command line: shown first, and done with --yes."""

import json
from datetime import timedelta

import pytest

from services.eligibility.rulebooks.activation import ActivationRefused
from services.eligibility.rulebooks.named import NoSuchRulebookKept
from shared.clock import SystemClock
from tests.eligibility.small_rulebooks import small_rulebook

SIGNED = ("--as", "c.commissioner", "--reason", "26/00032")


@pytest.fixture
def to_come(command, tmp_path):
    """Put a rulebook in force that begins tomorrow, and one that takes its place."""
    day = SystemClock().today() + timedelta(days=1)
    for version in ("2", "3"):
        file = small_rulebook(tmp_path, version, f"{{from: {day}}}", tier=int(version))
        command("rulebook", "activate", str(file), *SIGNED, "--yes")
    return day


def listed(command):
    told = json.loads(command("rulebook", "list", "--json"))
    return {each["version"]: each["standing"] for each in told}


def test_without_yes_it_is_said_what_would_hold_and_nothing_is_changed(command, to_come):
    printed = command("rulebook", "withdraw", "3", *SIGNED)

    assert f"is to decide the referrals that are received from {to_come} on." in printed
    assert "small 2, whose place it had taken, decides from that day on." in printed
    assert "From rulebook small 3 to small 2:" in printed
    assert printed.endswith("Nothing was changed. Say --yes to do it.\n")
    assert listed(command)["3"] == "to come"


def test_with_yes_what_it_had_replaced_and_then_what_it_had_cut_short_holds(command, to_come):
    first = command("rulebook", "withdraw", "small 3", *SIGNED, "--yes")
    told = json.loads(command("rulebook", "withdraw", "2", *SIGNED, "--yes", "--json"))

    assert "Rulebook small 3 is withdrawn, by c.commissioner: 26/00032." in first
    assert (told["instead"], told["comes_back"]) == ("kent-medway 2024.1", False)
    assert told["from"] == str(to_come)
    assert listed(command) == {"2024.1": "in force", "2": "withdrawn", "3": "withdrawn"}


def test_the_rulebook_in_force_and_one_that_nobody_knows_are_refused(command, to_come):
    for yes in ((), ("--yes",)):
        with pytest.raises(ActivationRefused, match="began to decide on 2022-04-01"):
            command("rulebook", "withdraw", "2024.1", *SIGNED, *yes)
        with pytest.raises(NoSuchRulebookKept, match="is called 2031"):
            command("rulebook", "withdraw", "2031", *SIGNED, *yes)

    assert listed(command)["3"] == "to come"
    assert to_come
