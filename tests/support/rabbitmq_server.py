"""A real RabbitMQ that a test owns: it starts, kills and restarts it, on loopback only."""

import base64
import json
import socket
import time
import urllib.error
import urllib.request
import warnings
from pathlib import Path

from tests.support.docker import NoContainers, NoEngine
from tests.support.ports import free_ports
from tests.support.rabbitmq_homes import LocalRabbitmq, RabbitmqInContainer, local_program

START_SECONDS = 90
ANSWERS_WITHIN_SECONDS = 30

_GREETING = b"AMQP\x00\x00\x09\x01"


class RabbitmqNotInstalled(Exception):  # noqa: N818 - a state of the machine
    """There is no RabbitMQ on this machine, in a container or installed."""


class RabbitmqServer:
    """One broker with its own name, ports and folder; its messages survive kill() and start().

    It lives in a container where a Docker engine answers and has the image, and else is this
    machine's own.
    """

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.port, self._http_port = free_ports(2)
        (folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
        self._home = _home_in(folder, self._settings() + settings, self._http_port)
        self._is_up = False
        self._vhosts = 0

    @property
    def url(self) -> str:
        """Return the address of the virtual host that is always there."""
        return self.url_of("%2f")

    def url_of(self, vhost: str) -> str:
        """Return the address of a virtual host."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{vhost}"

    def start(self) -> None:
        """Start the broker, and return when it takes connections."""
        if self._is_up:
            return
        self._home.start()
        self._is_up = True
        self._wait_until_it_greets()

    def kill(self) -> None:
        """End the broker at once, as a power cut would."""
        if self._is_up:
            self._home.kill()
            self._is_up = False

    def stop(self) -> None:
        """End the broker as an operator would."""
        self._home.stop()
        self._is_up = False

    def new_vhost(self) -> str:
        """Return the name of a new and empty virtual host."""
        self._vhosts += 1
        name = f"test-{self._vhosts}"
        self.administer("PUT", f"/api/vhosts/{name}")
        return name

    def dead_letters(self, vhost: str) -> bool:
        """Say whether a queue that dead-letters at least once can still be made.

        RabbitMQ 3.10 may lose for good the part that does so when a virtual host is deleted in
        which it was at work; no such queue can be made again until the broker is restarted.
        """
        wanted = {"x-queue-type": "quorum", "x-overflow": "reject-publish"}
        wanted |= {"x-dead-letter-exchange": "", "x-dead-letter-strategy": "at-least-once"}
        queue = {"durable": True, "arguments": wanted}
        try:
            self.administer("PUT", f"/api/queues/{vhost}/dead-letters", queue)
        except urllib.error.HTTPError:
            return False
        return True

    def delete_vhost(self, name: str) -> None:
        """Remove a virtual host with all that is in it."""
        self.administer("DELETE", f"/api/vhosts/{name}")

    def add_user(self, name: str, password: str, *, vhost: str, rights: str) -> None:
        """Make a user who may configure, write and read what fits `rights`."""
        self.administer("PUT", f"/api/users/{name}", {"password": password, "tags": ""})
        self.administer(
            "PUT",
            f"/api/permissions/{vhost}/{name}",
            {"configure": rights, "write": rights, "read": rights},
        )

    def close_connections(self) -> None:
        """Close every connection, as an operator would before an upgrade."""
        self.control("close_all_connections", "--global", "maintenance")

    def connection_names(self) -> str:
        """Return what the operator sees of the clients' names."""
        return self.control("list_connections", "client_properties")

    def set_memory_limit(self, limit: str) -> None:
        """Change how much memory the broker may take before it blocks publishers."""
        self.control("set_vm_memory_high_watermark", "absolute", limit)

    def control(self, *command: str) -> str:
        """Run the operator's command; return what it prints. It takes a second or two."""
        return self._home.control(*command)

    def administer(self, method: str, path: str, body: dict[str, object] | None = None) -> object:
        """Ask the broker's management interface; return what it answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._http_port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": "Basic " + base64.b64encode(b"guest:guest").decode(),
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN_SECONDS) as answer:  # noqa: S310 - our own address, on loopback
            text = answer.read()
        return json.loads(text) if text else None

    def _settings(self) -> str:
        return (
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            f"management.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {self._http_port}\n"
            "management_agent.disable_metrics_collector = true\n"
            "vm_memory_high_watermark.absolute = 1GB\n"
            "disk_free_limit.absolute = 50MB\n"
            "log.file.level = warning\n"
        )

    def _wait_until_it_greets(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._home.is_alive():
            if _greets(self.port):
                return
            time.sleep(0.1)
        said = self._home.said()
        self.stop()
        raise RuntimeError(f"rabbitmq-server did not start; it said:\n{said}")


def _home_in(folder: Path, settings: str, http_port: int) -> RabbitmqInContainer | LocalRabbitmq:
    program = local_program()
    try:
        return RabbitmqInContainer(folder, settings, http_port)
    except NoContainers as reason:
        if program is None:
            raise RabbitmqNotInstalled(
                f"{reason} And there is no rabbitmq-server here. On Debian and Ubuntu: "
                "apt-get install rabbitmq-server"
            ) from None
        if not isinstance(reason, NoEngine):
            warnings.warn(f"{reason} This machine's rabbitmq-server serves.", stacklevel=1)
        return LocalRabbitmq(program, folder, settings)


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as link:
            link.settimeout(2)
            link.sendall(_GREETING)
            return bool(link.recv(1))
    except OSError:
        return False
