"""What people ask of decisions from the command line."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.eligibility.store import tables
from shared.errors import FosterframeError
from tests.eligibility.impact_events import at
from tests.eligibility.running import BORN, NOW, referral

BABY = {"child_ref": "C2", "date_of_birth": "2022-05-05", "disability": False}


@pytest.fixture
def running(beside_commands):
    return beside_commands


@pytest.fixture
def decided(running):
    """Return the ids of three decisions: on R1, on R1 amended, and on a referral for a group."""
    group = {"child_ref": "C1", "date_of_birth": BORN, "disability": False}
    messages = running.take(
        referral("R1", solo=True),
        at(NOW + timedelta(seconds=-1), referral("R2", children=[group, BABY])),
    )
    running.clock.advance(timedelta(days=1))
    messages += running.take(
        at(NOW + timedelta(hours=1), referral("R1", id_="again", version=2, solo=False))
    )
    return [each.message_id for each in messages]


def test_a_decision_is_shown_by_its_id_and_a_referral_by_the_decision_that_counts(command, decided):
    first, _, amended = decided

    by_id = json.loads(command("decision", "show", first, "--json"))
    by_referral = json.loads(command("decision", "show", "R1", "--json"))

    assert (by_id["decision_id"], by_id["version"]) == (first, 1)
    assert (by_referral["decision_id"], by_referral["supersedes"]) == (amended, first)
    shown = command("decision", "show", "R1")
    assert f"It supersedes {first}." in shown
    assert "their order was drawn" in shown


def test_why_tells_every_agency_by_every_criterion(command, decided):
    told = json.loads(command("decision", "why", decided[0], "--json"))

    assert len(told["agencies"]) == 45
    assert {len(each["criteria"]) for each in told["agencies"]} == {14}
    solo = next(
        one
        for one in told["agencies"][-1]["criteria"] + told["agencies"][0]["criteria"]
        if one["criterion"] == "solo"
    )
    assert solo["source_in_full"].startswith("Kent County Council, report")
    assert {each["name"] for each in solo["facts"]} == {"solo", "takes_solo"}
    assert set(told["near_misses"]) == {
        each["agency"] for each in told["agencies"] if each["near_miss"]
    }


@pytest.mark.usefixtures("decided")
def test_why_one_agency_is_printed_with_facts_text_and_source(command):
    printed = command("decision", "why", "R1", "SC990001")
    told = json.loads(command("decision", "why", "R1", "SC990001", "--json"))

    for said in ("in-house-search: met", "agency: takes solo =", "Source: S17", "age band ="):
        assert said in printed
    assert told["agency"]["agency"] == "SC990001"
    assert [each["verdict"] for each in told["gates"]] == ["met", "met"]


@pytest.mark.usefixtures("decided")
def test_why_a_group_shows_what_keeps_agencies_from_it_and_each_child_alone(command):
    printed = command("decision", "why", "R2")
    told = json.loads(command("decision", "why", "R2", "--json"))

    assert "What keeps agencies from this referral" in printed
    assert "C2, 3, alone: 0 eligible" in printed
    assert "No agency is eligible. The nearest, and what they lack:" in printed
    assert [each["child_ref"] for each in told["each_child"]] == ["C1", "C2"]
    assert len(told["nearest"]) == 5
    counts = [each["not_met"] for each in told["failures"]]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        (("show", "R9"), "There is no decision R9. There is no decision on the referral R9."),
        (("why", "R9"), "There is no decision R9. There is no decision on the referral R9."),
        (("why", "R1", "SC123456"), "SC123456 was not on the register"),
        (("verify", "R9"), "There is no decision R9"),
        (("verify",), "Name a decision or a referral, or say --since"),
        (("verify", "R1", "--since", "2026-01-01"), "Name a decision or a referral"),
        (("list", "--after", "D9"), "There is no decision D9"),
    ],
)
def test_what_cannot_be_found_is_said_with_what_to_do(command, arguments, refused):
    with pytest.raises(FosterframeError, match=refused):
        command("decision", *arguments)


def test_decisions_are_verified_one_by_one_by_referral_and_since_a_day(command, decided):
    one = command("decision", "verify", decided[1])
    both = command("decision", "verify", "R1")
    since = json.loads(command("decision", "verify", "--since", "2026-03-03", "--json"))

    assert f"Decision {decided[1]} is the same, byte for byte." in one
    assert "2 decisions are the same, byte for byte." in both
    assert since == {"verified": 1, "altered": []}


@pytest.mark.parametrize("altered", [{"pack_digest": "0" * 64}, {"referral": "{}"}])
def test_of_many_decisions_those_that_were_altered_are_named(command, running, decided, altered):
    here = tables.decisions.c.decision_id == decided[0]
    with running.database.transaction() as connection:
        connection.execute(update(tables.decisions).where(here).values(altered))

    with pytest.raises(FosterframeError, match="1 of 3 decisions are NOT") as refused:
        command("decision", "verify", "--since", "2026-01-01")

    assert decided[0] in str(refused.value)
    with pytest.raises(FosterframeError, match="1 of 2 decisions are NOT"):
        command("decision", "verify", "R1")


def test_decisions_are_listed_the_last_one_first_a_page_at_a_time(command, decided):
    first = json.loads(command("decision", "list", "--limit", "1", "--json"))
    rest = json.loads(
        command("decision", "list", "--after", first[0]["decision_id"], "--limit", "9", "--json")
    )
    of_r1 = json.loads(command("decision", "list", "--referral", "R1", "--json"))
    since = json.loads(command("decision", "list", "--since", "2026-03-03", "--json"))

    assert [each["decision_id"] for each in first] == [decided[2]]
    assert {each["decision_id"] for each in rest} == set(decided[:2])
    assert [(each["version"], each["counts"]) for each in of_r1] == [(2, True), (1, False)]
    assert [each["decision_id"] for each in since] == [decided[2]]
    assert f"--after {decided[2]}" in command("decision", "list", "--limit", "1")


@pytest.mark.usefixtures("decided")
def test_no_date_of_birth_is_ever_printed(command):
    printed = [
        command("decision", *arguments)
        for arguments in (
            ("show", "R1", "--json"),
            ("why", "R2"),
            ("why", "R2", "--json"),
            ("why", "R2", "SC990001"),
            ("list", "--json"),
        )
    ]

    assert not [each for each in printed if BORN in each or BABY["date_of_birth"] in each]
