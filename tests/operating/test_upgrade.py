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


def test_the_release_before_goes_on_with_the_tables_of_this_one(url, tmp_path):
    before = steps_before("eligibility", tmp_path)
    database = Database.open(url)
    migrate(database, before)

    migrate(database, _migrations("eligibility"))

    check_migrated(database, before)
    migrate(database, before)
    check_migrated(database, _migrations("eligibility"))
    database.close()


def test_a_release_that_would_take_back_prices_does_not_start_but_one_that_runs_goes_on(
    url, tmp_path
):
    before = steps_before("pricing", tmp_path)
    database = Database.open(url)
    migrate(database, before)

    migrate(database, _migrations("pricing"))

    with pytest.raises(NotMigrated, match="only code from step 0003 on"):
        check_migrated(database, before)
    with database.transaction() as connection:
        row = "INSERT INTO placements (id, recorded_at) VALUES ('P1', '2026-01-01T00:00:00Z')"
        connection.execute(text(row))
    database.close()
