"""One service's database: SQLite in a file or PostgreSQL, and what a lost one looks like."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.errors import DatabaseAway, FosterframeError

BUSY_TIMEOUT_SECONDS: Final = 10
"""How long a writer waits for another process that writes to the same SQLite file."""

READS_ONLY: Final = "fosterframe_reads_only"
"""The option of a connection that does not write, and so waits for no writer of SQLite."""

_POSTGRESQL_DRIVER: Final = "postgresql+psycopg"
_POSTGRESQL_ARGUMENTS: Final = {
    # A server that vanished without a word is noticed within half a minute.
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_SQLITE_AWAY: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
    }
)
_POSTGRESQL_AWAY: Final = frozenset(
    {
        "08",  # the connection was lost
        "40",  # a deadlock or a serialisation failure: rolled back, to be done again
        "53",  # out of disk, memory or connections
        "57",  # shut down, starting up, or cancelled by its administrator
        "58",  # the server's own disk fails
    }
)
_STANDBY: Final = "25006"
"""PostgreSQL's code for a write to a server that only reads, as a standby does."""

_SQLITE_BEGINS: Final = b"SQLite format 3\0"


class NoDatabase(FosterframeError, ValueError):  # noqa: N818 - what was named
    """What was named is no database that a service can keep its tables in."""


class Database:
    """The database of one service."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite: Final = engine.dialect.name == "sqlite"
        self._readers = engine.execution_options(**{READS_ONLY: True}, **_reading_options(engine))
        # SQLite has one writer. Threads of this process queue here and wake at once, instead of
        # asking the file again and again.
        self.one_writer: Final = threading.RLock()
        self._turn: AbstractContextManager[Any] = (
            self.one_writer if self.is_sqlite else nullcontext()
        )
        self._is_silent: Callable[[], bool] = _is_never_silent

    @classmethod
    def open(cls, url: str) -> "Database":
        """Return the database at a URL such as `sqlite:///pricing.db` or `postgresql://host/name`.

        Nothing is connected yet.

        Raises:
            NoDatabase: the URL names neither a SQLite file nor a PostgreSQL.
        """
        where = _checked(url)
        # Parameters may hold child data: they never appear in an error's text.
        if where.get_backend_name() == "sqlite":
            engine = create_engine(
                where, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_SECONDS}
            )
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        else:
            engine = create_engine(
                where,
                hide_parameters=True,
                pool_pre_ping=True,
                connect_args=_POSTGRESQL_ARGUMENTS,
            )
        return cls(engine)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection whose writes are committed together at the end, or not at all.

        Raises:
            DatabaseAway: the database cannot be reached, or was lost on the way. Unless it was
                lost at the very commit, what was begun was rolled back.
        """
        self._refuse_if_silent()
        with self._turn, naming_the_lost(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that reads one consistent state and waits for no writer.

        Raises:
            DatabaseAway: the database cannot be reached, or was lost on the way.
        """
        self._refuse_if_silent()
        with naming_the_lost(), self._readers.connect() as connection:
            yield connection

    def answers(self) -> bool:
        """Say whether the database answers now."""
        try:
            with self.reading() as connection:
                connection.execute(text("SELECT 1"))
        except DatabaseAway:
            return False
        return True

    def refuse_while(self, is_silent: Callable[[], bool]) -> None:
        """Have nobody wait from now on while somebody knows that the database is silent."""
        self._is_silent = is_silent

    def close(self) -> None:
        """Let go of every connection that is not in use."""
        self.engine.dispose()

    def _refuse_if_silent(self) -> None:
        if self._is_silent():
            raise DatabaseAway("the database is away: it is silent")


def is_away(error: BaseException) -> bool:
    """Say whether an error means that the database is away, and not that a statement is wrong."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        # An extended code carries the primary one in its lowest byte.
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _SQLITE_AWAY
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        # The server said nothing: there was no connection, or it broke.
        # Of a driver's own error there are kinds, such as one for a server that is silent.
        kinds = {kind.__name__ for kind in type(error.orig).__mro__}
        return error.connection_invalidated or "OperationalError" in kinds
    return error.connection_invalidated or state[:2] in _POSTGRESQL_AWAY or state == _STANDBY


@contextmanager
def naming_the_lost() -> Iterator[None]:
    """Turn what a driver says when its database is away into DatabaseAway."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if not is_away(error):
            raise
        raise DatabaseAway(
            f"the database is away ({type(error).__name__}); is it running, and is there room?"
        ) from error


def _is_never_silent() -> bool:
    return False


def _checked(url: str) -> URL:
    where = make_url(url)
    backend = where.get_backend_name()
    if backend == "postgresql":
        return where.set(drivername=_POSTGRESQL_DRIVER)
    if backend != "sqlite":
        raise NoDatabase(
            f"A database is sqlite:///FILE or postgresql://USER@HOST/NAME, not {backend}: see "
            "FOSTERFRAME_ELIGIBILITY_DATABASE_URL and FOSTERFRAME_PRICING_DATABASE_URL."
        )
    if where.database in {None, "", ":memory:"}:
        raise NoDatabase("A SQLite database is a file, such as sqlite:///var/pricing.db.")
    folder = Path(str(where.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as refusal:
        raise NoDatabase(
            f"The folder {folder} of a SQLite database cannot be made ({refusal.strerror}). Name "
            "another (FOSTERFRAME_STATE), or let this user write there."
        ) from refusal
    _refuse_another_file(Path(str(where.database)))
    return where


def _refuse_another_file(path: Path) -> None:
    if not path.is_file() or not os.access(path, os.R_OK):
        return
    with path.open("rb") as file:
        begins = file.read(len(_SQLITE_BEGINS))
    if begins not in {b"", _SQLITE_BEGINS}:
        raise NoDatabase(
            f"The file {path} is not a SQLite database, and is left as it is. Name another "
            "(FOSTERFRAME_ELIGIBILITY_DATABASE_URL, FOSTERFRAME_PRICING_DATABASE_URL), or restore "
            "it from a backup."
        )


def _reading_options(engine: Engine) -> dict[str, Any]:
    """PostgreSQL shows a new state to each statement unless told otherwise; SQLite never does."""
    if engine.dialect.name == "sqlite":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Transactions begin where we say so, not where the driver guesses.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -16000",
        # Deleted rows are overwritten where that costs no extra write.
        "secure_delete = FAST",
        "wal_autocheckpoint = 4000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options: dict[str, Any] = dict(connection.get_execution_options())
    # A writer takes its lock at the start: taken later, it could only fail, not wait.
    connection.exec_driver_sql("BEGIN" if options.get(READS_ONLY) else "BEGIN IMMEDIATE")
