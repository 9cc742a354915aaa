"""Rulebooks put in force from the command line: several together, shown first."""

import json

import pytest

from services.eligibility.rulebooks.rulebook import RulebookRefused
from tests.eligibility.small_rulebooks import small_rulebook

SIGNED = ("--as", "c.commissioner", "--reason", "26/00032")


@pytest.fixture
def split(command, tmp_path):
    """The files by which the days of a rulebook that has an end are split."""
    whole = small_rulebook(tmp_path, "1", "{from: 2022-04-01, to: 2099-04-01}")
    command("rulebook", "activate", str(whole), *SIGNED, "--yes")
    periods = ("{from: 2022-04-01, to: 2098-04-01}", "{from: 2098-04-01, to: 2099-04-01}")
    files = [
        small_rulebook(tmp_path, version, period, tier=int(version))
        for version, period in zip("23", periods, strict=True)
    ]
    return [str(file) for file in files]


def listed(command):
    told = json.loads(command("rulebook", "list", "--json"))
    return {each["version"]: each["standing"] for each in told}


def test_without_yes_each_of_them_is_told_with_what_it_changes(command, split):
    printed = command("rulebook", "activate", *split, *SIGNED)

    assert "It takes the place of small 1, which decides no more." in printed
    assert "As things stand, small 1 would decide on that day." in printed
    assert "From rulebook small 1 to small 3:" in printed
    assert printed.endswith("Nothing was changed. Say --yes to do it: all of them, or none.\n")
    assert listed(command)["1"] == "in force"


def test_with_yes_all_of_them_take_effect(command, split):
    told = json.loads(command("rulebook", "activate", *split, *SIGNED, "--yes", "--json"))

    assert [(each["version"], len(each["steps"])) for each in told["rulebooks"]] == [
        ("2", 1),
        ("3", 1),
    ]
    assert listed(command) == {
        "2024.1": "replaced",
        "1": "replaced",
        "2": "in force",
        "3": "to come",
    }
    assert "is so already" in command("rulebook", "activate", *split, *SIGNED, "--yes")


def test_the_later_one_alone_is_refused(command, split):
    with pytest.raises(RulebookRefused, match="both would hold"):
        command("rulebook", "activate", split[1], *SIGNED, "--yes")
