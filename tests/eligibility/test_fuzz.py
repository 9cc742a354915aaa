"""Whatever is asked of eligibility over HTTP, it answers; and no answer repeats a child's facts."""

import warnings
from contextlib import closing

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from services.addresses import LOOPBACK
from services.eligibility.api.app import api
from services.eligibility.service import MIGRATIONS
from services.serving import Serving
from shared.clock import SetClock
from shared.persistence.database import Database
from shared.persistence.migrate import migrate
from tests.eligibility.builders import PACK
from tests.eligibility.running import NOW, Running, referral
from tests.support.ports import free_ports

SECONDS_EACH = 30
FEWEST_OPERATIONS = 32
FEW = 6
"""Enough for a path that takes next to nothing: nothing more is learnt by asking again."""

MANY = 20
BOUNDED = settings(
    max_examples=MANY,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
NUMBER = "9999999999999999999999"
WORDS = ["", "met", "refer", "yes", "-1", NUMBER, "[", "{", "&a", "*a", "\x00", "all"]
TAKE_NOTHING = ["GET /v1/rulebooks", "GET /v1/rulebooks/schema", "GET /v1/rulebooks/shadow"]
CHILDS = ("date_of_birth", "child_ref")
"""What is a child's in the body of a request."""

SHORTEST = 5
"""A shorter value would be found in any answer by chance."""


@pytest.fixture(scope="module")
def schema(address):
    """Return what the served eligibility says of itself."""
    return schemathesis.openapi.from_url(f"{address}/openapi.json")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve eligibility with a register and a decision on loopback."""
    file = tmp_path_factory.mktemp("fuzz") / "eligibility.db"
    with closing(Database.open(f"sqlite:///{file}")) as database:
        migrate(database, MIGRATIONS)
        running = Running(database, SetClock(NOW))
        running.import_pack()
        running.take(referral("R1"))
        (port,) = free_ports(1)
        with Serving(api(running.service), LOOPBACK, port).running():
            yield f"http://{LOOPBACK}:{port}"


def operations(schema):
    found = [each.ok() for each in schema.get_all_operations()]
    assert len(found) >= FEWEST_OPERATIONS
    return found


def childs_values(told, key=""):
    """Yield what a body says of a child, wherever it says it."""
    if isinstance(told, dict):
        for name, value in told.items():
            yield from childs_values(value, name)
    elif isinstance(told, list):
        for value in told:
            yield from childs_values(value, key)
    elif key in CHILDS and len(str(told)) >= SHORTEST:
        yield str(told)


def check(case):
    """Send one request; say in which way its answer is wrong."""
    answer = case.call(timeout=SECONDS_EACH)
    told = f"{case.method} {case.formatted_path} {case.query} {case.body!r:.300}"
    assert answer.status_code < 500, f"{told}: {answer.status_code} {answer.text[:300]}"
    if answer.status_code >= 400 and case.method != "HEAD":
        assert answer.headers["content-type"] == ["application/problem+json"], told
        for value in childs_values(case.body):
            assert value not in answer.text, f"{case.method} {case.formatted_path} repeats a child"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "nothing_to_ask"),
    [(GenerationMode.POSITIVE, []), (GenerationMode.NEGATIVE, TAKE_NOTHING)],
)
def test_whatever_is_asked_is_answered_without_a_fault_and_without_a_childs_facts(
    schema, mode, nothing_to_ask
):
    silent = []
    for operation in operations(schema):
        try:
            assert ask_of(operation, mode)
        except Unsatisfiable:
            # Of a path that takes nothing, nothing wrong can be asked.
            silent.append(operation.label)

    assert sorted(silent) == sorted(nothing_to_ask)


def ask_of(operation, mode):
    """Ask many things of one operation: what it allows, or what it does not."""

    asked_with = len(list(operation.query)) + 2 * bool(operation.body)
    enough = settings(BOUNDED, max_examples=MANY if asked_with > 1 else FEW)
    asked = 0

    @given(operation.as_strategy(generation_mode=mode))
    @enough
    def ask(case):
        nonlocal asked
        check(case)
        asked += 1

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ask()
    return asked


@st.composite
def spoilt(draw, text):
    """Return a file in which some lines are gone, doubled, swapped or otherwise than they were."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["gone", "double", "swap", "cut", "word", "noise"]))
        if kind == "gone":
            del lines[place]
        elif kind == "double":
            lines.insert(place, lines[place])
        elif kind == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], lines[place]
        elif kind == "cut":
            lines[place] = lines[place][: draw(st.integers(0, len(lines[place])))]
        elif kind == "word":
            words = lines[place].split(" ")
            words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(WORDS))
            lines[place] = " ".join(words)
        else:
            lines[place] += draw(st.text(max_size=20))
    return "\n".join(lines)


@pytest.mark.slow
@given(text=spoilt((PACK / "rulebook.yaml").read_text(encoding="utf-8")))
@BOUNDED
def test_a_spoilt_rulebook_is_sound_or_refused_with_what_is_wrong(address, text):
    answer = httpx.post(f"{address}/v1/rulebooks/check", json={"rulebook": text}, timeout=60)

    assert answer.status_code in {200, 422}, answer.text
    if answer.status_code == 422:
        assert answer.json()["errors"]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name"), [("framework", "a.csv"), ("ofsted", "a.csv")])
@given(text=spoilt((PACK / "register.csv").read_text(encoding="utf-8")))
@BOUNDED
def test_a_spoilt_register_is_previewed_or_refused_with_what_is_wrong(address, kind, name, text):
    answer = preview(address, kind, name, text.encode())

    assert answer.status_code in {200, 422}, answer.text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.ods"])
@given(body=st.binary(max_size=400))
@BOUNDED
def test_bytes_that_are_no_file_are_refused(address, name, body):
    answer = preview(address, "ofsted", name, body)

    assert answer.status_code == 422, answer.text


def preview(address, kind, name, body):
    asked = {"kind": kind, "name": name, "published_on": "2026-01-01"}
    return httpx.post(
        f"{address}/v1/register/imports/preview", params=asked, content=body, timeout=60
    )
