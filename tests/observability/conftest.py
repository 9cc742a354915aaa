"""Both services on a real RabbitMQ, each a process whose probes answer."""

import os
import time
from pathlib import Path

import pytest

from services.demo.samples import good_referrals
from tests.observability.exposed import Exposed
from tests.support.ports import free_ports
from tests.survival.scene import FIRST_DAY, LAST_DAY, PATIENCE_SECONDS, Scene

SEED = 20261122
OFTEN_SECONDS = 0.2


class Watched(Scene):
    """A scene with probes.

    Args:
        more: further variables of the workers' environment.
    """

    def __init__(self, amqp_url, folder, more=None):
        super().__init__(amqp_url, folder, {})
        ports = free_ports(len(self.workers))
        self.probes = {}
        for (service, worker), port in zip(self.workers.items(), ports, strict=True):
            worker._environment["FOSTERFRAME_PROBES"] = f"127.0.0.1:{port}"
            worker._environment |= more or {}
            self.probes[service] = Exposed(port)

    def until(self, condition):
        """Wait until it is so, and ask no oftener than a platform might."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            for worker in self.workers.values():
                worker.assert_alive()
            assert time.monotonic() < deadline, self._so_far()
            time.sleep(OFTEN_SECONDS)

    def start(self):
        for worker in self.workers.values():
            worker.start()
        for probes in self.probes.values():
            self.until(probes.is_ready)


@pytest.fixture
def watched(rabbitmq, tmp_path):
    scene = Watched(rabbitmq.url, tmp_path)
    yield scene
    scene.close()


@pytest.fixture(scope="session")
def referrals():
    return good_referrals(60, SEED, FIRST_DAY, LAST_DAY)


@pytest.fixture
def one_service(tmp_path):
    """The environment of a service with a database of its own and no broker."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("FOSTERFRAME_", "OTEL_"))}
    return clean | {"FOSTERFRAME_STATE": str(Path(tmp_path))}
