"""A real Prometheus reads the services and RabbitMQ, and answers every query that is kept."""

import json
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.observability.conftest import Watched
from tests.observability.exposed import Exposed
from tests.observability.expressions import (
    ALERTS,
    CONFIGURATION,
    RABBITMQ,
    metrics_in,
    queries,
    read_yaml,
)
from tests.observability.test_rules import QUESTIONS
from tests.support.absent import absent
from tests.support.ports import free_ports
from tests.support.rabbitmq_server import RabbitmqNotInstalled, RabbitmqServer

ROOT = Path(__file__).parents[2]

ONLY_SOMETIMES = {
    "ALERTS",
    "fosterframe_http_requests_total",
    "fosterframe_http_request_duration_seconds_bucket",
    "fosterframe_memory_limit_bytes",
    "fosterframe_oldest_event_age_seconds",
}
"""What is told only where there is something to tell."""

FIRING = 'ALERTS{alertstate="firing"}'

pytestmark = [pytest.mark.rabbitmq, pytest.mark.slow]


class Prometheus:
    """A Prometheus on loopback with the configuration that is kept.

    Args:
        addresses: by job, in place of the names that only containers know.
    """

    def __init__(self, program, folder, addresses):
        configuration = read_yaml(CONFIGURATION)
        configuration["rule_files"] = [str(ALERTS)]
        configuration["global"] = dict.fromkeys(
            ("scrape_interval", "scrape_timeout", "evaluation_interval"), "2s"
        )
        for job in configuration["scrape_configs"]:
            del job["dns_sd_configs"]
            job["static_configs"] = [{"targets": [addresses[job["job_name"]]]}]
        with (folder / "prometheus.yml").open("w") as file:
            YAML().dump(configuration, file)
        (self._port,) = free_ports(1)
        self.log = folder / "prometheus.log"
        with self.log.open("wb") as log:
            self._running = subprocess.Popen(
                [
                    program,
                    f"--config.file={folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={folder / 'prometheus'}",
                    f"--web.listen-address=127.0.0.1:{self._port}",
                ],
                stdout=log,
                stderr=log,
            )

    def ask(self, path, **parameters):
        asked = urllib.parse.urlencode(parameters)
        url = f"http://127.0.0.1:{self._port}/api/v1/{path}?{asked}"
        with urllib.request.urlopen(url, timeout=60) as told:
            answer = json.load(told)
        assert answer["status"] == "success"
        return answer["data"]

    def query(self, expression):
        return self.ask("query", query=expression)["result"]

    def jobs_up(self):
        try:
            return {one["metric"]["job"] for one in self.query("up == 1")}
        except OSError:
            return set()

    def stop(self):
        self._running.terminate()
        self._running.wait(30)


@pytest.fixture(scope="module")
def told_by_rabbitmq(tmp_path_factory):
    """A RabbitMQ with its Prometheus plugin, and the port on which that answers."""
    (port,) = free_ports(1)
    # The last line has the port published, where the broker is in a container.
    settings = f"prometheus.tcp.ip = 127.0.0.1\nprometheus.tcp.port = {port}\n# 127.0.0.1:{port}\n"
    folder = tmp_path_factory.mktemp("rabbitmq")
    try:
        server = RabbitmqServer(folder, settings)
    except RabbitmqNotInstalled as missing:
        absent(str(missing))
    (folder / "enabled_plugins").write_text("[rabbitmq_management,rabbitmq_prometheus].")
    server.start()
    yield server, port
    server.stop()


@pytest.fixture
def scene(told_by_rabbitmq, tmp_path):
    server, _ = told_by_rabbitmq
    server.administer("PUT", "/api/vhosts/fosterframe")
    scene = Watched(server.url_of("fosterframe"), tmp_path)
    yield scene
    scene.close()


@pytest.fixture
def apis(scene):
    """Both APIs, on the databases of the workers."""
    ports = dict(zip(scene.workers, free_ports(len(scene.workers)), strict=True))
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "services", "api", service, "--port", str(port)],
            env=scene.workers[service]._environment,
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        for service, port in ports.items()
    ]
    yield ports
    for one in running:
        one.terminate()
        one.wait(60)


@pytest.fixture
def prometheus(scene, apis, told_by_rabbitmq, tmp_path):
    program = shutil.which("prometheus")
    if program is None:
        absent("There is no prometheus here. On Debian and Ubuntu: apt-get install prometheus")
    ports = {f"{service}-api": port for service, port in apis.items()}
    ports |= {f"{service}-worker": probes.port for service, probes in scene.probes.items()}
    ports |= dict.fromkeys(("rabbitmq", "rabbitmq-queues"), told_by_rabbitmq[1])
    addresses = {job: f"127.0.0.1:{port}" for job, port in ports.items()}
    prometheus = Prometheus(program, tmp_path, addresses)
    yield prometheus
    prometheus.stop()


def test_every_query_of_the_dashboard_and_of_the_alerts_is_answered(
    prometheus, scene, apis, referrals
):
    scene.start()
    for port in apis.values():
        scene.until(Exposed(port).is_ready)
    scene.publish(referrals)
    urllib.request.urlopen(f"http://127.0.0.1:{apis['pricing']}/docs", timeout=60).read()
    jobs = {job["job_name"] for job in read_yaml(CONFIGURATION)["scrape_configs"]}
    scene.until(lambda: prometheus.jobs_up() == jobs)
    scene.until(lambda: prometheus.query("sum(fosterframe_messages_total) >= 120"))
    scene.until(lambda: prometheus.query("sum(rate(fosterframe_messages_total[5m])) >= 0"))
    scene.until(lambda: not asked_in_vain(prometheus))
    scene.until(lambda: all_rules_were_evaluated(prometheus))

    answers = {where: prometheus.query(query) for where, query in queries().items()}

    assert not [
        question
        for question in QUESTIONS
        if not any(where.startswith(question) and found for where, found in answers.items())
    ]
    firing = {one["metric"]["alertname"] for one in prometheus.query(FIRING)}
    assert not firing & {"FosterframeNoPublisher", "FosterframeServiceDown", "RabbitmqNodeLost"}


def asked_in_vain(prometheus):
    """Return the metrics that are asked for and that nobody has told yet."""
    told = set(prometheus.ask("label/__name__/values"))
    asked = RABBITMQ.union(*map(metrics_in, queries().values()))
    return asked - told - ONLY_SOMETIMES


def all_rules_were_evaluated(prometheus):
    rules = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
    assert not [rule["lastError"] for rule in rules if rule["health"] == "err"]
    return all(rule["health"] == "ok" for rule in rules)
