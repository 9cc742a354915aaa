"""A Docker engine where one answers, and a server in a container that a test owns."""

import atexit
import contextlib
import os
import subprocess
import uuid
from functools import cache

ANSWERS_WITHIN_SECONDS = 15
PULLED_WITHIN_SECONDS = 180
STOPS_WITHIN_SECONDS = 30


class NoContainers(Exception):  # noqa: N818 - a state of the machine
    """No container of that image can be run here; says why."""


class NoEngine(NoContainers):
    """No Docker engine answers; most machines have none, so nothing is said of it."""


class Container:
    """A server in a container; what it keeps survives kill() and start(), but not this process.

    Args:
        options: how `docker create` is to make it.
        command: what to run in it, if not what the image says.
        ports: of this machine's loopback, and of the container.

    Raises:
        NoContainers: the engine does not answer, or the image cannot be had.
    """

    def __init__(self, image, options, command, ports):
        find(image)
        self.name = f"fosterframe-test-{uuid.uuid4().hex[:12]}"
        published = [f"--publish=127.0.0.1:{here}:{there}" for here, there in ports.items()]
        _docker("create", f"--name={self.name}", *published, *options, image, *command)
        atexit.register(self.remove)

    def start(self):
        _docker("start", self.name)

    def kill(self):
        """End everything in it at once, as a power cut would."""
        _docker("kill", "--signal=KILL", self.name)
        _docker("wait", self.name)

    def freeze(self):
        """Stop all of its processes where they are; its kernel goes on confirming packets."""
        _docker("pause", self.name)

    def thaw(self):
        """Let it go on."""
        _docker("unpause", self.name)

    def stop(self):
        """End it as an operator would."""
        _docker("stop", f"--time={STOPS_WITHIN_SECONDS}", self.name)

    def is_alive(self):
        return _docker("inspect", "--format={{.State.Running}}", self.name).strip() == "true"

    def run(self, *command):
        """Run a command beside the server; return what it prints."""
        return _docker("exec", self.name, *command)

    def said(self):
        """Return the end of what the server printed."""
        asked = ["docker", "logs", "--tail=60", self.name]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def remove(self):
        """Forget it, with all that it kept."""
        with contextlib.suppress(RuntimeError):  # at the very end the engine may have gone
            _docker("rm", "--force", "--volumes", self.name)


def image_named(variable, usual):
    """Return the image that the environment names, or the usual one."""
    return os.environ.get(variable) or usual


def find(image):
    """Make sure that containers of an image can be run here; it is pulled where it must be.

    Raises:
        NoContainers: says why they cannot.
    """
    if not _answers():
        raise NoEngine("No Docker engine answers.")
    if not _has(image):
        raise NoContainers(f"A Docker engine answers, but it cannot get the image {image}.")


@cache
def _answers():
    return _succeeds(ANSWERS_WITHIN_SECONDS, "info")


@cache
def _has(image):
    return _succeeds(ANSWERS_WITHIN_SECONDS, "image", "inspect", image) or _succeeds(
        PULLED_WITHIN_SECONDS, "pull", "--quiet", image
    )


def _succeeds(seconds, *command):
    try:
        done = subprocess.run(
            ["docker", *command], capture_output=True, timeout=seconds, check=False
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _docker(*command):
    done = subprocess.run(["docker", *command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"docker {command[0]} failed; it said:\n{done.stderr}")
    return done.stdout
