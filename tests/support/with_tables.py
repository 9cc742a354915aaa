"""Databases that have a service's tables from the start: its migrations run once, then copies."""

import tempfile
from functools import cache
from pathlib import Path

from shared.persistence.database import Database
from shared.persistence.migrate import migrate


def sqlite_with_tables(file: Path, migrations: Path) -> str:
    """Make a SQLite file with the tables of a service, and return its address."""
    file.write_bytes(_migrated_file(migrations))
    return f"sqlite:///{file}"


def have_tables(url: str, migrations: Path) -> None:
    """Run the migrations of a service, and let go of the database."""
    database = Database.open(url)
    migrate(database, migrations)
    database.close()


@cache
def _migrated_file(migrations: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "service.db"
        have_tables(f"sqlite:///{file}", migrations)
        return file.read_bytes()
