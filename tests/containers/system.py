"""The system in containers, as a test meets it: its ports, its secrets, what is done to it."""

import shlex
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx
import pika
from pytest_docker.plugin import get_docker_services

from tests.containers import engine
from tests.containers.party import LOST
from tests.support.ports import free_ports

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy" / "compose"
WORKERS = ("eligibility-worker", "pricing-worker")
APIS = ("eligibility-api", "pricing-api")
LASTING = ("rabbitmq", "postgres", *WORKERS, *APIS)
"""The services that are to run for ever; all others do something once."""

VHOST = "fosterframe"
OUR_IMAGES = ("fosterframe/eligibility", "fosterframe/pricing")
PORTS = ("RABBITMQ", "MANAGEMENT", "ELIGIBILITY", "PRICING")
READY_WITHIN_SECONDS = 240
ENDS_WITHIN_SECONDS = 20
SAID_LINES = 25
KEPT_LOGS = ROOT / "var" / "containers"
CLEANUP = ["down --volumes --remove-orphans --timeout 5"]


@dataclass
class System:
    """One Compose project, with ports and secrets of its own.

    Args:
        files: the Compose files, the first being the main one.
        settings: environment variables that the files read.
        nodes: the services that are RabbitMQ nodes; where there are several, clients go to any.
    """

    project: str
    command: list
    files: list
    settings: dict
    secrets: Path
    nodes: tuple = ("rabbitmq",)
    up_seconds: float = 0.0

    @property
    def compose_command(self):
        """Return how this project's Compose is called, in a shell, with its settings."""
        told = [f"{name}={value}" for name, value in self.settings.items()]
        return shlex.join(["env", *told, *self.command])

    def compose(self, *arguments, seconds=300, **settings):
        """Run a Compose command on this project, perhaps under other settings."""
        files = [f"--file={one}" for one in self.files]
        return engine.run(
            *self.command,
            *files,
            f"--project-name={self.project}",
            *arguments,
            environment=self.settings | settings,
            seconds=seconds,
        )

    def up(self):
        """Start everything, and wait until it is ready; note how long that took."""
        began = time.monotonic()
        self.compose("up", "--detach", "--no-build")
        self.wait_ready()
        self.up_seconds = time.monotonic() - began

    def mend(self):
        """Have one of each again, whatever a test has left, and wait until all is well."""
        if any(len(self.containers(service)) != 1 for service in LASTING):
            self.scale(1, *LASTING)
        self.wait_ready()

    def run_version(self, version, service):
        """Replace a service's container by one of another version."""
        self.compose(
            *("up", "--detach", "--no-build", "--no-deps", "--timeout=30", service),
            FOSTERFRAME_VERSION=version,
        )

    def password(self, user):
        return (self.secrets / f"rabbitmq-{user}.password").read_text(encoding="utf-8").strip()

    def broker_parameters(self, user):
        """Return what gives a broker to connect to as a user, another node each time."""
        turn = count()
        credentials = pika.PlainCredentials(user, self.password(user))

        def parameters():
            host, port = self._node(next(turn))
            return pika.ConnectionParameters(
                host,
                port,
                VHOST,
                credentials,
                heartbeat=10,
                socket_timeout=5,
                stack_timeout=10,
                client_properties={"connection_name": f"test {user}"},
            )

        return parameters

    def _node(self, turn):
        """Return where a node answers: through its published port, or in the cluster's network."""
        if len(self.nodes) == 1:
            return "127.0.0.1", int(self.settings["FOSTERFRAME_RABBITMQ_PORT"])
        running = [one for node in self.nodes for one in self.containers(node)]
        if not running:
            raise OSError("no node runs")
        # In the cluster only the first node has a published port.
        addresses = engine.addresses_of(running[turn % len(running)])
        if not addresses:
            raise OSError("the node has just ended")
        return addresses[0], 5672

    def get(self, service, path):
        """Ask a service over HTTP; None while nobody answers."""
        port = self.settings[f"FOSTERFRAME_{service.upper()}_PORT"]
        with suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=5)
        return None

    def containers(self, service):
        """Return the ids of the running containers of a service."""
        return engine.containers_of(self.project, service, also_ended=False)

    def container(self, service):
        (only,) = self.containers(service)
        return only

    def execute(self, service, *command, seconds=60):
        """Run a command in a service's container, and return what it prints."""
        return engine.run("docker", "exec", self.container(service), *command, seconds=seconds)

    def troubles(self):
        """Return what is not ready."""
        seen = engine.look_at(*engine.containers_of(self.project))
        found = [trouble for one in seen if (trouble := engine.trouble_with(one))]
        for service in ("eligibility", "pricing"):
            answer = self.get(service, "/readyz")
            if answer is None or answer.status_code != httpx.codes.OK:
                found.append(f"{service}: {'no answer' if answer is None else answer.text}")
        return found

    def wait_ready(self, seconds=READY_WITHIN_SECONDS):
        """Wait until every container is well and both services say that they are ready."""
        ends = time.monotonic() + seconds
        while troubles := self.troubles():
            assert time.monotonic() < ends, f"after {seconds} s: {'; '.join(troubles)}"
            time.sleep(0.5)

    def broker_answers(self):
        """Say whether a client can connect."""
        with suppress(*LOST):
            pika.BlockingConnection(self.broker_parameters("ops")()).close()
            return True
        return False

    def database_answers(self):
        with suppress(RuntimeError, ValueError):
            # Over TCP: while it makes its databases, it listens on its socket only.
            return bool(self.execute("postgres", "pg_isready", "--host=127.0.0.1"))
        return False

    def rabbitmqctl(self, *arguments, node="rabbitmq"):
        return self.execute(node, "rabbitmqctl", "--quiet", *arguments)

    def queue_facts(self, fact):
        """Return one thing about each queue, as the first node says it that can.

        Raises:
            RuntimeError: none can; with what the last one said.
        """
        asked = ("list_queues", "--vhost", VHOST, "--no-table-headers", "name", fact)
        running = [node for node in self.nodes if self.containers(node)]
        for node in running:
            try:
                rows = self.rabbitmqctl(*asked, node=node)
            except RuntimeError:
                # It may be on its way up again, as long as another can say.
                if node == running[-1]:
                    raise
            else:
                return dict(row.split("\t", 1) for row in rows.splitlines() if "\t" in row)
        raise RuntimeError("no node runs")

    def alarms(self):
        """Return what the broker is short of, in its words."""
        told = self.rabbitmqctl("eval", "rabbit_alarm:get_alarms().")
        return "" if told.strip() == "[]" else told

    def scale(self, count, *services):
        """Run so many containers of some services; all others stay as they are."""
        scaled = [f"--scale={service}={count}" for service in services]
        self.compose(
            "up", "--detach", "--no-build", "--no-deps", "--no-recreate", *scaled, *services
        )

    def said(self, folder):
        """Keep what every container said in a folder; return the end of each."""
        folder.mkdir(parents=True, exist_ok=True)
        ends = []
        for container in engine.containers_of(self.project):
            name = engine.look_at(container)[0]["Name"].strip("/")
            log = folder / f"{name}.log"
            with log.open("wb") as kept:
                engine.run_into(kept, "docker", "logs", "--timestamps", container)
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            ends.append("\n".join([f"--- {name}", *lines[-SAID_LINES:]]))
        return "\n".join(ends)


def new_system(command, files, settings, secrets, nodes=("rabbitmq",)):
    """Return a system that is not started yet: a project, ports and passwords of its own."""
    engine.run(str(ROOT / "tools" / "make-secrets"), str(secrets))
    ports = free_ports(len(PORTS))
    told = {f"FOSTERFRAME_{name}_PORT": str(port) for name, port in zip(PORTS, ports, strict=True)}
    return System(
        project=f"fosterframe-test-{uuid.uuid4().hex[:8]}",
        command=command.split(),
        files=files,
        settings=settings | told | {"FOSTERFRAME_SECRETS": str(secrets)},
        secrets=secrets,
        nodes=nodes,
    )


@contextmanager
def kept_up(system):
    """Start a system, and leave nothing of it behind, not even when it cannot start."""
    with get_docker_services(system.compose_command, system.files, system.project, [], CLEANUP):
        try:
            system.up()
        except BaseException:
            print(system.said(KEPT_LOGS / "start"))  # noqa: T201 - pytest shows it on failure
            raise
        yield
