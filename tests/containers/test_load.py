"""How long an emergency waits behind a backlog, what a worker needs, and what a second one adds."""

import os
import time
from dataclasses import dataclass
from statistics import median, quantiles

import psutil
import pytest

from tests.containers import engine
from tests.containers.crowd import CrowdLedger, crowd, listening, publish
from tests.containers.ledger import DECISIONS, SHORTLISTS
from tests.containers.parked import left_standing
from tests.containers.party import Sender
from tests.containers.system import WORKERS

pytestmark = [pytest.mark.containers, pytest.mark.slow]

BACKLOG = 20_000
EMERGENCIES = 400
EMERGENCIES_PER_SECOND = 4
FEWEST_EMERGENCIES = 60
LONGEST_WAIT_SECONDS = 2
MOST_MEMORY_MB = 200
WORKED_OFF_WITHIN_SECONDS = 300
SHARED_OUT = 10_000


def test_an_emergency_is_answered_in_two_seconds_while_20000_planned_referrals_are_worked_off(
    system, table
):
    planned, urgent = crowd(BACKLOG, 501), crowd(EMERGENCIES, 502, emergency=True)
    ledger = CrowdLedger()
    system.scale(0, "eligibility-worker")
    with listening(system, ledger):
        publish(system, ledger, planned)
        system.scale(1, "eligibility-worker")
        engine.until(lambda: ledger.heard_on(SHORTLISTS), 60, "the first shortlist")
        began = time.monotonic()
        measured = send_beside(system, ledger, urgent, planned)
        seconds = time.monotonic() - began
        peaks = {name: engine.peak_memory_mb(system.container(name)) for name in WORKERS}
        await_all(ledger, DECISIONS, SHORTLISTS)

    p99 = told_wait(table, ledger, SHORTLISTS, measured)
    told_wait(table, ledger, DECISIONS, measured)
    table.figures["planned referrals a second meanwhile"] = round(BACKLOG / seconds)
    for name, peak in peaks.items():
        table.figures[f"most memory of {name} under this load, MB"] = round(peak)
    assert (ledger.lost(DECISIONS, SHORTLISTS), ledger.doubled()) == ([], [])
    assert left_standing(system) == {}
    assert len(measured) >= FEWEST_EMERGENCIES
    assert p99 < LONGEST_WAIT_SECONDS
    assert max(peaks.values()) < MOST_MEMORY_MB


def told_wait(table, ledger, queue, measured):
    """Enter how long emergencies waited for an answer; return what 99 of 100 did not exceed."""
    waits = ledger.seconds_to(queue, measured)
    p99 = quantiles(waits, n=100)[98]
    table.figures[f"seconds of an emergency to {queue}, beside {BACKLOG:,} planned"] = (
        f"p50 {median(waits):.2f}, p99 {p99:.2f}, longest {waits[-1]:.2f}, of {len(waits)}"
    )
    return p99


def send_beside(system, ledger, urgent, planned):
    """Send emergencies until the backlog is nearly gone; return those sent before it was."""
    sender = Sender(
        "emergencies", system.broker_parameters("case-management"), ledger, EMERGENCIES_PER_SECOND
    )
    sender.give(urgent)
    sender.start()
    ids = {one.data.referral_id for one in planned}
    answered = ledger.answered_at[SHORTLISTS]
    try:
        engine.until(
            lambda: sum(id_ in answered for id_ in ids) >= len(planned) * 0.98,
            WORKED_OFF_WITHIN_SECONDS,
            "working off the backlog",
        )
    finally:
        nearly_done_at = time.monotonic()
        sender.stop()
    sent = [one for one in urgent if one.data.referral_id in ledger.sent]
    return [one for one in sent if ledger.sent[one.data.referral_id].at < nearly_done_at]


def await_all(ledger, *queues):
    engine.until(lambda: not ledger.lost(*queues), 60, "the last answer")


def test_two_workers_share_a_backlog_and_decide_each_referral_once(system, table):
    ledger = CrowdLedger()
    system.scale(0, "pricing-worker")
    alone = work_off(system, ledger, workers=1, seed=511)
    together = work_off(system, ledger, workers=2, seed=512)
    with listening(system, ledger):
        system.scale(1, *WORKERS)
        system.wait_ready()
        engine.until(lambda: not ledger.lost(DECISIONS, SHORTLISTS), 120, "the last shortlist")

    table.figures["decisions a second with one eligibility worker and with two"] = (
        f"{alone.rate:.0f} and {together.rate:.0f}, a ratio of {together.rate / alone.rate:.2f}"
    )
    for workers, pace in (("one", alone), ("two", together)):
        table.figures[f"processor milliseconds a decision with {workers}"] = pace.spent()
    table.figures["the most that the processors allow, against one worker"] = (
        f"{os.cpu_count() / (alone.rate * sum(alone.seconds_each.values())):.2f}"
    )
    assert ledger.doubled() == []
    assert left_standing(system) == {}
    # How much more two do than one is for the table: this machine has other things to do.
    assert together.rate > alone.rate / 2


@dataclass
class Pace:
    """How fast a backlog went, in decisions a second, and what each took of the processors.

    What was idle of them is a share of all; the rest of it is the machine's and Docker's.
    """

    rate: float
    seconds_each: dict[str, float]
    idle: float

    def spent(self):
        each = ", ".join(f"{name} {each * 1000:.2f}" for name, each in self.seconds_each.items())
        return f"{each}; idle were {self.idle:.0%} of the processors"


def work_off(system, ledger, *, workers, seed):
    """Have a backlog decided, and return how that went.

    Nobody listens meanwhile: a client that acknowledges one message after the other would be the
    slowest of all.
    """
    system.scale(workers, "eligibility-worker")
    system.wait_ready()
    containers = system.containers("eligibility-worker")
    engine.run("docker", "pause", *containers)
    try:
        publish(system, ledger, crowd(SHARED_OUT, seed))
    finally:
        before = decided(system)
        engine.run("docker", "unpause", *containers)
    first = reach(system, before + SHARED_OUT // 10)
    began, spent, idle = time.monotonic(), processor_seconds(system), psutil.cpu_times().idle
    last = reach(system, before + SHARED_OUT * 9 // 10)
    seconds, after = time.monotonic() - began, processor_seconds(system)
    idle = (psutil.cpu_times().idle - idle) / seconds / os.cpu_count()
    reach(system, before + SHARED_OUT)
    count = last - first
    each = {name: (after[name] - spent[name]) / count for name in spent}
    return Pace(count / seconds, each, idle)


def reach(system, count):
    """Wait until so many referrals are decided; return how many are.

    Asking takes of the processors that are measured, so it is done once a second.
    """
    ends = time.monotonic() + WORKED_OFF_WITHIN_SECONDS
    while (so_far := decided(system)) < count:
        assert time.monotonic() < ends, f"{count} decisions"
        time.sleep(1)
    return so_far


def decided(system):
    """Return how many decisions are committed."""
    asked = ("--username=postgres", "--dbname=eligibility", "--tuples-only", "--no-align")
    told = system.execute("postgres", "psql", *asked, "--command=select count(*) from decisions")
    return int(told)


def processor_seconds(system):
    """Return what each service's containers have taken of the processors so far."""
    return {
        service: sum(engine.stats(container)[0] for container in system.containers(service))
        for service in ("eligibility-worker", "rabbitmq", "postgres")
    }
