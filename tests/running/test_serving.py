"""The embedded default is served over HTTP, and the daily tick runs beside the worker."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, date, datetime, timedelta

import pytest

from services.pricing.desk import Desk
from services.pricing.placements.daily import ticking_daily
from services.running import open_database
from shared.clock import SetClock
from shared.framework.pack import load_framework
from shared.settings import settings_from
from tests.support.rabbitmq_server import free_ports

STARTS_WITHIN_SECONDS = 120


@pytest.fixture
def served(tmp_path):
    eligibility, pricing = free_ports(2)
    environment = {**os.environ, "FOSTERFRAME_STATE": str(tmp_path)}
    environment.pop("FOSTERFRAME_AMQP_URL", None)
    ports = ["--eligibility-port", str(eligibility), "--pricing-port", str(pricing)]
    process = subprocess.Popen([sys.executable, "-m", "services", "serve", *ports], env=environment)
    try:
        yield eligibility, pricing, process
    finally:
        process.kill()
        process.wait()


def answer(port, path):
    ends = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as told:
                return told.status, json.load(told)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


def is_ready(port):
    ends = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < ends:
        status, told = answer(port, "/readyz")
        if status == 200:
            return told["ready"]
        time.sleep(0.1)
    return False


def test_both_services_become_ready_in_one_process_without_a_rabbitmq(served):
    eligibility, pricing, _ = served

    assert is_ready(eligibility)
    assert is_ready(pricing)


def test_a_decision_that_nobody_made_is_a_problem_and_not_a_fault(served):
    eligibility, _, _ = served

    status, told = answer(eligibility, "/v1/decisions/none")

    assert status == 404
    assert told["status"] == 404


def test_it_stops_within_ten_seconds_when_it_is_asked_to(served):
    eligibility, _, process = served
    assert is_ready(eligibility)

    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0


def test_a_port_that_is_taken_is_refused_with_advice(served, tmp_path):
    eligibility, _, _ = served
    assert is_ready(eligibility)

    second = subprocess.run(
        [sys.executable, "-m", "services", "api", "eligibility", "--port", str(eligibility)],
        env={**os.environ, "FOSTERFRAME_STATE": str(tmp_path / "second")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert second.returncode == 1
    assert "Choose another port." in second.stderr


def test_a_service_that_does_not_exist_is_named_with_those_that_do():
    asked = subprocess.run(
        [sys.executable, "-m", "services", "migrate", "fees"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert asked.returncode == 1
    assert "eligibility, pricing" in asked.stderr


class CountingClock(SetClock):
    """A clock that knows how often it was asked for the day."""

    asked = 0

    def today(self) -> date:
        type(self).asked += 1
        return super().today()


def test_the_horizon_moves_by_itself_on_a_new_day(tmp_path, caplog):
    settings = settings_from({"FOSTERFRAME_STATE": str(tmp_path)})
    clock = CountingClock(datetime(2026, 3, 30, 12, tzinfo=UTC))
    desk = Desk(open_database(settings, "pricing"), clock, load_framework(settings.framework))

    with caplog.at_level("INFO"), ticking_daily(desk, looks_every_seconds=0.02):
        await_ticks(caplog, 1)
        clock.advance(timedelta(days=1))
        await_ticks(caplog, 2)
        await_looks(clock, 5)

    assert ticks(caplog) == 2


def await_looks(clock, count):
    """Wait until the clock was asked for the day so often again."""
    ends, enough = time.monotonic() + STARTS_WITHIN_SECONDS, clock.asked + count
    while clock.asked < enough:
        assert time.monotonic() < ends
        time.sleep(0.02)


def ticks(caplog):
    return sum(record.message == "daily tick done" for record in caplog.records)


def await_ticks(caplog, count):
    ends = time.monotonic() + STARTS_WITHIN_SECONDS
    while ticks(caplog) < count:
        assert time.monotonic() < ends
        time.sleep(0.02)
