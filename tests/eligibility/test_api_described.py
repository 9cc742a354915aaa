"""What the API says of itself: every path with its examples, and each example as it really is."""

import json
import re

import pytest

from services.eligibility.api.examples import RULEBOOK, RULEBOOK_EXAMPLES
from shared.problems import MEDIA_TYPE
from tests.eligibility.over_http import NAMED, told
from tests.eligibility.running import JUDGED, referral, update

METHODS = {"get", "post", "put", "patch", "delete"}
FEWEST_OPERATIONS = 34
ASKED = {
    "/v1/verification": {"since": "2026-01-01"},
    "/v1/register/fairness": {"since": "2026-01-01"},
    "/v1/sufficiency": {"since": "2026-01-01"},
}
NAMES = {"urn": "SC990001", "referral_id": "R-1", "rulebook": "in-force", "criterion": "solo"}


@pytest.fixture
def described(client):
    return told(client.get("/openapi.json"))


@pytest.fixture
def served(client, running):
    """Return what asks an eligibility that knows a concern and has decided a referral."""
    running.take(update(JUDGED))
    running.take(referral("R-1"))
    return client


def operations(described):
    found = [
        (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    assert len(found) >= FEWEST_OPERATIONS, len(found)
    return found


def example_of(described, operation):
    """Return the example of a body, its media type first; none where there is no body."""
    content = operation.get("requestBody", {}).get("content", {})
    for media_type, each in content.items():
        schema = each.get("schema", {})
        if reference := schema.get("$ref"):
            schema = described["components"]["schemas"][reference.rsplit("/", 1)[1]]
        examples = schema.get("examples", [])
        return media_type, each["example"] if "example" in each else examples[0]
    return None


def answered(operation):
    """Return the status and the example of what is well."""
    [(status, answer)] = [(k, v) for k, v in operation["responses"].items() if k < "300"]
    return int(status), answer["content"]["application/json"]["example"]


def test_every_operation_says_what_it_answers_and_what_can_go_wrong(described):
    for path, method, operation in operations(described):
        answered(operation)
        wrong = {status: each for status, each in operation["responses"].items() if status >= "400"}
        assert {"422", "503"} <= wrong.keys(), (method, path)
        assert all(MEDIA_TYPE in each["content"] for each in wrong.values()), (method, path)
        assert operation["description"], (method, path)


def test_whoever_writes_is_told_that_a_name_is_needed(described):
    writing = {
        path for path, _, operation in operations(described) if "401" in operation["responses"]
    }

    assert writing == {
        "/v1/register/imports",
        "/v1/rulebooks/activations",
        "/v1/rulebooks/shadow/end",
        "/v1/rulebooks/withdrawals",
    }


def test_every_reference_in_the_description_leads_somewhere(described):
    referred_to = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(described)))

    parts = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert referred_to
    assert referred_to <= parts


def test_every_body_has_an_example(described):
    writing = [each for each in operations(described) if each[1] != "get"]

    assert len(writing) >= 9
    for path, _, operation in writing:
        assert example_of(described, operation) is not None, path


def params_of(client, path, sent):
    """Return what is asked beside a body."""
    if "imports" not in path:
        return {}
    asked = {"kind": "framework", "name": "register.csv"}
    if path.endswith("preview"):
        return asked
    seen = told(client.post("/v1/register/imports/preview", params=asked, **sent))
    return asked | {"expected": seen["digest"]}


def sent_as(body):
    """Return an example of a body as a client is told to send it."""
    media_type, example = body
    return {"json": example} if media_type == "application/json" else {"content": example}


def really(client, described, path, method, decision_id):
    """Return what a path really answers to the example of what it is asked."""
    names = NAMES | {"decision_id": decision_id}
    asked_path = re.sub(r"{(\w+)}", lambda found: names[found[1]], path)
    if method == "get":
        return client.get(asked_path, params=ASKED.get(path, {}))
    sent = sent_as(example_of(described, described["paths"][path][method]))
    return client.post(path, headers=NAMED, params=params_of(client, path, sent), **sent)


def test_every_example_of_an_answer_is_like_a_real_one(described, served):
    decision_id = told(served.get("/v1/decisions"))["decisions"][0]["decision_id"]
    compared = 0
    for path, method, operation in operations(described):
        if path.startswith("/v1/rulebooks/shadow"):
            continue
        status, example = answered(operation)
        real = told(really(served, described, path, method, decision_id), status)
        compared += 1
        assert example.keys() == real.keys(), path
        for name, each in example.items():
            if isinstance(each, list) and each and isinstance(each[0], dict):
                assert each[0].keys() == real[name][0].keys(), (path, name)
    assert compared >= FEWEST_OPERATIONS - 2


def test_the_examples_of_a_trial_are_like_a_real_one(described, client):
    body = {"rulebook": RULEBOOK, "examples": RULEBOOK_EXAMPLES, "reason": "Try it", "as": "shadow"}
    told(client.post("/v1/rulebooks/activations", json=body, headers=NAMED), 201)
    shadow, end = "/v1/rulebooks/shadow", "/v1/rulebooks/shadow/end"

    report = told(client.get(shadow))
    ended = told(really(client, described, end, "post", ""))

    assert answered(described["paths"][shadow]["get"])[1].keys() == report.keys()
    assert answered(described["paths"][end]["post"])[1].keys() == ended.keys()
