"""The demo plays the whole story as a command, reconciles it, and fails where it cannot."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from services.demo.stage import RETRY_DELAYS_SECONDS
from shared.messaging.message import DEFAULT_EXCHANGE, Outgoing
from shared.messaging.rabbitmq.broker import RabbitBroker
from shared.messaging.topology import SERVICES, topology
from tests.contracts.goldens import FULL, body_of

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 600
SHORTLISTS = "case-management.shortlists"
DECISIONS = "case-management.decisions"
FEW = ("--referrals", "120")
FIGURES = {
    "referrals",
    "decisions",
    "rejected",
    "decided_again",
    "concerns",
    "shortlists",
    "placements",
    "price_changes",
    "review",
    "kent_year",
    "reconciled",
}


@contextmanager
def playing(state, *arguments):
    """Run the demo as a person does; nothing of it is left behind."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FOSTERFRAME_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "services", "demo", "--state", state, *arguments],
        # Wide enough that no sentence is broken over two lines.
        env=environment | {"COLUMNS": "250"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        for one in family_of(process):
            one.kill()
        process.wait(PATIENCE_SECONDS)


def play(state, *arguments):
    with playing(state, *arguments) as process:
        output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, output, errors


def family_of(process):
    """Return a process and those that it started, as long as they live."""
    try:
        own = psutil.Process(process.pid)
        return [*own.children(recursive=True), own]
    except psutil.NoSuchProcess:
        return []


def figures_of(output):
    """Return the figures of the last line; how long each act took is left out."""
    figures = json.loads(output.splitlines()[-1])
    del figures["seconds"]
    return figures


def played(state, *arguments):
    """Play to the good end, and return the figures."""
    status, output, errors = play(state, "--json", *arguments)
    assert status == 0, errors[-4000:]
    return figures_of(output)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The figures of a demo on the embedded broker, and the folder that it leaves behind."""
    state = tmp_path_factory.mktemp("demo")
    return played(state, *FEW), state


def test_the_demo_ends_in_one_line_of_figures_that_reconcile(first):
    figures, _ = first

    assert figures.keys() >= FIGURES
    assert figures["reconciled"] is True
    assert figures["referrals"] == figures["decisions"] == figures["shortlists"] == 120
    assert figures["price_changes"] > figures["placements"] > 0
    assert figures["rejected"] > 0
    assert figures["decided_again"] > 0
    assert figures["concerns"] == 1
    assert figures["review"].keys() == {"uplifted", "excluded", "annual_effect"}
    assert figures["review"]["uplifted"] > 0
    assert figures["kent_year"]["published"] == "20199057.00"
    assert figures["kent_year"]["review"]["annual_effect"] > "1000000.00"


def test_a_second_run_begins_anew_and_the_same_seed_makes_the_same_figures(first):
    figures, state = first

    assert played(state, *FEW) == figures


def test_another_seed_makes_other_children(first, tmp_path):
    figures, _ = first

    other = played(tmp_path, *FEW, "--seed", "7")

    assert other["review"]["uplifted"] == figures["review"]["uplifted"]
    assert other != figures


def test_a_person_reads_how_934_47_came_about_from_decision_release_and_rates(tmp_path):
    status, output, errors = play(tmp_path)

    assert status == 0, errors[-4000:]
    chain = output.partition("Why £934.47?")[2]
    assert "£934.47 a week from 2026-04-01" in chain
    assert "decision sample-decision-26/00031, approved by b.director" in chain
    assert "CPI (D7G7) for 2025-09: 3.8 %" in chain
    assert "release of 20" in chain.partition("CPI (D7G7) for 2025-09")[2].partition("\n")[0]
    assert "nlw: 12.21 from 2025-04-01 to 12.71 from 2026-04-01" in chain
    assert "rounded half up to 934.47" in chain
    assert "every step comes out the same" in chain
    assert output.rstrip().endswith("Everything reconciles.")


def test_a_person_reads_what_follows_when_an_agency_is_judged_inadequate(tmp_path):
    status, output, errors = play(tmp_path, *FEW)

    assert status == 0, errors[-4000:]
    concern = output.partition("A concern about ")[2].partition("Price review")[0]
    assert "Ofsted's judgement inadequate, published on 2026-03-31" in concern
    assert "ofsted-quality, from 2026-03-31: met before, not met now" in concern
    assert re.search(r"[1-9]\d* placements to review, [1-9]\d* referrals decided again", concern)


@pytest.mark.rabbitmq
def test_over_rabbitmq_two_processes_come_to_the_same_figures_and_leave(first, rabbitmq, tmp_path):
    figures, _ = first
    seen = {}

    with playing(tmp_path, "--json", *FEW, "--amqp-url", rabbitmq.url) as process:
        while process.poll() is None:
            seen |= {one.pid: one for one in workers_of(process)}
            time.sleep(0.05)
        output, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0, errors[-4000:]
    assert figures_of(output) == figures
    assert len(seen) == 2
    assert not any(one.is_running() for one in seen.values())


def workers_of(process):
    """Return the workers that the demo started."""
    found = []
    for one in family_of(process):
        try:
            found += [one] if "worker" in one.cmdline() else []
        except psutil.NoSuchProcess:
            continue
    return found


@pytest.mark.rabbitmq
def test_a_rabbitmq_that_holds_messages_is_refused_with_advice_and_nothing_is_removed(
    rabbitmq, tmp_path
):
    link = RabbitBroker(rabbitmq.url).connect()
    link.declare(topology(RETRY_DELAYS_SECONDS))
    put(link, SHORTLISTS, "shortlist.priced.v1")
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "pricing.sqlite").touch()

    status, output, errors = play(tmp_path, "--json", *FEW, "--amqp-url", rabbitmq.url)

    assert status == 1
    assert output == ""
    assert f"holds messages already (in {SHORTLISTS})" in errors
    assert "give it a virtual host of its own, or empty these queues" in errors
    assert "Traceback" not in errors
    assert link.depth(SHORTLISTS) == 1
    assert (tmp_path / "demo" / "pricing.sqlite").exists()
    link.close()


@pytest.mark.rabbitmq
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM], ids=lambda told: told.name)
def test_a_demo_that_is_told_to_stop_leaves_no_process_behind(rabbitmq, tmp_path, told):
    with playing(tmp_path, *FEW, "--amqp-url", rabbitmq.url) as process:
        while len(workers := workers_of(process)) < len(SERVICES):
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(1)

        process.send_signal(told)
        process.communicate(timeout=PATIENCE_SECONDS)

        left = [one for one in workers if one.is_running()]
        for one in left:
            one.kill()
    assert process.returncode != 0
    assert left == []


@pytest.mark.rabbitmq
def test_a_decision_that_nobody_asked_for_makes_the_demo_fail(rabbitmq, tmp_path):
    with playing(tmp_path, "--json", *FEW, "--amqp-url", rabbitmq.url) as process:
        while not list(tmp_path.rglob("eligibility.log")):
            assert process.poll() is None
            time.sleep(0.05)
        link = RabbitBroker(rabbitmq.url).connect()
        put(link, DECISIONS, "eligibility.decided.v1")
        link.close()
        output, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert figures_of(output)["reconciled"] is False
    assert "It does not reconcile" in errors


def put(link, queue, type_):
    """Put the pinned event of a type straight into a queue."""
    document = FULL[type_]
    outgoing = Outgoing(DEFAULT_EXCHANGE, queue, body_of(document), document["id"], type_)
    assert link.submit([outgoing]).wait(PATIENCE_SECONDS) == []
