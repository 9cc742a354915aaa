"""Where a PostgreSQL of the tests lives: in a container, or as a program of this machine."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psutil

from tests.support.docker import Container, image_named

STOP_SECONDS = 30

_DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
"""Debian keeps the server's programs out of the path, one folder for each version."""

_SYSTEM_USER = "postgres"

_UNSAFE = ("-c", "fsync=off")
"""Killing the server loses nothing without fsync; only a power cut would."""


class PostgresqlInContainer(Container):
    """A server of an official image; whoever reaches its port on loopback is let in.

    Raises:
        NoContainers: no engine answers, or the image cannot be had.
    """

    def __init__(self, owner, port):
        image = image_named("FOSTERFRAME_TEST_POSTGRESQL_IMAGE", "postgres:16")
        options = [f"--env=POSTGRES_USER={owner}", "--env=POSTGRES_HOST_AUTH_METHOD=trust"]
        super().__init__(image, options, command=["postgres", *_UNSAFE], ports={port: 5432})


class LocalPostgresql:
    """A server of this machine with its own port and folder."""

    def __init__(self, programs, owner, port):
        self._programs = programs
        self._port = port
        self._running = None
        self._folder = Path(tempfile.mkdtemp(prefix="fosterframe-postgresql-"))
        self._account = _account()
        if self._account is not None:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        self._run("initdb", "--auth=trust", f"--username={owner}", "--no-sync", "--encoding=UTF8")

    def start(self):
        with (self._folder / "output.log").open("ab") as output:
            self._running = subprocess.Popen(
                [
                    self._programs / "postgres",
                    *("-D", self._data, "-p", str(self._port), "-h", "127.0.0.1"),
                    *("-c", "unix_socket_directories=", *_UNSAFE),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=self._folder,
                **self._as_user(),
            )

    def kill(self):
        """End the server and all its sessions at once, as a power cut would."""
        sessions = self._signal_all(signal.SIGKILL)
        self._running.wait(STOP_SECONDS)
        psutil.wait_procs(sessions, STOP_SECONDS)

    def freeze(self):
        """Stop the server and all its sessions where they are; the kernel confirms packets."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self):
        """Let them go on."""
        self._signal_all(signal.SIGCONT)

    def stop(self):
        """End the server as an operator in a hurry would."""
        if self.is_alive():
            self._running.send_signal(signal.SIGINT)
            self._running.wait(STOP_SECONDS)

    def remove(self):
        """Forget all that it kept."""
        shutil.rmtree(self._folder)

    def is_alive(self):
        return self._running is not None and self._running.poll() is None

    def said(self):
        return (self._folder / "output.log").read_text(errors="replace")[-4000:]

    def _signal_all(self, sent):
        own = psutil.Process(self._running.pid)
        sessions = own.children(recursive=True)
        for process in (own, *sessions):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(sent)
        return sessions

    @property
    def _data(self):
        return self._folder / "data"

    def _as_user(self):
        """Return how to start a program: the server refuses to run as root."""
        if self._account is None:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}

    def _run(self, program, *arguments):
        done = subprocess.run(
            [self._programs / program, "-D", self._data, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self._folder,
            **self._as_user(),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed; it said:\n{done.stderr}")


def local_programs():
    """Return the folder with the programs of this machine's PostgreSQL, if it has one."""
    versions = sorted(_DEBIAN_PROGRAMS.glob("*/bin/postgres"), key=_version)
    found = str(versions[-1]) if versions else shutil.which("postgres")
    return None if found is None else Path(found).parent


def _version(program):
    try:
        return float(program.parts[-3])
    except ValueError:
        return 0


def _account():
    """Return the user that the server runs as, or None for the one who runs the tests."""
    return pwd.getpwnam(_SYSTEM_USER) if os.geteuid() == 0 else None
