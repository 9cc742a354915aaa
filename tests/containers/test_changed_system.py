"""Workers are added, taken away and replaced by a new version while messages flow."""

import time

import pytest

from tests.containers import engine
from tests.containers.survival import survive
from tests.containers.system import APIS, OUR_IMAGES, WORKERS

pytestmark = [pytest.mark.containers, pytest.mark.slow]

LABEL = "org.opencontainers.image.version"
AT_WORK_SECONDS = 5


def test_messages_flow_once_each_while_workers_are_scaled_up_to_three_and_down_to_one(
    system, table
):
    def strike():
        system.scale(3, *WORKERS)
        system.wait_ready()
        time.sleep(AT_WORK_SECONDS)
        system.scale(1, *WORKERS)

    survive(system, table, "workers scaled to 3 and to 1", strike, seed=401)


@pytest.fixture
def next_version(system):
    """The same services under another version, of which nothing is left afterwards."""
    version = f"{system.settings['FOSTERFRAME_VERSION']}-next"
    for name in OUR_IMAGES:
        engine.derive_image(
            f"{name}:{system.settings['FOSTERFRAME_VERSION']}",
            f"{name}:{version}",
            f'LABEL {LABEL}="{version}"',
        )
    yield version
    for service in (*WORKERS, *APIS):
        system.run_version(system.settings["FOSTERFRAME_VERSION"], service)
    for name in OUR_IMAGES:
        engine.run("docker", "image", "rm", "--force", f"{name}:{version}")


def test_messages_flow_once_each_while_every_container_is_replaced_by_a_new_version(
    system, table, next_version
):
    def strike():
        for service in ("eligibility", "pricing"):
            system.compose(
                "run", "--rm", "--no-deps", f"{service}-migrate", FOSTERFRAME_VERSION=next_version
            )
        for service in (*WORKERS, *APIS):
            system.run_version(next_version, service)
            system.wait_ready()

    survive(system, table, "rolling upgrade", strike, seed=402)

    for service in (*WORKERS, *APIS):
        (seen,) = engine.look_at(system.container(service))
        assert seen["Config"]["Labels"][LABEL] == next_version
