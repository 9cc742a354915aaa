"""What an operator may mistype, misread or break off at night: he is told, and nothing is lost."""

import os
import subprocess
import sys

import pytest

from shared.messaging.parked.queue import Interrupted
from tests.delivery.small_service import QUEUE, SERVICE
from tests.delivery.worker_promises import depth, publish, until
from tests.operating.commands import ENDS_WITHIN_SECONDS, ROOT, Operator
from tests.operating.parked_ones import DEAD, by_service, everything, parked_in_order
from tests.operating.resending import WHY

RESEND = ("--as", "J. Okafor", "--because", WHY, "--to", "commissioning", "--json")


@pytest.mark.usefixtures("busy")
def test_who_names_a_day_to_resend_until_means_all_of_it(url):
    operator = Operator(eligibility_database_url=url)
    since = ("resend", SERVICE, "--since", "2026-03-02")

    that_day = operator.runs(*since, "--until", "2026-03-02", *RESEND).told
    whole = operator.runs(*since, *RESEND).told
    morning = operator.runs(*since, "--until", "2026-03-02T09:00:00Z", *RESEND).told

    assert that_day["until"] == "2026-03-02T23:59:59.999999+00:00"
    assert that_day["count"] == whole["count"] > 0
    assert morning["count"] == 0


def test_what_ends_before_it_begins_is_refused_and_not_answered_with_nothing(tmp_path):
    operator = Operator(state=tmp_path)
    wrong_way = ("--since", "2026-03-03", "--until", "2026-03-02")

    backwards = operator.runs("resend", SERVICE, *wrong_way, *RESEND)
    to_come = operator.runs("resend", SERVICE, "--since", "2999-01-01", *RESEND)

    assert (backwards.status, to_come.status) == (1, 1)
    assert "--since has to be before --until" in backwards.err
    assert "from 2999-01-01T00:00:00+00:00 to " in to_come.err


def test_an_audit_of_a_database_in_which_nothing_ever_happened_asks_whether_it_is_the_right_one(
    tmp_path,
):
    said = Operator(state=tmp_path).runs("audit", "verify", SERVICE).out

    assert "eligibility verifies: 0 entries." in said
    assert "is it the right one? FOSTERFRAME_ELIGIBILITY_DATABASE_URL names it." in said


@pytest.mark.rabbitmq
def test_where_nothing_fits_it_is_said_that_something_else_is_parked(broker, operator):
    publish(broker, by_service(1))

    said = operator.runs("dead", "list", SERVICE, "--type", "referral.recieved.v1").out

    assert "1 messages are parked in eligibility." in said
    assert "None of them fits: see --reason and --type" in said


@pytest.mark.rabbitmq
def test_a_replay_that_somebody_breaks_off_says_how_far_it_came(broker):
    publish(broker, *(by_service(number) for number in range(350)))
    link = broker.connect()
    seen = []

    def is_wanted(_):
        seen.append(1)
        if len(seen) == 250:
            raise KeyboardInterrupt
        return True

    with pytest.raises(Interrupted) as broken_off:
        everything(link).replay(is_wanted)
    link.close()

    until(lambda: depth(broker, DEAD) + depth(broker, QUEUE) == 350)
    went = depth(broker, QUEUE)
    assert 0 < went < 250
    assert f"Interrupted. Before that, {went} messages were sent back" in str(broken_off.value)


@pytest.mark.rabbitmq
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_reader_that_goes_away_ends_the_command_and_leaves_no_trace(broker, operator, form):
    publish(broker, *(by_service(number) for number in range(30)))
    before = parked_in_order(broker)
    reads, writes = os.pipe()
    os.close(reads)

    ran = subprocess.run(
        [sys.executable, "-m", "services", "dead", "list", SERVICE, *form],
        env=operator.environment,
        cwd=ROOT,
        stdout=writes,
        stderr=subprocess.PIPE,
        text=True,
        timeout=ENDS_WITHIN_SECONDS,
        check=False,
    )
    os.close(writes)

    assert (ran.returncode, ran.stderr) == (1, "")
    assert parked_in_order(broker) == before


WEB = """
import importlib, sys
import services.__main__ as command
for name in command._PARTS:
    importlib.import_module(name)
print([name for name in ("fastapi", "uvicorn", "starlette") if name in sys.modules])
"""


def test_a_command_that_serves_nothing_loads_no_web_server():
    ran = subprocess.run(
        [sys.executable, "-c", WEB], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert ran.stdout.strip() == "[]"
