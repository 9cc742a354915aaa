"""A real PostgreSQL that a test owns: it starts, kills and restarts it, on loopback only."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import psycopg

from tests.support.rabbitmq_server import free_ports

START_SECONDS = 60
STOP_SECONDS = 30

_DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
"""Debian keeps the server's programs out of the path, one folder for each version."""

_SYSTEM_USER = "postgres"
_OWNER = "fosterframe"


class PostgresqlNotInstalled(Exception):  # noqa: N818 - a state of the machine
    """There is no PostgreSQL server on this machine."""


class PostgresqlServer:
    """One server with its own port and folder; its databases survive kill() and start()."""

    def __init__(self) -> None:
        self._programs = _find_programs()
        self._folder = Path(tempfile.mkdtemp(prefix="fosterframe-postgresql-"))
        (self.port,) = free_ports(1)
        self._running: subprocess.Popen | None = None
        self._databases = 0
        self._account = _account()
        if self._account is not None:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        self._run("initdb", "--auth=trust", f"--username={_OWNER}", "--no-sync", "--encoding=UTF8")

    def url_of(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://{_OWNER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server, and return when it takes connections."""
        if self._running is not None:
            return
        with (self._folder / "output.log").open("ab") as output:
            self._running = subprocess.Popen(
                [
                    self._programs / "postgres",
                    *("-D", self._data, "-p", str(self.port), "-h", "127.0.0.1"),
                    # Killing the server loses nothing without fsync; only a power cut would.
                    *("-c", "unix_socket_directories=", "-c", "fsync=off"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=self._folder,
                **self._as_user(),
            )
        self._wait_until_it_answers()

    def kill(self) -> None:
        """End the server and all its sessions at once, as a power cut would."""
        if self._running is None:
            return
        own = psutil.Process(self._running.pid)
        sessions = own.children(recursive=True)
        for process in (own, *sessions):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        self._running.wait(STOP_SECONDS)
        psutil.wait_procs(sessions, STOP_SECONDS)
        self._running = None

    def stop(self) -> None:
        """End the server as an operator in a hurry would."""
        if self._running is not None:
            self._running.send_signal(signal.SIGINT)
            self._running.wait(STOP_SECONDS)
            self._running = None

    def remove(self) -> None:
        """End the server and forget all that it kept."""
        self.stop()
        shutil.rmtree(self._folder)

    def new_database(self) -> str:
        """Return the name of a new and empty database."""
        self._databases += 1
        name = f"test_{self._databases}"
        self._administer(f"CREATE DATABASE {name}")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _as_user(self) -> dict[str, object]:
        """Return how to start a program: the server refuses to run as root."""
        if self._account is None:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}

    def _run(self, program: str, *arguments: str) -> None:
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

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._running.poll() is None:
            try:
                psycopg.connect(self.url_of("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        said = (self._folder / "output.log").read_text(errors="replace")[-4000:]
        self.kill()
        raise RuntimeError(f"postgres did not start; it said:\n{said}")


def _find_programs() -> Path:
    versions = sorted(_DEBIAN_PROGRAMS.glob("*/bin/postgres"), key=_version)
    found = str(versions[-1]) if versions else shutil.which("postgres")
    if found is None:
        raise PostgresqlNotInstalled(
            "No PostgreSQL server here. On Debian and Ubuntu: apt-get install postgresql"
        )
    return Path(found).parent


def _version(program: Path) -> float:
    try:
        return float(program.parts[-3])
    except ValueError:
        return 0


def _account() -> pwd.struct_passwd | None:
    """Return the user that the server runs as, or None for the one who runs the tests."""
    return pwd.getpwnam(_SYSTEM_USER) if os.geteuid() == 0 else None
