"""The whole system in containers, one for all tests, and the table in which the run ends."""

import os

import pytest

from tests.containers import engine
from tests.containers.system import (
    COMPOSE,
    KEPT_LOGS,
    OUR_IMAGES,
    ROOT,
    System,
    kept_up,
    new_system,
)
from tests.containers.table import Table
from tests.support.absent import absent

pytest.register_assert_rewrite("tests.containers.survival")

IMAGES = ROOT / "var" / "images.env"
USUAL = {
    "RABBITMQ_IMAGE": "rabbitmq:3.13-management",
    "POSTGRES_IMAGE": "postgres:16",
    "PROMETHEUS_IMAGE": "prom/prometheus:v2.53.3",
}
TABLE = pytest.StashKey[Table]()


def pytest_configure(config):
    config.stash[TABLE] = Table()


def pytest_terminal_summary(terminalreporter, config):
    table = config.stash[TABLE]
    if lines := table.lines():
        terminalreporter.section("what was done to the containers, and what became of it")
        for line in lines:
            terminalreporter.write_line(line)
        table.keep()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Keep what every container said when a test fails, and show the end of it."""
    report = yield
    if report.failed:
        for met in item.funcargs.values():
            if isinstance(met, System):
                folder = KEPT_LOGS / f"{item.name}-{report.when}"
                report.sections.append((f"containers, kept in {folder}", met.said(folder)))
    return report


@pytest.fixture(scope="session")
def table(pytestconfig):
    """Where each fault enters what became of it."""
    return pytestconfig.stash[TABLE]


@pytest.fixture(scope="session")
def settings():
    """What the Compose files read of the environment: which images to run."""
    found = {name: os.environ.get(name, usual) for name, usual in USUAL.items()}
    if IMAGES.exists():
        lines = IMAGES.read_text(encoding="utf-8").splitlines()
        found |= dict(line.split("=", 1) for line in lines if "=" in line)
    return found | {"FOSTERFRAME_VERSION": os.environ.get("FOSTERFRAME_VERSION", "latest")}


@pytest.fixture(scope="session")
def docker_compose_command(settings):
    """How Compose is called; skips, or in CI fails, where what the tests need is missing."""
    if not engine.answers():
        absent("No Docker engine answers.")
    command = engine.compose_command()
    if command is None:
        absent("A Docker engine answers, but Compose is missing.")
    needed = [f"{name}:{settings['FOSTERFRAME_VERSION']}" for name in OUR_IMAGES]
    needed += [settings[name] for name in USUAL]
    if missing := [name for name in needed if not engine.has_image(name)]:
        absent(f"There are no images {', '.join(missing)}. Make them: make test-containers.")
    return " ".join(command)


@pytest.fixture(scope="session")
def docker_compose_file():
    return [str(ROOT / "docker-compose.yml"), str(COMPOSE / "sample.yml")]


@pytest.fixture(scope="session")
def running_system(docker_compose_command, docker_compose_file, settings, tmp_path_factory):
    """The plain system, from its first start to the end of the run."""
    secrets = tmp_path_factory.mktemp("secrets")
    system = new_system(docker_compose_command, docker_compose_file, settings, secrets)
    with kept_up(system):
        yield system


@pytest.fixture
def system(running_system):
    """The plain system, well, whatever the test before did to it."""
    running_system.mend()
    return running_system
