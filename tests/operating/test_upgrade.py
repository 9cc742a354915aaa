"""The release before goes on working with the database of this one."""

import shutil

import pytest
from sqlalchemy import text

from services.running import _migrations
from shared.persistence.database import Database
from shared.persistence.migrate import NotMigrated, check_migrated, migrate


def steps_before(service, folder):
    before = folder / "before"
    shutil.copytree(_migrations(service), before, ignore=shutil.ignore_patterns("000[2-9]*"))
    return before


@pytest.mark.parametrize("service", ["eligibility", "pricing"])
def test_a_release_that_would_misread_the_tables_does_not_start(url, tmp_path, service):
    before = steps_before(service, tmp_path)
    database = Database.open(url)
    migrate(database, before)

    migrate(database, _migrations(service))

    with pytest.raises(NotMigrated, match="only code from step 0003 on"):
        check_migrated(database, before)
    database.close()


def test_a_release_that_runs_goes_on_when_the_tables_become_newer(url, tmp_path):
    before = steps_before("pricing", tmp_path)
    database = Database.open(url)
    migrate(database, before)

    migrate(database, _migrations("pricing"))

    with database.transaction() as connection:
        row = "INSERT INTO placements (id, recorded_at) VALUES ('P1', '2026-01-01T00:00:00Z')"
        connection.execute(text(row))
    database.close()
