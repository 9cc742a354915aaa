"""Who alone may publish from a database's outbox; the holder's death sets it free."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from shared.persistence.database import (
    BUSY_TIMEOUT_SECONDS,
    READS_ONLY,
    Database,
    is_away,
    naming_the_lost,
)

_KEY: Final = 0x666F73746572
"""The number of the lock in PostgreSQL; each database has locks of its own."""


class Lease:
    """The right to publish from one outbox, with a connection for it.

    What is written through it may be forgotten if the machine dies (never if the process does): it
    only notes what the broker has confirmed, and a message published again has the same id.
    """

    def __init__(self, database: Database, connection: Connection, file: TextIO | None) -> None:
        self._database = database
        self._connection = connection
        self._file = file

    @classmethod
    def take(cls, database: Database) -> "Lease | None":
        """Return the lease, or None while somebody else has it.

        Raises:
            DatabaseAway: the database cannot be reached.
        """
        with naming_the_lost():
            return _of_a_file(database) if database.is_sqlite else _of_a_server(database)

    @property
    def is_in_order(self) -> bool:
        """Say whether a message that is committed later always has a higher number.

        It has in SQLite, which has one writer. In PostgreSQL a transaction may commit late, and
        bring a low number after a high one.
        """
        return self._database.is_sqlite

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give the connection to read with.

        Raises:
            DatabaseAway: the database was lost, and the lease with it.
        """
        connection = self._connection.execution_options(**{READS_ONLY: True})
        with naming_the_lost(), connection.begin():
            yield connection

    @contextmanager
    def writing(self, *, waits: bool = True) -> Iterator[Connection | None]:
        """Give the connection to write with.

        Where it is not to wait, and somebody else is writing to the same SQLite file, it gives
        nothing: publishing must not stand still while a price review fills the outbox.

        Raises:
            DatabaseAway: the database was lost, and the lease with it.
        """
        if not self._database.is_sqlite:
            with naming_the_lost(), self._connection.begin():
                yield self._connection
        elif not self._database.one_writer.acquire(blocking=waits):
            yield None
        else:
            try:
                yield from self._as_the_one_writer(waits=waits)
            finally:
                self._database.one_writer.release()

    def _as_the_one_writer(self, *, waits: bool) -> Iterator[Connection | None]:
        milliseconds = BUSY_TIMEOUT_SECONDS * 1000 if waits else 0
        self._connection.connection.cursor().execute(f"PRAGMA busy_timeout = {milliseconds}")
        connection = self._connection.execution_options(**{READS_ONLY: False})
        with naming_the_lost():
            try:
                transaction = connection.begin()
            except OperationalError as error:
                if waits or not is_away(error):
                    raise
                yield None
                return
            with transaction:
                yield connection

    def release(self) -> None:
        """Let somebody else have it."""
        try:
            with naming_the_lost():
                self._connection.close()
        finally:
            if self._file is not None:
                self._file.close()


def _of_a_file(database: Database) -> Lease | None:
    """The lock is on a file beside the database; the system frees it when the process ends."""
    path = Path(f"{database.engine.url.database}.relay")
    file = path.open("w", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        connection = database.engine.connect()
    except BaseException as error:
        file.close()
        if isinstance(error, BlockingIOError):
            return None
        raise
    connection.connection.cursor().execute("PRAGMA synchronous = NORMAL")
    connection.detach()
    return Lease(database, connection, file)


def _of_a_server(database: Database) -> Lease | None:
    """The lock is the session's; the server frees it when the connection ends."""
    connection = database.engine.connect()
    taken = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY})
    if not taken:
        connection.close()
        return None
    connection.execute(text("SET synchronous_commit = off"))
    connection.commit()
    # The pool must not give this session, with its lock, to anybody else.
    connection.detach()
    return Lease(database, connection, None)
