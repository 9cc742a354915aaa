"""What migrations promise on every database. A subclass gives a fixture `url` of an empty one."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, update

from shared.persistence.database import Database
from shared.persistence.migrate import NotMigrated, check_migrated, migrate, prepare
from shared.persistence.tables import DELIVERY, delivery_tables, service_metadata

ENV = (
    "from shared.persistence.migrate import run_migrations\n{metadata}\nrun_migrations(metadata)\n"
)
METADATA = (
    "from shared.persistence.tables import delivery_tables, service_metadata\n"
    "metadata = service_metadata()\ndelivery_tables(metadata)\n"
)
STEP = """
from alembic import op
from sqlalchemy import Column, Integer
from shared.persistence.steps import *
revision, down_revision, floor = {revision!r}, {before!r}, {floor!r}
live_indexes = {live!r}
def upgrade():
    {does}
"""


def step(does="pass", floor="0001", live=()):
    return does, floor, live


FIRST = step("create_delivery_tables(op)")
SECOND = step("create_operating_tables(op)")
ADDING = step('op.add_column("inbox", Column("urgency", Integer))')
CONTRACTING = step('op.drop_column("inbox", "type")', floor="0003")


def write_migrations(folder: Path, *steps: tuple) -> Path:
    (folder / "versions").mkdir(parents=True, exist_ok=True)
    (folder / "env.py").write_text(ENV.format(metadata=METADATA))
    for number, (does, floor, live) in enumerate(steps, start=1):
        before = f"{number - 1:04}" if number > 1 else None
        text = STEP.format(
            revision=f"{number:04}", before=before, floor=floor, does=does, live=live
        )
        (folder / "versions" / f"{number:04}.py").write_text(text)
    return folder


class MigrationPromises:
    """Inherit, and give a fixture `url` of an empty database that nobody else uses."""

    @pytest.fixture
    def empty(self, url):
        opened = Database.open(url)
        yield opened
        opened.close()

    def test_migrations_make_the_tables_that_the_code_expects(self, empty, tmp_path):
        with_index = step("create_operating_tables(op)")[:2]
        steps = (FIRST, (*with_index, ()))
        folder = write_migrations(tmp_path / "50% of it", *steps)
        last = folder / "versions" / "0002.py"
        last.write_text(
            last.read_text().replace("live_indexes = ()", "live_indexes = (INBOX_BY_AGE,)")
        )
        expected = service_metadata()
        delivery_tables(expected)

        migrate(empty, folder)

        check_migrated(empty, folder)
        with empty.reading() as connection:
            found = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(found, expected) == []

    def test_migrating_twice_changes_nothing(self, empty, tmp_path):
        folder = write_migrations(tmp_path / "migrations", FIRST, SECOND)

        migrate(empty, folder)
        migrate(empty, folder)

        check_migrated(empty, folder)

    def test_a_step_that_fails_leaves_nothing_of_itself_behind(self, empty, tmp_path):
        fails = step('op.create_table("half", Column("id", Integer)); raise ZeroDivisionError')
        folder = write_migrations(tmp_path / "migrations", FIRST, fails)

        with pytest.raises(ZeroDivisionError):
            migrate(empty, folder)

        with pytest.raises(NotMigrated, match="at step 0001, this version needs 0002"):
            check_migrated(empty, folder)
        assert not inspect(empty.engine).has_table("half")

    def test_a_database_that_lacks_a_step_is_named_with_what_to_do(self, empty, tmp_path):
        folder = write_migrations(tmp_path / "migrations", FIRST)
        migrate(empty, folder)
        write_migrations(folder, FIRST, SECOND)

        with pytest.raises(
            NotMigrated, match=r"at step 0001, this version needs 0002.*fosterframe migrate pricing"
        ):
            prepare(empty, folder, service="pricing", migrates=False)

        with pytest.raises(NotMigrated, match="0001"):
            check_migrated(empty, folder)

    def test_a_database_without_any_step_is_refused_by_a_service_that_only_checks(
        self, empty, tmp_path
    ):
        folder = write_migrations(tmp_path / "migrations", FIRST, SECOND)

        with pytest.raises(NotMigrated, match="at step none, this version needs 0002"):
            prepare(empty, folder, service="pricing", migrates=False)

    def test_the_code_from_before_a_step_that_only_adds_goes_on(self, empty, tmp_path):
        before = write_migrations(tmp_path / "before", FIRST)
        after = write_migrations(tmp_path / "after", FIRST, SECOND, ADDING)
        migrate(empty, before)

        migrate(empty, after)

        check_migrated(empty, before)
        migrate(empty, before)
        check_migrated(empty, after)

    def test_the_code_from_before_a_step_that_takes_away_stops_with_advice(self, empty, tmp_path):
        before = write_migrations(tmp_path / "before", FIRST, SECOND)
        after = write_migrations(tmp_path / "after", FIRST, SECOND, CONTRACTING)
        migrate(empty, before)

        migrate(empty, after)

        told = "at step 0003, with which only code from step 0003 on can work.*Run the newer"
        with pytest.raises(NotMigrated, match=told):
            check_migrated(empty, before)
        with pytest.raises(NotMigrated, match=told):
            migrate(empty, before)

    def test_a_floor_that_was_raised_by_what_came_into_the_tables_is_not_lowered_by_a_step(
        self, empty, tmp_path
    ):
        before = write_migrations(tmp_path / "before", FIRST, SECOND)
        migrate(empty, write_migrations(tmp_path / "now", FIRST, SECOND, step()))
        with empty.transaction() as connection:
            connection.execute(update(DELIVERY.floor).values(step="0003"))

        migrate(empty, write_migrations(tmp_path / "after", FIRST, SECOND, step(), ADDING))

        with pytest.raises(NotMigrated, match="only code from step 0003 on"):
            check_migrated(empty, before)

    def test_a_database_of_strangers_that_states_no_floor_is_refused(self, empty, tmp_path):
        mine = write_migrations(tmp_path / "mine", FIRST)
        theirs = write_migrations(tmp_path / "theirs", FIRST, step())
        migrate(empty, theirs)

        with pytest.raises(NotMigrated, match="only code from step 0002 on"):
            check_migrated(empty, mine)

    def test_two_who_migrate_at_once_take_each_step_once(self, empty, url, tmp_path):
        steps = (FIRST, SECOND, ADDING)
        folder = write_migrations(tmp_path / "migrations", *steps)
        faults = []

        def take_steps():
            mine = Database.open(url)
            try:
                migrate(mine, folder)
            except BaseException as fault:
                faults.append(fault)
                raise
            finally:
                mine.close()

        threads = [threading.Thread(target=take_steps) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

        assert faults == []
        check_migrated(empty, folder)
        with empty.reading() as connection:
            assert connection.scalars(select(DELIVERY.floor.c.step)).all() == ["0001"]
