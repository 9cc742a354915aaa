"""What a platform is told: alive while the process can work, ready only with all that it needs."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from services.fresh_answer import FreshAnswer
from services.memory import limit_bytes
from services.metrics import exposition_of
from services.probes import answer_probes
from services.requests_seen import OTHER, RequestsSeen, SeenOnTheWay
from services.serving import Serving, application
from services.watch import Watch
from shared.clock import SetClock
from shared.health import Condition
from shared.persistence.database import Database
from shared.settings import settings_from
from tests.observability.exposed import Exposed
from tests.support.ports import free_ports

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SOON_SECONDS = 90
NOTICE = "the register holds no agency"


def until(condition):
    ends = time.monotonic() + SOON_SECONDS
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.1)


def probe(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "services.probe", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        cwd=ROOT,
    )


@pytest.fixture
def database(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path}/one.db")
    yield database
    database.close()


@pytest.fixture
def watch(database):
    return Watch("pricing", SetClock(NOW), database, lambda: Condition(notices=(NOTICE,)))


@pytest.fixture
def port(watch):
    """Where the probes of a service without a worker answer."""
    app = FastAPI()
    answer_probes(app, watch, exposition_of(watch))
    (port,) = free_ports(1)
    with Serving(app, "127.0.0.1", port).running():
        # A database that is asked for the first time may take longer than is waited for it.
        until(Exposed(port).is_ready)
        yield port


def test_a_service_that_is_ready_passes_its_containers_check_and_says_what_to_see_to(port):
    ready, alive = probe(port), probe(port, "healthz")

    assert (ready.returncode, ready.stdout.strip()) == (0, NOTICE)
    assert (alive.returncode, alive.stdout.strip()) == (0, "alive")


def test_a_service_that_is_not_ready_fails_the_check_with_its_reasons_and_is_alive(port, watch):
    watch.health.trouble("broker", "nobody answers at the broker")

    ready, alive = probe(port), probe(port, "healthz")

    assert ready.returncode == 1
    assert ready.stdout.startswith("nobody answers at the broker")
    assert alive.returncode == 0


def test_a_service_that_nobody_hears_fails_the_check():
    (nobody,) = free_ports(1)

    asked = probe(nobody)

    assert asked.returncode == 1
    assert "nobody answers on 127.0.0.1" in asked.stdout


@pytest.mark.parametrize("wrong", [[], ["a"], ["8101", "metrics"], ["8101", "readyz", "x"]])
def test_a_check_that_is_misused_says_how_it_is_used(wrong):
    asked = probe(*wrong)

    assert asked.returncode == 2
    assert "usage" in asked.stderr


def test_a_containers_check_needs_nothing_but_the_standard_library():
    found = subprocess.run(
        [sys.executable, "-S", "-c", "import services.probe"], cwd=ROOT, check=False, timeout=30
    )

    assert found.returncode == 0


@pytest.mark.postgresql
@pytest.mark.parametrize("service", ["eligibility", "pricing"])
def test_an_api_is_not_ready_while_its_database_is_away_and_is_again_when_it_is_back(
    service, postgresql, tmp_path
):
    variable = f"FOSTERFRAME_{service.upper()}_DATABASE_URL"
    settings = settings_from({"FOSTERFRAME_STATE": str(tmp_path), variable: postgresql.url})
    (port,) = free_ports(1)
    app = application(settings, service, SetClock(NOW))
    probes = Exposed(port)
    with Serving(app, "127.0.0.1", port).running():
        until(probes.is_ready)

        postgresql.kill()
        until(lambda: not probes.is_ready())
        away, alive = probes.readiness(), probes.ask("/healthz")[0]
        figure = probes.value("fosterframe_part_up", part="database")
        postgresql.start()

        until(probes.is_ready)
    assert away == (503, away[1])
    assert away[1]["reasons"] == ["the database does not answer"]
    assert (alive, figure) == (200, 0)


@pytest.fixture
def silent():
    """A database whose server takes connections and says nothing, as one that is stopped does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        database = Database.open(f"postgresql://nobody@127.0.0.1:{server.getsockname()[1]}/none")
        yield database
        database.close()


def test_a_service_whose_database_is_silent_says_so_before_its_containers_check_gives_up(silent):
    def read_tables():
        with silent.reading():
            return Condition()

    watch = Watch("pricing", SetClock(NOW), silent, read_tables)
    app, (port,) = FastAPI(), free_ports(1)
    answer_probes(app, watch, exposition_of(watch))
    with Serving(app, "127.0.0.1", port).running():
        ready, alive, told = probe(port), probe(port, "healthz"), Exposed(port).text()

    assert (ready.returncode, ready.stdout.strip()) == (1, "the database does not answer")
    assert alive.returncode == 0
    assert 'fosterframe_part_up{part="database",service="pricing"} 0.0' in told


def test_who_comes_later_waits_for_the_rest_of_the_time_only():
    hanging = threading.Event()
    answer = FreshAnswer(
        hanging.wait,
        keeps_seconds=60,
        within_seconds=0.5,
        otherwise=lambda _: False,
    )

    first, began = answer.now(), time.monotonic()
    later = [answer.now() for _ in range(100)]
    waited = time.monotonic() - began
    hanging.set()

    assert [first, *later] == [False] * 101
    assert waited < SOON_SECONDS


def test_who_asks_waits_no_longer_than_allowed_for_what_does_not_answer():
    others, hanging = set(threading.enumerate()), threading.Event()
    answer = FreshAnswer(
        lambda: hanging.wait(SOON_SECONDS),
        keeps_seconds=60,
        within_seconds=0.05,
        otherwise=lambda last: last,
    )

    asked = [answer.now() for _ in range(5)]
    threads = [one for one in threading.enumerate() if "_run" in one.name and one not in others]
    hanging.set()

    assert asked == [None] * 5
    assert len(threads) == 1
    until(lambda: answer.now() is True)


def test_an_answer_is_kept_for_a_while_and_a_failure_is_told_to_whoever_asks():
    asked = []

    def ask():
        asked.append(1)
        raise ZeroDivisionError

    answer = FreshAnswer(ask, keeps_seconds=60, within_seconds=5, otherwise=lambda last: last)

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            answer.now()

    assert len(asked) == 1


def test_requests_are_counted_by_route_and_never_by_what_was_typed():
    seen, app = RequestsSeen(), FastAPI()
    app.add_middleware(SeenOnTheWay, seen=seen, tracing=None)

    @app.get("/v1/placements/{placement_id}")
    def placement(placement_id: str) -> str:
        return placement_id if placement_id != "bad" else 1 / 0

    @app.get("/healthz")
    def alive() -> str:
        return "alive"

    client = TestClient(app, raise_server_exceptions=False)

    for path in ("/v1/placements/P-1", "/v1/placements/bad", "/born/2015-03-04", "/healthz"):
        client.get(path)

    assert dict(seen.counts()) == {
        ("GET", "/v1/placements/{placement_id}", "2xx"): 1,
        ("GET", "/v1/placements/{placement_id}", "5xx"): 1,
        ("GET", OTHER, "4xx"): 1,
    }
    assert sum(seen.seconds()[OTHER].counts) == 1


def test_a_memory_limit_is_a_number_of_bytes_or_nothing():
    assert limit_bytes() is None or limit_bytes() > 0


def test_what_an_api_says_while_it_runs_and_why_it_ends_are_lines_of_json(tmp_path):
    (port,) = free_ports(1)
    environment = {**os.environ, "FOSTERFRAME_STATE": str(tmp_path)}
    environment["FOSTERFRAME_LOG_LEVEL"] = "DEBUG"
    command = [sys.executable, "-m", "services", "api", "pricing", "--port", str(port)]
    first = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    until(Exposed(port).is_ready)

    second = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    first.terminate()
    _, said = first.communicate(timeout=SOON_SECONDS)

    assert first.returncode == 0
    lines = [json.loads(line) for line in (said + second.stderr).splitlines()]
    assert {line["service"] for line in lines} == {"pricing"}
    assert "Choose another port." in lines[-1]["message"]
    assert any(line["level"] == "debug" for line in lines)


def test_a_level_of_logging_that_does_not_exist_is_refused_in_a_line_of_the_log():
    refused = subprocess.run(
        [sys.executable, "-m", "services", "worker", "pricing"],
        env={**os.environ, "FOSTERFRAME_LOG_LEVEL": "LOUD"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )

    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert "LOUD" in json.loads(line)["message"]
