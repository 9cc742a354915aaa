"""A real PostgreSQL that a test owns: it starts, kills and restarts it, on loopback only."""

import time
import warnings
from pathlib import Path

import psycopg

from tests.support.docker import NoContainers, NoEngine
from tests.support.ports import free_ports
from tests.support.postgresql_homes import (
    LocalPostgresql,
    PostgresqlInContainer,
    local_programs,
)
from tests.support.with_tables import have_tables

START_SECONDS = 60

_OWNER = "fosterframe"


class PostgresqlNotInstalled(Exception):  # noqa: N818 - a state of the machine
    """There is no PostgreSQL server on this machine, in a container or installed."""


class PostgresqlServer:
    """One server with its own port and folder; its databases survive kill() and start().

    It lives in a container where a Docker engine answers and has the image, and else is this
    machine's own.
    """

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        self._home = _home_on(self.port)
        self._is_up = False
        self._is_frozen = False
        self._databases = 0
        self._templates: dict[Path, str] = {}

    def url_of(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://{_OWNER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server, and return when it takes connections."""
        self.thaw()
        if self._is_up:
            return
        self._home.start()
        self._is_up = True
        self._wait_until_it_answers()

    def kill(self) -> None:
        """End the server and all its sessions at once, as a power cut would."""
        if self._is_up:
            self._home.kill()
            self._is_up = False

    def freeze(self) -> None:
        """Let it take connections and answer nothing, as on a machine that hangs."""
        self._is_frozen = True
        self._home.freeze()

    def thaw(self) -> None:
        """Let a frozen server go on where it was."""
        if self._is_frozen:
            self._home.thaw()
            self._is_frozen = False

    def stop(self) -> None:
        """End the server as an operator in a hurry would."""
        self.thaw()
        self._home.stop()
        self._is_up = False

    def remove(self) -> None:
        """End the server and forget all that it kept."""
        self.stop()
        self._home.remove()

    def new_database(self) -> str:
        """Return the name of a new and empty database."""
        return self._new_database("template1")

    def new_database_with_tables(self, migrations: Path) -> str:
        """Return the name of a new database with the tables of a service, and nothing in them."""
        if migrations not in self._templates:
            name = self.new_database()
            have_tables(self.url_of(name), migrations)
            self._templates[migrations] = name
        return self._new_database(self._templates[migrations])

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    def _new_database(self, like: str) -> str:
        self._databases += 1
        name = f"test_{self._databases}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {like}")
        return name

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._home.is_alive():
            try:
                psycopg.connect(self.url_of("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        said = self._home.said()
        self.kill()
        raise RuntimeError(f"postgres did not start; it said:\n{said}")


def _home_on(port: int) -> PostgresqlInContainer | LocalPostgresql:
    programs = local_programs()
    try:
        return PostgresqlInContainer(_OWNER, port)
    except NoContainers as reason:
        if programs is None:
            raise PostgresqlNotInstalled(
                f"{reason} And there is no PostgreSQL server here. On Debian and Ubuntu: "
                "apt-get install postgresql"
            ) from None
        if not isinstance(reason, NoEngine):
            warnings.warn(f"{reason} This machine's PostgreSQL serves.", stacklevel=1)
        return LocalPostgresql(programs, _OWNER, port)
