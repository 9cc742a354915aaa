"""What commissioners read of concerns from the command line."""

import json
from datetime import timedelta

import pytest

from tests.eligibility.impact_events import OTHER, started
from tests.eligibility.running import JUDGED, referral, update


@pytest.fixture
def running(beside_commands):
    running = beside_commands
    running.take(referral(), started("P1"))
    running.take(update(JUDGED), update(JUDGED, id_="u2", urn=OTHER))
    return running


@pytest.mark.usefixtures("running")
def test_a_concern_says_what_is_worse_and_names_placements_and_referrals(command):
    printed = command("register", "concerns", "--agency", "SC990001")

    assert "SC990001" in printed
    assert OTHER not in printed
    assert "Newly known: Ofsted's judgement inadequate, published on 2026-02-20." in printed
    assert "From 2026-03-02, ofsted-quality: met before, not met now." in printed
    assert "Ofsted's judgement is inadequate." in printed
    assert "P1" in printed
    assert "R1" in printed


def test_a_child_heard_of_later_is_listed_with_the_concern_that_it_adds_to(command, running):
    running.clock.advance(timedelta(days=1))
    running.take(started("P2"))

    late, first = json.loads(command("register", "concerns", "--agency", "SC990001", "--json"))
    printed = command("register", "concerns", "--agency", "SC990001")

    assert late["adds_to"] == [first["concern_id"]]
    assert [each["placement_id"] for each in late["placements"]] == ["P2"]
    assert "Heard of only after commissioners were told" in printed
    assert f"It adds to the concern {first['concern_id']}." in printed


@pytest.mark.usefixtures("running")
def test_concerns_are_listed_as_json(command):
    told = json.loads(command("register", "concerns", "--json"))

    assert sorted(each["agency"] for each in told) == ["SC990001", OTHER]


@pytest.mark.usefixtures("running")
def test_concerns_are_listed_from_a_day_on(command):
    assert len(json.loads(command("register", "concerns", "--since", "2026-03-02", "--json"))) == 2
    assert json.loads(command("register", "concerns", "--since", "2026-03-03", "--json")) == []


def test_where_no_agency_became_worse_that_is_said(command):
    assert "No agency's standing became worse." in command("register", "concerns")
