"""Rulebooks over HTTP: what they say, what another would change, and how one comes into use."""

import pytest

from services.eligibility.api_examples import RULEBOOK, RULEBOOK_EXAMPLES
from services.eligibility.store import tables
from tests.eligibility.builders import PACK
from tests.eligibility.over_http import NAMED, everything, refused, told
from tests.eligibility.running import referral
from tests.eligibility.running import told as said
from tests.eligibility.small_rulebooks import small_rulebook

SAMPLE = (PACK / "rulebook.yaml").read_text()
EXAMPLES = (PACK / "rulebook-examples.yaml").read_text()
STRICTER = SAMPLE.replace(
    "met: {ofsted_overall: [outstanding, good]}", "met: {ofsted_overall: [outstanding]}"
)
CONTRADICTORY = SAMPLE.replace("[outstanding, good]}", "[outstanding, good, inadequate]}")
NOT_YAML = "rulebook: [\n"
RULEBOOKS = "/v1/rulebooks"
IN_FORCE = f"{RULEBOOKS}/in-force"
ACTIVATIONS = f"{RULEBOOKS}/activations"
NOBODY = "0" * 64


def text_of(folder, version="2", **changes):
    """Return the body that asks for a small rulebook to be put in force."""
    file = small_rulebook(folder, version, **changes)
    examples = file.with_name(f"{file.stem}-examples.yaml").read_text()
    return {"rulebook": file.read_text(), "examples": examples, "reason": "26/00031"}


def activate(client, asked, headers=NAMED, **changes):
    return client.post(ACTIVATIONS, json=asked | changes, headers=headers)


def versions(messages):
    return [said(message).rulebook.version for message in messages]


# What is known.


def test_every_rulebook_that_is_kept_is_listed(client, tmp_path):
    activate(client, text_of(tmp_path))

    listed = told(client.get(RULEBOOKS))["rulebooks"]

    assert {each["version"]: each["standing"] for each in listed} == {
        "2": "in force",
        "2024.1": "replaced",
    }


def test_the_rulebook_in_force_is_told_for_a_day(client, tmp_path):
    activate(client, text_of(tmp_path, in_force="{from: 2026-05-01}"))

    assert told(client.get(IN_FORCE))["version"] == "2024.1"
    assert told(client.get(IN_FORCE, params={"on": "2026-04-30"}))["version"] == "2024.1"
    assert told(client.get(IN_FORCE, params={"on": "2026-05-01"}))["version"] == "2"


def test_a_rulebook_is_told_by_its_digest_whether_it_is_in_use_or_not(client, tmp_path):
    digest = told(client.get(IN_FORCE))["digest"]
    activate(client, text_of(tmp_path))

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


@pytest.mark.parametrize("path", ["check", "test", "difference", "simulation"])
@pytest.mark.parametrize("text", [NOT_YAML, CONTRADICTORY, "in force", "\x00"])
def test_a_rulebook_that_is_not_sound_is_refused_with_what_is_wrong(client, path, text):
    body = {
        "check": {"rulebook": text},
        "test": {"rulebook": text, "examples": EXAMPLES},
        "difference": {"new": text},
        "simulation": {"rulebook": text, "since": "2026-01-01"},
    }[path]

    problem = refused(client.post(f"{RULEBOOKS}/{path}", json=body), 422)

    assert problem["errors"][0]["reason"]


@pytest.mark.parametrize(
    "path", ["check", "test", "difference", "simulation", "activations/preview", "shadow/end"]
)
@pytest.mark.parametrize("body", [{}, {"rulebook": ""}, {"surprise": "x"}, [], None])
def test_a_body_that_asks_for_nothing_is_refused(client, path, body):
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


# In use.


def test_the_preview_of_an_activation_says_what_changes_and_changes_nothing(
    client, running, tmp_path
):
    before = everything(running)

    seen = told(client.post(f"{ACTIVATIONS}/preview", json=text_of(tmp_path)))

    assert seen["replaces"] == "kent-medway 2024.1"
    assert len(seen["changes"]) > 1
    assert everything(running) == before


def test_a_rulebook_that_is_activated_decides_the_next_referral_of_a_worker(
    client, running, tmp_path
):
    before = versions(running.take(referral("R1")))

    done = told(activate(client, text_of(tmp_path)), 201)

    assert before == ["2024.1"]
    assert len(done["steps"]) == 1
    assert versions(running.take(referral("R2"))) == ["2"]
    last = running.kept(tables.rulebook_activations)[-1]
    assert (last.actor, last.reason) == ("a.commissioner", "26/00031")


def test_what_is_in_force_already_is_said_and_nothing_is_changed(client, running, tmp_path):
    activate(client, text_of(tmp_path))
    before = everything(running)

    done = told(activate(client, text_of(tmp_path)), 200)

    assert done["is_so_already"]
    assert done["steps"] == []
    assert everything(running) == before


def test_a_rulebook_without_examples_is_not_activated_and_each_uncovered_verdict_is_told(
    client, running, tmp_path
):
    before = everything(running)
    half = text_of(tmp_path, cases="cases:\n" + CASE_OF_ONE_VERDICT)
    without = {key: value for key, value in half.items() if key != "examples"}

    problem = refused(activate(client, half), 422)
    refused(activate(client, without), 422)

    told_of = [each["reason"] for each in problem["errors"]]
    assert len(told_of) == 3
    for criterion, verdict in (("not-suspended", "not met"), ("tier", "met"), ("tier", "not met")):
        assert any(criterion in each and verdict in each for each in told_of), told_of
    assert everything(running) == before


CASE_OF_ONE_VERDICT = (
    "  - {name: A, criterion: not-suspended, facts: {suspended: no}, expected: met}\n"
)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"rulebook": NOT_YAML}, 422),
        ({"rulebook": CONTRADICTORY}, 422),
        ({"examples": NOT_YAML}, 422),
        ({"rulebook": STRICTER, "examples": EXAMPLES}, 422),
        ({"reason": ""}, 422),
        ({"as": "tomorrow"}, 422),
    ],
)
@pytest.mark.parametrize("path", [ACTIVATIONS, f"{ACTIVATIONS}/preview"])
def test_what_may_not_come_into_use_is_refused_and_nothing_is_changed(
    client, running, tmp_path, path, changes, status
):
    before = everything(running)

    refused(client.post(path, json=text_of(tmp_path) | changes, headers=NAMED), status)

    assert everything(running) == before


@pytest.mark.parametrize("path", ["activations", "shadow/end"])
@pytest.mark.parametrize(
    "headers", [{}, {"X-Forwarded-User": ""}, [*NAMED.items(), *NAMED.items()]]
)
def test_nobody_changes_what_is_in_use_without_a_name(client, running, tmp_path, path, headers):
    asked = text_of(tmp_path) if path == "activations" else {"reason": "over"}
    before = everything(running)

    refused(client.post(f"{RULEBOOKS}/{path}", json=asked, headers=headers), 401)

    assert everything(running) == before


def test_a_rulebook_is_tried_in_shadow_and_its_trial_is_reported_and_ended(
    client, running, tmp_path
):
    told(activate(client, text_of(tmp_path, tier=1), **{"as": "shadow"}), 201)
    decided = versions(running.take(referral("R1")))

    report = told(client.get(f"{RULEBOOKS}/shadow"))
    ended = told(client.post(f"{RULEBOOKS}/shadow/end", json={"reason": "enough"}, headers=NAMED))

    assert decided == ["2024.1"]
    assert (report["decisions"], report["differ"], report["ended_at"]) == (1, 1, None)
    assert ended["state"] == "shadow_ended"
    assert told(client.get(f"{RULEBOOKS}/shadow"))["ended_at"]


def test_a_second_rulebook_is_not_tried_beside_the_first(client, tmp_path):
    activate(client, text_of(tmp_path, "2"), **{"as": "shadow"})

    refused(activate(client, text_of(tmp_path, "3"), **{"as": "shadow"}), 409)


def test_a_trial_that_nobody_began_cannot_be_ended(client):
    answer = client.post(f"{RULEBOOKS}/shadow/end", json={"reason": "over"}, headers=NAMED)

    refused(answer, 409)
