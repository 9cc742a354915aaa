"""SQLite keeps the promises of migrations, between processes too."""

import subprocess
import sys

import pytest

from shared.persistence.database import Database
from shared.persistence.migrate import check_migrated
from tests.persistence.migration_promises import (
    ADDING,
    FIRST,
    SECOND,
    MigrationPromises,
    write_migrations,
)

TAKE_STEPS = (
    "import sys; from pathlib import Path; from shared.persistence.database import Database; "
    "from shared.persistence.migrate import migrate; "
    "migrate(Database.open(sys.argv[1]), Path(sys.argv[2]))"
)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/service.db"


class TestSqliteMigrations(MigrationPromises):
    pass


def test_two_processes_that_migrate_at_once_take_each_step_once(url, tmp_path):
    folder = write_migrations(tmp_path / "migrations", FIRST, SECOND, ADDING)

    running = [
        subprocess.Popen([sys.executable, "-c", TAKE_STEPS, url, str(folder)]) for _ in range(2)
    ]

    assert [one.wait(60) for one in running] == [0, 0]
    check_migrated(Database.open(url), folder)
