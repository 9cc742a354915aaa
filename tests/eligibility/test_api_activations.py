"""Rulebooks put in use over HTTP: in force or in shadow, by somebody, proved, or not at all."""

import pytest

from services.eligibility.store import tables
from tests.eligibility.over_http import (
    ACTIVATIONS,
    CONTRADICTORY,
    EXAMPLES,
    NAMED,
    NOT_YAML,
    RULEBOOKS,
    STRICTER,
    activate,
    everything,
    refused,
    small_text,
    told,
)
from tests.eligibility.running import referral
from tests.eligibility.running import told as said


def versions(messages):
    return [said(message).rulebook.version for message in messages]


def test_the_preview_of_an_activation_says_what_changes_and_changes_nothing(
    client, running, tmp_path
):
    before = everything(running)

    seen = told(client.post(f"{ACTIVATIONS}/preview", json=small_text(tmp_path)))

    assert seen["replaces"] == "kent-medway 2024.1"
    assert len(seen["changes"]) > 1
    assert everything(running) == before


def test_a_rulebook_that_is_activated_decides_the_next_referral_of_a_worker(
    client, running, tmp_path
):
    before = versions(running.take(referral("R1")))

    done = told(activate(client, small_text(tmp_path)), 201)

    assert before == ["2024.1"]
    assert len(done["steps"]) == 1
    assert versions(running.take(referral("R2"))) == ["2"]
    last = running.kept(tables.rulebook_activations)[-1]
    assert (last.actor, last.reason) == ("a.commissioner", "26/00031")


def test_what_is_in_force_already_is_said_and_nothing_is_changed(client, running, tmp_path):
    activate(client, small_text(tmp_path))
    before = everything(running)

    done = told(activate(client, small_text(tmp_path)), 200)

    assert done["is_so_already"]
    assert done["steps"] == []
    assert everything(running) == before


def test_rulebooks_that_split_days_are_previewed_and_put_in_force_together_or_not_at_all(
    client, running, tmp_path
):
    activate(client, small_text(tmp_path, "1", in_force="{from: 2022-04-01, to: 2027-04-01}"))
    first = small_text(tmp_path, "2", in_force="{from: 2022-04-01, to: 2026-04-01}")
    second = small_text(tmp_path, "3", in_force="{from: 2026-04-01, to: 2027-04-01}")
    beside = {key: second[key] for key in ("rulebook", "examples")}
    before = everything(running)

    seen = told(client.post(f"{ACTIVATIONS}/preview", json=first | {"beside": [beside]}))
    refused(activate(client, first, beside=[beside | {"examples": NOT_YAML}]), 422)
    unchanged = everything(running)
    done = told(activate(client, first, beside=[beside]), 201)
    again = told(activate(client, first, beside=[beside]), 200)

    assert unchanged == before
    assert [each["replaces"] for each in (seen, *seen["beside"])] == ["small 1", None]
    assert [each["to"] for each in (done, *done["beside"])] == ["2026-04-01", "2027-04-01"]
    assert (again["steps"], again["beside"][0]["steps"]) == ([], [])


def test_the_rulebook_that_was_asked_for_is_told_first_and_others_beside_it(client, tmp_path):
    periods = {"2": "{from: 2026-03-02, to: 2026-04-01}", "3": "{from: 2026-04-01}"}
    first, second = (small_text(tmp_path, each, in_force=periods[each]) for each in periods)
    asked = second | {"beside": [{key: first[key] for key in ("rulebook", "examples")}]}

    seen = told(client.post(f"{ACTIVATIONS}/preview", json=asked))
    done = told(activate(client, asked), 201)

    for answer in (seen, done):
        assert answer["version"] == "3"
        assert [each["version"] for each in answer["beside"]] == ["2"]


def test_a_rulebook_without_examples_is_not_activated_and_each_uncovered_verdict_is_told(
    client, running, tmp_path
):
    before = everything(running)
    half = small_text(tmp_path, cases="cases:\n" + CASE_OF_ONE_VERDICT)
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

    refused(client.post(path, json=small_text(tmp_path) | changes, headers=NAMED), status)

    assert everything(running) == before


@pytest.mark.parametrize("path", ["activations", "shadow/end"])
def test_nobody_changes_what_is_in_use_without_a_name(client, running, tmp_path, path):
    asked = small_text(tmp_path) if path == "activations" else {"reason": "over"}
    before = everything(running)

    for headers in ({}, {"X-Forwarded-User": ""}, [*NAMED.items(), *NAMED.items()]):
        refused(client.post(f"{RULEBOOKS}/{path}", json=asked, headers=headers), 401)

    assert everything(running) == before


def test_a_rulebook_is_tried_in_shadow_and_its_trial_is_reported_and_ended(
    client, running, tmp_path
):
    told(activate(client, small_text(tmp_path, tier=1), **{"as": "shadow"}), 201)
    decided = versions(running.take(referral("R1")))

    report = told(client.get(f"{RULEBOOKS}/shadow"))
    ended = told(client.post(f"{RULEBOOKS}/shadow/end", json={"reason": "enough"}, headers=NAMED))

    assert decided == ["2024.1"]
    assert (report["decisions"], report["differ"], report["ended_at"]) == (1, 1, None)
    assert ended["state"] == "shadow_ended"
    assert told(client.get(f"{RULEBOOKS}/shadow"))["ended_at"]


def test_a_second_rulebook_is_not_tried_beside_the_first(client, tmp_path):
    activate(client, small_text(tmp_path, "2"), **{"as": "shadow"})

    refused(activate(client, small_text(tmp_path, "3"), **{"as": "shadow"}), 409)


def test_a_trial_that_nobody_began_cannot_be_ended(client):
    answer = client.post(f"{RULEBOOKS}/shadow/end", json={"reason": "over"}, headers=NAMED)

    refused(answer, 409)
