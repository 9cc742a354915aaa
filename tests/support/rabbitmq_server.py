"""A real RabbitMQ that a test owns: it starts, kills and restarts it, on loopback only."""

import base64
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

START_SECONDS = 90
STOP_SECONDS = 30

_DEBIAN_PROGRAMS = Path("/usr/lib/rabbitmq/bin")
"""Debian's command in the path switches to another user; the scripts behind it do not."""

_GREETING = b"AMQP\x00\x00\x09\x01"


class RabbitmqNotInstalled(Exception):  # noqa: N818 - a state of the machine
    """There is no rabbitmq-server on this machine."""


class RabbitmqServer:
    """One broker with its own name, ports and folder; its messages survive kill() and start()."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self._program = _find_program()
        self._folder = folder
        self.port, self._http_port, self._dist_port, self._epmd_port = free_ports(4)
        self._running: subprocess.Popen | None = None
        self._vhosts = 0
        self._write_settings(settings)

    @property
    def url(self) -> str:
        """Return the address of the virtual host that is always there."""
        return self.url_of("%2f")

    def url_of(self, vhost: str) -> str:
        """Return the address of a virtual host."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{vhost}"

    def start(self) -> None:
        """Start the broker, and return when it takes connections."""
        if self._running is not None:
            return
        with (self._folder / "output.log").open("ab") as output:
            self._running = subprocess.Popen(
                [self._program],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._wait_until_it_greets()

    def kill(self) -> None:
        """End the broker at once, as a power cut would."""
        if self._running is None:
            return
        os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait(STOP_SECONDS)
        self._running = None
        self._wait_until_the_name_is_free()

    def stop(self) -> None:
        """End the broker as an operator would, and the name service that it started."""
        if self._running is not None:
            self._running.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._running.wait(STOP_SECONDS)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait(STOP_SECONDS)
            self._running = None
        self._epmd("-kill")

    def new_vhost(self) -> str:
        """Return the name of a new and empty virtual host."""
        self._vhosts += 1
        name = f"test-{self._vhosts}"
        self.administer("PUT", f"/api/vhosts/{name}")
        return name

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
        return subprocess.run(
            [str(Path(self._program).with_name("rabbitmqctl")), *command],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout

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
        with urllib.request.urlopen(request, timeout=STOP_SECONDS) as answer:  # noqa: S310 - our own address, on loopback
            text = answer.read()
        return json.loads(text) if text else None

    def _write_settings(self, more: str) -> None:
        (self._folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
        (self._folder / "environment").write_text("")
        (self._folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            f"management.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {self._http_port}\n"
            "management_agent.disable_metrics_collector = true\n"
            "vm_memory_high_watermark.absolute = 1GB\n"
            "disk_free_limit.absolute = 50MB\n"
            "log.file.level = warning\n" + more
        )

    def _environment(self) -> dict[str, str]:
        folder = self._folder
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"fosterframe-{self.port}@localhost",
            "RABBITMQ_CONF_ENV_FILE": str(folder / "environment"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _wait_until_it_greets(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._running is None or self._running.poll() is not None:
                break
            if _greets(self.port):
                return
            time.sleep(0.1)
        said = (self._folder / "output.log").read_text(errors="replace")[-4000:]
        self.stop()
        raise RuntimeError(f"rabbitmq-server did not start; it said:\n{said}")

    def _wait_until_the_name_is_free(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while f"fosterframe-{self.port} " in self._epmd("-names"):
            if time.monotonic() > deadline:
                raise RuntimeError("the killed broker's name is still taken")
            time.sleep(0.05)

    def _epmd(self, command: str) -> str:
        """Talk to the name service on our own port; it is nobody else's."""
        program = shutil.which("epmd")
        if program is None:
            return ""
        return subprocess.run(
            [program, "-port", str(self._epmd_port), command],
            capture_output=True,
            text=True,
            check=False,
        ).stdout


def free_ports(count: int) -> list[int]:
    """Return ports on loopback that nobody listens on."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _find_program() -> str:
    program = shutil.which("rabbitmq-server", path=f"{_DEBIAN_PROGRAMS}:{os.environ['PATH']}")
    if program is None:
        raise RabbitmqNotInstalled(
            "No rabbitmq-server here. On Debian and Ubuntu: apt-get install rabbitmq-server"
        )
    return program


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as link:
            link.settimeout(2)
            link.sendall(_GREETING)
            return bool(link.recv(1))
    except OSError:
        return False
