"""Where a RabbitMQ of the tests lives: in a container, or as a program of this machine."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tests.support.docker import Container, image_named
from tests.support.ports import free_ports

STOP_SECONDS = 30

_CONFIGURED_BY = ("rabbitmq.conf", "enabled_plugins")
_MOUNTED = "/etc/fosterframe"
_NODE = "fosterframe@localhost"
_IN_A_CONTAINER = "loopback_users = none\nlog.console = true\nlog.console.level = warning\n"

_DEBIAN_PROGRAMS = Path("/usr/lib/rabbitmq/bin")
"""Debian's command in the path switches to another user; the scripts behind it do not."""


class RabbitmqInContainer(Container):
    """A broker of an official image, with the settings of a local one.

    Args:
        settings: the whole rabbitmq.conf, with every address on loopback. In the container the
            broker listens on all of its own addresses, and the engine publishes them on loopback.

    Raises:
        NoContainers: no engine answers, or the image cannot be had.
    """

    def __init__(self, folder, settings, http_port):
        image = image_named("FOSTERFRAME_TEST_RABBITMQ_IMAGE", "rabbitmq:3.13-management")
        ports = [http_port, *map(int, re.findall(r"127\.0\.0\.1:(\d+)", settings))]
        told = settings.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - inside the container only
        (folder / "rabbitmq.conf").write_text(told + _IN_A_CONTAINER)
        files = {folder / name: f"{_MOUNTED}/{name}" for name in _CONFIGURED_BY}
        files |= {path: path for path in re.findall(r"= (/\S+)", settings)}
        options = [
            *(f"--volume={here}:{there}:ro" for here, there in files.items()),
            f"--env=RABBITMQ_NODENAME={_NODE}",
            f"--env=RABBITMQ_CONFIG_FILE={_MOUNTED}/rabbitmq.conf",
            f"--env=RABBITMQ_ENABLED_PLUGINS_FILE={_MOUNTED}/enabled_plugins",
            # As root, so that it can read a key that only its owner may read.
            "--user=0",
            "--entrypoint=rabbitmq-server",
        ]
        super().__init__(image, options, command=[], ports={port: port for port in ports})

    def control(self, *command):
        """Run the operator's command; return what it prints."""
        return self.run("rabbitmqctl", f"--node={_NODE}", *command)


class LocalRabbitmq:
    """A broker of this machine, with its own name, ports and folder."""

    def __init__(self, program, folder, settings):
        self._program = program
        self._folder = folder
        self._dist_port, self._epmd_port = free_ports(2)
        self._name = f"fosterframe-{self._dist_port}"
        self._running = None
        (folder / "environment").write_text("")
        (folder / "rabbitmq.conf").write_text(settings)

    def start(self):
        with (self._folder / "output.log").open("ab") as output:
            self._running = subprocess.Popen(
                [self._program],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self):
        os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait(STOP_SECONDS)
        self._running = None
        self._wait_until_the_name_is_free()

    def stop(self):
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

    def is_alive(self):
        return self._running is not None and self._running.poll() is None

    def said(self):
        return (self._folder / "output.log").read_text(errors="replace")[-4000:]

    def control(self, *command):
        """Run the operator's command; return what it prints."""
        return subprocess.run(
            [str(Path(self._program).with_name("rabbitmqctl")), *command],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def _environment(self):
        folder = self._folder
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"{self._name}@localhost",
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

    def _wait_until_the_name_is_free(self):
        deadline = time.monotonic() + STOP_SECONDS
        while f"{self._name} " in self._epmd("-names"):
            if time.monotonic() > deadline:
                raise RuntimeError("the killed broker's name is still taken")
            time.sleep(0.05)

    def _epmd(self, command):
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


def local_program():
    """Return the program of this machine's RabbitMQ, if it has one."""
    return shutil.which("rabbitmq-server", path=f"{_DEBIAN_PROGRAMS}:{os.environ['PATH']}")
