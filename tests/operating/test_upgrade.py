"""The release before goes on working with the database of this one."""

import shutil

import pytest
from sqlalchemy import text

from services.running import _migrations
from shared.persistence.database import Database
from shared.persistence.migrate import check_migrated, migrate


@pytest.mark.parametrize("service", ["eligibility", "pricing"])
def test_the_release_before_goes_on_with_the_tables_of_this_one(service, url, tmp_path):
    before = tmp_path / "before"
    shutil.copytree(_migrations(service), before, ignore=shutil.ignore_patterns("000[2-9]*"))
    database = Database.open(url)
    migrate(database, before)

    migrate(database, _migrations(service))

    check_migrated(database, before)
    migrate(database, before)
    check_migrated(database, _migrations(service))
    if service == "pricing":
        with database.transaction() as connection:
            row = "INSERT INTO placements (id, recorded_at) VALUES ('P1', '2026-01-01T00:00:00Z')"
            connection.execute(text(row))
    database.close()
