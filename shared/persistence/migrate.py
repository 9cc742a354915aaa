"""Brings a service's database to the tables that the code expects, one step after another.

A service's `migrations/env.py` is three lines, and its `migrations/versions/` the steps:

    from services.pricing.store.tables import metadata
    from shared.persistence.migrate import run_migrations

    run_migrations(metadata)

The first step calls `create_delivery_tables(op)` beside making the service's own tables.
"""

from pathlib import Path
from typing import Any, Final, Protocol

from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, String, Table, Text, text
from sqlalchemy.schema import SchemaItem

from shared.errors import FosterframeError
from shared.persistence.columns import Instant, RisingNumber
from shared.persistence.database import Database

_CONNECTION: Final = "connection"
_KEY: Final = 0x6D696772617465
"""The number of PostgreSQL's lock under which one process at a time migrates."""


class TableMaker(Protocol):
    """What of `alembic.op` is needed to make tables."""

    def create_table(self, table_name: str, *columns: SchemaItem, **kw: Any) -> Table:  # noqa: ANN401 - as in Alembic
        """Make a table."""


class NotMigrated(FosterframeError):  # noqa: N818 - a state of the world, not a fault of ours
    """The database does not have the tables that this version of the service expects."""


def migrate(database: Database, script_location: Path) -> None:
    """Take every step that the database has not had, in one transaction.

    Args:
        database: the service's own.
        script_location: the service's `migrations` folder.

    Raises:
        DatabaseAway: the database cannot be reached; no step was taken.
    """
    with database.transaction() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _KEY})
        config = _config(script_location)
        config.attributes[_CONNECTION] = connection
        command.upgrade(config, "head")


def check_migrated(database: Database, script_location: Path) -> None:
    """Make sure that every step was taken, without taking any.

    Raises:
        NotMigrated: a step is missing, or the database is newer than this code.
    """
    wanted = set(ScriptDirectory.from_config(_config(script_location)).get_heads())
    with database.reading() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    if found != wanted:
        raise NotMigrated(
            f"The database is at step {_named(found)}, this version needs {_named(wanted)}. "
            "Run its migrations, or the version of the service that made it."
        )


def run_migrations(metadata: MetaData) -> None:
    """Take the steps of the service whose env.py calls this, on the connection of `migrate`."""
    connection: Connection = context.config.attributes[_CONNECTION]
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True
    )
    context.run_migrations()


def create_delivery_tables(op: TableMaker) -> None:
    """Make inbox, outbox and log, as the first step of any service's migrations."""
    op.create_table(
        "inbox",
        Column("message_id", String(200), primary_key=True),
        Column("type", String(120), nullable=False),
        Column("body_digest", LargeBinary(32), nullable=False),
        Column("received_at", Instant, nullable=False),
        Column("fate", String(10), nullable=False),
        Column("next_attempt", Integer, nullable=False),
    )
    op.create_table(
        "outbox",
        Column("id", RisingNumber, primary_key=True),
        Column("message_id", String(200), nullable=False),
        Column("exchange", String(120), nullable=False),
        Column("routing_key", String(255), nullable=False),
        Column("type", String(120), nullable=False),
        Column("correlation_id", String(200), nullable=False),
        Column("headers", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("created_at", Instant, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "log",
        Column("position", RisingNumber, primary_key=True, autoincrement=False),
        Column("kind", String(120), nullable=False),
        Column("subject", String(200), nullable=False),
        Column("body_digest", String(64), nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("previous", String(64), nullable=False),
        Column("digest", String(64), nullable=False),
    )
    op.create_table(
        "log_head",
        Column("only", Integer, primary_key=True, autoincrement=False),
        Column("position", RisingNumber, nullable=False),
        Column("digest", String(64), nullable=False),
    )


def _config(script_location: Path) -> Config:
    config = Config()
    # A percent sign in a path would be read as an interpolation.
    config.set_main_option("script_location", str(script_location).replace("%", "%%"))
    return config


def _named(steps: set[str]) -> str:
    return ", ".join(sorted(steps)) or "none"
