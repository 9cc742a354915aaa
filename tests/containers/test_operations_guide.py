"""docs/operations.md does what it says: a reader follows it on a machine with nothing on it."""

import re
import time

import pika
import pytest
from pika.exceptions import ProbableAuthenticationError
from ruamel.yaml import YAML

from tests.containers import engine
from tests.containers.clean_machine import copied, new_machine
from tests.containers.system import KEPT_LOGS, ROOT
from tests.support.guide import Act, Block, anchors, steps

GUIDE = ROOT / "docs" / "operations.md"
TEXT = GUIDE.read_text(encoding="utf-8") if GUIDE.exists() else ""
ALERTS = ROOT / "deploy" / "observability" / "alerts.yml"
FEWEST_BLOCKS = 30
FEWEST_CHECKED = 20
OF_AN_ALERT = "Alert: "
LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")


@pytest.fixture
def machine(docker_compose_command, settings, tmp_path):
    """A clean machine, before the first command; nothing of it is left afterwards."""
    assert docker_compose_command
    folder = tmp_path / "fosterframe"
    folder.mkdir()
    machine = new_machine(copied(folder), settings["FOSTERFRAME_VERSION"])
    try:
        yield machine
    finally:
        machine.system.said(KEPT_LOGS / "guide")
        machine.clear()


@pytest.mark.containers
@pytest.mark.slow
def test_following_the_guide_from_top_to_bottom_works(machine, table):
    acts = {
        "referrals flow from here on": machine.begin_flow,
        "each of them was answered, and once": machine.end_flow,
        "what is known now is noted": machine.note_what_is_known,
        "everything is sent again": machine.send_again,
        "the passwords are noted": lambda: note_passwords(machine),
        "the old passwords are refused": lambda: assert_refused(machine),
    }
    done = []
    began = time.monotonic()

    for step in steps(TEXT):
        if isinstance(step, Act):
            acts[step.sentence]()
        else:
            machine.reader.do(step)
        done.append(step)

    table.figures["seconds to follow docs/operations.md"] = round(time.monotonic() - began)
    blocks = [step for step in done if isinstance(step, Block)]
    assert len(blocks) >= FEWEST_BLOCKS
    assert sum(bool(block.prints) for block in blocks) >= FEWEST_CHECKED
    assert {step.sentence for step in done if isinstance(step, Act)} == acts.keys()


def note_passwords(machine):
    machine.old_passwords = {
        name: (machine.system.secrets / f"{name}.password").read_text(encoding="utf-8")
        for name in ("rabbitmq-eligibility", "postgres-pricing")
    }


def assert_refused(machine):
    old = machine.old_passwords
    parameters = machine.system.broker_parameters("eligibility")()
    parameters.credentials = pika.PlainCredentials("eligibility", old["rabbitmq-eligibility"])
    with pytest.raises(ProbableAuthenticationError):
        pika.BlockingConnection(parameters)
    with pytest.raises(RuntimeError, match="password authentication failed"):
        engine.run(
            *("docker", "exec", f"--env=PGPASSWORD={old['postgres-pricing']}"),
            machine.system.container("postgres"),
            *("psql", "--host=127.0.0.1", "--username=pricing", "--command=select 1", "pricing"),
        )


def alerts():
    groups = YAML(typ="safe").load(ALERTS)["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_the_place_that_each_alert_names_is_in_the_guide():
    named = {rule["alert"]: rule["annotations"]["runbook"] for rule in alerts()}

    places = {f"docs/operations.md#{anchor}" for anchor in anchors(TEXT)}

    assert named
    assert {alert: place for alert, place in named.items() if place not in places} == {}


def test_the_guide_explains_no_alert_that_there_is_not():
    named = {rule["annotations"]["runbook"].partition("#")[2] for rule in alerts()}

    explained = {
        anchor for anchor, heading in anchors(TEXT).items() if heading.startswith(OF_AN_ALERT)
    }

    assert explained == named


def test_what_the_guide_links_to_is_there():
    links = LINK.findall(TEXT)

    lacking = [link for link in links if not leads_somewhere(link)]

    assert links
    assert lacking == []


def leads_somewhere(link):
    """Say whether a link beside the guide, or within it, finds something."""
    path, _, anchor = link.partition("#")
    if not path:
        return anchor in anchors(TEXT)
    return (GUIDE.parent / path).exists()
