"""Lets one process at a time migrate a database, and one thread at a time in each process."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, text

from shared.errors import DatabaseAway
from shared.persistence.backing_off import pauses
from shared.persistence.database import Database, naming_the_lost

_KEY: Final = 0x6D696772617465
"""The number of PostgreSQL's lock under which one process at a time migrates."""

# Alembic keeps what it works on for the whole process.
_in_this_process: Final = threading.Lock()
_log: Final = logging.getLogger(__name__)


@contextmanager
def alone(database: Database, patience_seconds: float) -> Iterator[Connection | None]:
    """Let nobody else migrate meanwhile; give PostgreSQL's connection that stands for it.

    Each statement of that connection is a transaction of its own, so that it holds no old state of
    the database; whoever builds an index waits for those who do. SQLite has one writer, who looks
    again when it is his turn.

    Raises:
        DatabaseAway: the database cannot be reached, or somebody else migrates for too long.
    """
    with _in_this_process:
        if database.is_sqlite:
            yield None
            return
        with naming_the_lost():
            held = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with naming_the_lost():
                _await_turn(held, patience_seconds)
            yield held
        finally:
            # The lock ends with the session, which nobody else shall get.
            held.detach()
            held.close()


def _await_turn(held: Connection, patience_seconds: float) -> None:
    """Ask for the lock again and again: waiting for it would hold an old state meanwhile."""
    ends = time.monotonic() + patience_seconds
    for pause in pauses():
        if held.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}):
            return
        if time.monotonic() + pause > ends:
            raise DatabaseAway(
                f"somebody else has been migrating this database for {patience_seconds:.0f} s; "
                "see what it waits for (pg_stat_activity), then migrate again"
            )
        _log.warning("somebody else is migrating this database; waiting")
        time.sleep(pause)
