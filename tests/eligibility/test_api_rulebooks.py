"""Rulebooks over HTTP: what they say, and what another would change."""

import pytest

from services.eligibility.api.examples import RULEBOOK, RULEBOOK_EXAMPLES
from tests.eligibility.over_http import (
    CONTRADICTORY,
    EXAMPLES,
    IN_FORCE,
    NAMED,
    NOT_YAML,
    RULEBOOKS,
    SAMPLE,
    STRICTER,
    activate,
    everything,
    refused,
    small_text,
    told,
)
from tests.eligibility.running import referral

NOBODY = "0" * 64


# What is known.


def test_every_rulebook_that_is_kept_is_listed(client, tmp_path):
    activate(client, small_text(tmp_path))

    listed = told(client.get(RULEBOOKS))["rulebooks"]

    assert {each["version"]: each["standing"] for each in listed} == {
        "2": "in force",
        "2024.1": "replaced",
    }


def test_the_rulebook_in_force_is_told_for_a_day(client, tmp_path):
    activate(client, small_text(tmp_path, in_force="{from: 2026-05-01}"))

    assert told(client.get(IN_FORCE))["version"] == "2024.1"
    assert told(client.get(IN_FORCE, params={"on": "2026-04-30"}))["version"] == "2024.1"
    assert told(client.get(IN_FORCE, params={"on": "2026-05-01"}))["version"] == "2"


def test_a_rulebook_is_told_by_its_digest_whether_it_is_in_use_or_not(client, tmp_path):
    digest = told(client.get(IN_FORCE))["digest"]
    activate(client, small_text(tmp_path))

    assert told(client.get(f"{RULEBOOKS}/{digest}"))["version"] == "2024.1"
    tables_told = told(client.get(f"{RULEBOOKS}/{digest}/tables"))["tables"]
    assert "ofsted-quality" in {each["criterion"] for each in tables_told}


def test_a_table_is_told_in_few_lines_or_with_every_combination_and_its_source(client):
    path = f"{IN_FORCE}/tables/ofsted-quality"

    few, every = told(client.get(path)), told(client.get(path, params={"every": True}))

    assert few["source_in_full"]
    assert sum(line["combinations"] for line in few["lines"]) == few["combinations"]
    assert len(every["rows"]) == every["combinations"] == few["combinations"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{RULEBOOKS}/{NOBODY}", 404),
        (f"{RULEBOOKS}/{NOBODY}/tables", 404),
        (f"{IN_FORCE}/tables/nothing", 404),
        (f"{IN_FORCE}?on=2001-01-01", 404),
        (f"{IN_FORCE}/tables?on=2001-01-01", 404),
        (f"{IN_FORCE}?on=soon", 422),
        (f"{RULEBOOKS}/2024.1", 422),
        (f"{RULEBOOKS}/shadow", 404),
    ],
)
def test_a_rulebook_that_there_is_not_is_not_found(client, path, status):
    refused(client.get(path), status)


def test_the_schema_of_rulebooks_knows_the_facts_of_the_framework(client):
    schema = told(client.get(f"{RULEBOOKS}/schema"))

    assert "ofsted_overall" in schema["properties"]["facts"]["properties"]


# Tried.


def test_a_sound_rulebook_is_proved_with_and_without_its_examples(client, running):
    before = everything(running)

    alone = told(client.post(f"{RULEBOOKS}/check", json={"rulebook": SAMPLE}))
    both = told(client.post(f"{RULEBOOKS}/check", json={"rulebook": SAMPLE, "examples": EXAMPLES}))

    assert alone["sound"]
    assert alone["examples"] is None
    assert both["examples"]["is_complete"]
    assert everything(running) == before


@pytest.mark.parametrize("text", [NOT_YAML, CONTRADICTORY, "in force", "\x00"])
def test_a_rulebook_that_is_not_sound_is_refused_with_what_is_wrong(client, text):
    for path, body in (
        ("check", {"rulebook": text}),
        ("test", {"rulebook": text, "examples": EXAMPLES}),
        ("difference", {"new": text}),
        ("simulation", {"rulebook": text, "since": "2026-01-01"}),
    ):
        problem = refused(client.post(f"{RULEBOOKS}/{path}", json=body), 422)

        assert problem["errors"][0]["reason"], path


@pytest.mark.parametrize(
    "path", ["check", "test", "difference", "simulation", "activations/preview", "shadow/end"]
)
def test_a_body_that_asks_for_nothing_is_refused(client, path):
    for body in ({}, {"rulebook": ""}, {"surprise": "x"}, [], None):
        refused(client.post(f"{RULEBOOKS}/{path}", json=body, headers=NAMED), 422)


def test_examples_that_fail_and_verdicts_without_one_are_told(client):
    found = told(
        client.post(f"{RULEBOOKS}/test", json={"rulebook": STRICTER, "examples": EXAMPLES})
    )
    lacking = RULEBOOK_EXAMPLES.splitlines()[:2]
    uncovered = told(
        client.post(
            f"{RULEBOOKS}/test", json={"rulebook": RULEBOOK, "examples": "\n".join(lacking)}
        )
    )

    assert found["failures"]
    assert not found["is_complete"]
    assert [each["verdict"] for each in uncovered["uncovered"]] == ["not_met"]


def test_a_rulebook_without_examples_cannot_be_tested(client):
    refused(client.post(f"{RULEBOOKS}/test", json={"rulebook": SAMPLE}), 422)


def test_what_a_rulebook_changes_is_told_in_english(client):
    digest = told(client.get(IN_FORCE))["digest"]

    to_it = told(client.post(f"{RULEBOOKS}/difference", json={"new": STRICTER}))
    back = told(client.post(f"{RULEBOOKS}/difference", json={"old": STRICTER, "new": digest}))
    none = told(client.post(f"{RULEBOOKS}/difference", json={"old": digest, "new": "in-force"}))

    [change] = to_it["criteria"]
    assert [(each["was"], each["now"]) for each in change["lines"]] == [("met", "not_met")]
    assert [(each["was"], each["now"]) for each in back["criteria"][0]["lines"]] == [
        ("not_met", "met")
    ]
    assert len(to_it["sentences"]) > 1
    assert none["is_none"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("difference", {"new": NOBODY}),
        ("difference", {"old": NOBODY, "new": "in-force"}),
        ("simulation", {"rulebook": NOBODY, "since": "2026-01-01"}),
        ("simulation", {"rulebook": "in-force", "against": NOBODY, "since": "2026-01-01"}),
    ],
)
def test_a_rulebook_that_is_not_kept_cannot_be_compared(client, path, body):
    refused(client.post(f"{RULEBOOKS}/{path}", json=body), 404)


def test_a_simulation_tells_what_would_have_been_and_changes_nothing(client, running):
    running.take(referral("R1"), referral("R2"))
    before = everything(running)
    body = {"rulebook": STRICTER, "since": "2026-03-01"}

    with_then = told(client.post(f"{RULEBOOKS}/simulation", json=body))
    with_itself = told(client.post(f"{RULEBOOKS}/simulation", json=body | {"against": STRICTER}))
    later = told(client.post(f"{RULEBOOKS}/simulation", json=body | {"since": "2026-03-03"}))

    assert with_then["against"] is None
    assert with_then["referrals"] == 2
    assert with_then["changes"]["shortlist_changes"]["count"] == 2
    assert with_itself["agencies"] == []
    assert later["referrals"] == 0
    assert everything(running) == before


@pytest.mark.parametrize("since", ["soon", 20260101, None])
def test_a_simulation_needs_a_day(client, since):
    body = {"rulebook": "in-force", "since": since}

    refused(client.post(f"{RULEBOOKS}/simulation", json=body), 422)
