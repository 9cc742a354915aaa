"""The secured broker of these tests; it is slow to start, so they share it."""

import json

import pytest

from tests.security.secured import SecuredRabbitmq, make_secrets, print_definitions
from tests.support.absent import absent
from tests.support.rabbitmq_server import RabbitmqNotInstalled, RabbitmqServer


@pytest.fixture(scope="session")
def secured(tmp_path_factory):
    folder = tmp_path_factory.mktemp("secured-rabbitmq")
    passwords = make_secrets(folder / "secrets")
    loaded = folder / "definitions.json"
    loaded.write_text(json.dumps(print_definitions(folder / "secrets")))
    loads = f"load_definitions = {loaded}\nmanagement_agent.disable_metrics_collector = false\n"
    try:
        server = RabbitmqServer(folder, loads)
    except RabbitmqNotInstalled as missing:
        absent(str(missing))
    server.start()
    yield SecuredRabbitmq(server, passwords)
    server.stop()
