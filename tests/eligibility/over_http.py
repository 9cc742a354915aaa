"""What tests ask over HTTP, and what every problem that they are told has in common."""

import json

from services.eligibility.store import tables
from tests.eligibility.builders import PACK
from tests.eligibility.running import referral
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
NAMED = {"X-Forwarded-User": "a.commissioner"}
KEPT = (
    tables.decisions,
    tables.register_facts,
    tables.rulebooks,
    tables.rulebook_activations,
    tables.concerns,
    tables.delivery.log,
)


def asked(**changes):
    """Return the body of a referral as it is asked about."""
    return json.loads(referral(**changes).body)["data"]


def everything(running):
    """Return all that is kept, and all that was sent."""
    return [running.kept(table) for table in KEPT], running.sent()


def refused(answer, status):
    """Return the problem that an answer is."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    return answer.json()


def told(answer, status=200):
    """Return what an answer says that is none."""
    assert answer.status_code == status, answer.text
    return answer.json()


def paged(client, path, name, **asked):
    """Yield the pages of a list, one entry each, to the last."""
    after = None
    while True:
        page = told(
            client.get(path, params={**asked, "limit": 1} | ({"after": after} if after else {}))
        )
        yield page[name]
        after = page["next"]
        if after is None:
            return


def small_text(folder, version="2", **changes):
    """Return the body that asks for a small rulebook to be put in force."""
    file = small_rulebook(folder, version, **changes)
    examples = file.with_name(f"{file.stem}-examples.yaml").read_text()
    return {"rulebook": file.read_text(), "examples": examples, "reason": "26/00031"}


def activate(client, asked, headers=NAMED, **changes):
    """Ask for a rulebook to be put in use."""
    return client.post(ACTIVATIONS, json=asked | changes, headers=headers)
