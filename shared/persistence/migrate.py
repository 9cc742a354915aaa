"""Brings a service's database to the tables that the code expects, while older code works on it.

A service's `migrations/env.py` is three lines, and its `migrations/versions/` the steps, made of
what `steps.py` has:

    from services.pricing.store.tables import METADATA
    from shared.persistence.migrate import run_migrations

    run_migrations(METADATA)
"""

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Index, MetaData, Table, delete, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from shared.errors import DatabaseAway, FosterframeError
from shared.logs import told
from shared.persistence.backing_off import pauses
from shared.persistence.database import Database, naming_the_lost
from shared.persistence.migrating_alone import alone
from shared.persistence.steps import LiveIndex
from shared.persistence.tables import DELIVERY

LOCK_TIMEOUT_SECONDS: Final = 2
"""How long a step waits for a table that is in use: who comes after it waits no longer either."""

PATIENCE_SECONDS: Final = 600
"""How long a step is tried again and again while others hold what it needs."""

_CONNECTION: Final = "connection"
_IN_THE_WAY: Final = frozenset({"55P03", "40P01"})
"""PostgreSQL's codes for a lock that was not to be had in time, and for a deadlock."""

_floor = DELIVERY.floor
_log: Final = logging.getLogger(__name__)


class NotMigrated(FosterframeError):  # noqa: N818 - a state of the world, not a fault of ours
    """The database does not have the tables that this version of the service expects."""


class CannotMigrate(FosterframeError):  # noqa: N818 - a state of the world, not a fault of ours
    """A step could not be taken, because something else held on to what it needs."""


def migrate(
    database: Database, script_location: Path, *, patience_seconds: float = PATIENCE_SECONDS
) -> None:
    """Take every step that the database has not had, each in a transaction of its own.

    Workers may go on meanwhile. A database that newer code has brought further is left as it is.

    Args:
        database: the service's own.
        script_location: the service's `migrations` folder.
        patience_seconds: how long others may stand in the way.

    Raises:
        DatabaseAway: the database cannot be reached; the steps taken so far are kept.
        CannotMigrate: others stood in the way for too long; the steps taken so far are kept.
        NotMigrated: newer code has brought the database further than this code can work with.
    """
    config = _config(script_location)
    script = ScriptDirectory.from_config(config)
    with alone(database, patience_seconds) as server:
        for step in _waiting(database, script):
            if server is not None:
                for index in _live_indexes(step):
                    _build_apart(server, index, patience_seconds)
            _insist(database, config, step, patience_seconds)
    check_migrated(database, script_location)


def check_migrated(database: Database, script_location: Path, *, service: str = "SERVICE") -> None:
    """Make sure that this code can work with the database as it is, without taking any step.

    Raises:
        NotMigrated: a step is missing, or newer code took one that this code cannot work with.
        DatabaseAway: the database cannot be reached.
    """
    script = ScriptDirectory.from_config(_config(script_location))
    wanted = set(script.get_heads())
    with database.reading() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
        if found == wanted:
            return
        known = {step.revision for step in script.walk_revisions()}
        if not found or found <= known:
            raise NotMigrated(
                f"The database is at step {_named(found)}, this version needs {_named(wanted)}. "
                f"Run its migrations first: fosterframe migrate {service}."
            )
        floor = _floor_of(connection)
    if floor not in known:
        raise NotMigrated(
            f"The database is at step {_named(found)}, with which only code from step "
            f"{floor or _named(found)} on can work; this version knows the steps up to "
            f"{_named(wanted)}. Run the newer version of the service."
        )


def prepare(database: Database, script_location: Path, *, service: str, migrates: bool) -> None:
    """Bring the database up to date where that is allowed, and else make sure that it fits.

    Raises:
        NotMigrated, CannotMigrate, DatabaseAway: as `migrate` and `check_migrated`.
    """
    if migrates:
        migrate(database, script_location)
    else:
        check_migrated(database, script_location, service=service)


def run_migrations(metadata: MetaData) -> None:
    """Take the steps of the service whose env.py calls this, on the connection of `migrate`."""
    connection: Connection = context.config.attributes[_CONNECTION]
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True
    )
    context.run_migrations()


def _waiting(database: Database, script: ScriptDirectory) -> list[Script]:
    """Return the steps that are not taken yet, the first one first."""
    steps = list(script.walk_revisions())[::-1]
    with database.reading() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    names = [step.revision for step in steps]
    if not set(found) <= set(names):
        return []
    return steps[max((names.index(name) + 1 for name in found), default=0) :]


def _insist(database: Database, config: Config, step: Script, patience_seconds: float) -> None:
    """Take a step as soon as nobody stands in its way, asking for a short while each time."""
    ends = time.monotonic() + patience_seconds
    for pause in pauses():
        try:
            _take(database, config, step)
        except (DBAPIError, DatabaseAway) as error:
            if not _is_in_the_way(error):
                raise
            if time.monotonic() + pause > ends:
                raise CannotMigrate(
                    f"Step {step.revision} needs a table that others held on to for "
                    f"{patience_seconds:.0f} s. Find the long transaction (pg_stat_activity), end "
                    "it, and migrate again; nothing of the step was done."
                ) from error
            _log.warning("a table is in use; trying again", extra=told(step=step.revision))
            time.sleep(pause)
        else:
            return


def _take(database: Database, config: Config, step: Script) -> None:
    with database.transaction() as connection:
        if database.is_sqlite:
            # Somebody else may have taken it while we waited for our turn to write.
            if step.revision in MigrationContext.configure(connection).get_current_heads():
                return
            for index in _live_indexes(step):
                _index(connection, index).create(connection, checkfirst=True)
        else:
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'"))
        config.attributes[_CONNECTION] = connection
        command.upgrade(config, step.revision)
        _keep_floor(connection, step)


def _build_apart(server: Connection, live: LiveIndex, patience_seconds: float) -> None:
    """Build an index of PostgreSQL while its table is written to; it waits, and nobody else does.

    What an earlier try left unfinished is removed first.
    """
    unfinished = text(
        "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid"
    )
    server.execute(text(f"SET lock_timeout = '{patience_seconds:.0f}s'"))
    with naming_the_lost():
        if server.scalar(unfinished, {"name": live.name}):
            server.execute(text(f"DROP INDEX CONCURRENTLY {live.name}"))
        try:
            index = _index(server, live, postgresql_concurrently=True)
            index.create(server, checkfirst=True)
        except DBAPIError as error:
            if not _is_in_the_way(error):
                raise
            raise CannotMigrate(
                f"The index {live.name} cannot be finished while a transaction from before it "
                f"goes on; one did for {patience_seconds:.0f} s. Find it (pg_stat_activity), end "
                "it, and migrate again."
            ) from error


def _index(connection: Connection, live: LiveIndex, **how: Any) -> Index:  # noqa: ANN401 - as SQLAlchemy takes them
    table = Table(live.table, MetaData(), autoload_with=connection)
    known = {str(index.name): index for index in table.indexes}
    return known.get(live.name) or Index(
        live.name, *(table.c[column] for column in live.columns), **how
    )


def _live_indexes(step: Script) -> Sequence[LiveIndex]:
    return getattr(step.module, "live_indexes", ())


def _keep_floor(connection: Connection, step: Script) -> None:
    if inspect(connection).has_table(_floor.name):
        # What older code would misread may be there already, and have raised the floor.
        floor = max(_floor_of(connection), getattr(step.module, "floor", step.revision))
        connection.execute(delete(_floor))
        connection.execute(insert(_floor).values(only=1, step=floor))


def _floor_of(connection: Connection) -> str:
    """Return the lowest step whose code may work with the database, or nothing if it says none."""
    if not inspect(connection).has_table(_floor.name):
        return ""
    return connection.scalar(select(_floor.c.step)) or ""


def _is_in_the_way(error: BaseException) -> bool:
    cause = error if isinstance(error, DBAPIError) else error.__cause__
    return getattr(getattr(cause, "orig", None), "sqlstate", None) in _IN_THE_WAY


def _config(script_location: Path) -> Config:
    config = Config()
    # A percent sign in a path would be read as an interpolation.
    config.set_main_option("script_location", str(script_location).replace("%", "%%"))
    return config


def _named(steps: set[str]) -> str:
    return ", ".join(sorted(steps)) or "none"
