"""Rulebooks taken back over HTTP before they begin: by somebody, for a reason, or not at all."""

import pytest

from tests.eligibility.over_http import NAMED, RULEBOOKS, activate, everything, refused, told
from tests.eligibility.over_http import small_text as small
from tests.eligibility.running import NOW

WITHDRAWALS = f"{RULEBOOKS}/withdrawals"
APRIL = "{from: 2026-04-01}"


@pytest.fixture
def april(client, tmp_path):
    """The digest of a rulebook that is to decide from April on."""
    return told(activate(client, small(tmp_path, "2", in_force=APRIL)), 201)["digest"]


def withdraw(client, digest, headers=NAMED, path=WITHDRAWALS, reason="26/00032"):
    return client.post(path, json={"rulebook": digest, "reason": reason}, headers=headers)


def test_the_preview_says_what_decides_instead_and_changes_nothing(client, running, april):
    before = everything(running)

    seen = told(withdraw(client, april, path=f"{WITHDRAWALS}/preview", headers={}))

    assert (seen["instead"], seen["comes_back"]) == ("kent-medway 2024.1", False)
    assert seen["changes"][0] == "From rulebook small 2 to kent-medway 2024.1:"
    assert len(seen["changes"]) > 1
    assert everything(running) == before


def test_one_that_is_withdrawn_is_listed_so_and_the_one_before_goes_on(client, april):
    done = told(withdraw(client, april), 201)

    listed = {each["digest"]: each for each in told(client.get(RULEBOOKS))["rulebooks"]}
    withdrawn, before = listed.pop(april), listed.popitem()[1]
    assert (withdrawn["standing"], withdrawn["decides_from"]) == ("withdrawn", None)
    assert (withdrawn["by"], withdrawn["reason"]) == ("a.commissioner", "26/00032")
    assert (before["standing"], before["decides_to"]) == ("in force", None)
    assert len(done["steps"]) == 1
    assert told(client.get(f"{RULEBOOKS}/in-force?on=2026-04-01"))["version"] == "2024.1"


def test_what_cannot_be_withdrawn_is_refused_and_nothing_is_changed(client, running, april):
    in_force = told(client.get(f"{RULEBOOKS}/in-force"))["digest"]
    withdraw(client, april)
    before = everything(running)

    for path in (WITHDRAWALS, f"{WITHDRAWALS}/preview"):
        begun = refused(withdraw(client, in_force, path=path), 409)
        again = refused(withdraw(client, april, path=path), 409)
        refused(withdraw(client, "0" * 64, path=path), 404)
        refused(withdraw(client, "2024.1", path=path), 422)
        refused(withdraw(client, april, path=path, reason=""), 422)
        assert "began to decide on 2022-04-01" in begun["detail"]
        assert f"withdrawn already, by a.commissioner on {NOW:%Y-%m-%d}" in again["detail"]

    assert everything(running) == before


def test_nobody_withdraws_without_a_name(client, running, april):
    before = everything(running)

    for headers in ({}, {"X-Forwarded-User": ""}, [*NAMED.items(), *NAMED.items()]):
        refused(withdraw(client, april, headers=headers), 401)

    assert everything(running) == before
