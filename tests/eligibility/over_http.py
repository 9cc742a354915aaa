"""What tests ask over HTTP, and what every problem that they are told has in common."""

import json

from services.eligibility.store import tables
from tests.eligibility.running import referral

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
