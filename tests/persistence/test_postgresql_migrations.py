"""Migrations on PostgreSQL hold nobody up: not the workers, and not who holds a table for long."""

import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import event, func, insert, select, text

from shared.messaging.batch import Intake
from shared.persistence.database import Database
from shared.persistence.migrate import (
    LOCK_TIMEOUT_SECONDS,
    CannotMigrate,
    check_migrated,
    migrate,
)
from shared.persistence.tables import DELIVERY
from tests.delivery.small_service import (
    COUNTED,
    LIGHT_HANDLERS,
    SERVICE,
    TOTALS,
    clock,
    referral,
)
from tests.persistence.migration_promises import (
    ADDING,
    FIRST,
    SECOND,
    MigrationPromises,
    step,
    write_migrations,
)
from tests.persistence.test_sqlite_migrations import TAKE_STEPS

pytestmark = pytest.mark.postgresql

INDEXED = "live_indexes = (INBOX_BY_AGE,)"
PATIENCE_SECONDS = 60
IN_USE = "a table is in use; trying again"


@pytest.fixture
def url(postgresql):
    return postgresql.url


@pytest.fixture
def live(url, tmp_path):
    """A database at the first step, as a release before has it."""
    database = Database.open(url)
    migrate(database, write_migrations(tmp_path / "before", FIRST))
    COUNTED.create(database.engine)
    TOTALS.create(database.engine)
    yield database
    database.close()


def indexed(folder):
    """Write the two steps of a release, the second with an index on the living inbox."""
    write_migrations(folder, FIRST, SECOND)
    last = folder / "versions" / "0002.py"
    last.write_text(last.read_text().replace("live_indexes = ()", INDEXED))
    return folder


def in_background(work):
    """Start something; what it raised is found in the list."""
    raised = []

    def run():
        try:
            work()
        except BaseException as error:
            raised.append(error)
            raise

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


def until(condition):
    ends = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


class TestPostgresqlMigrations(MigrationPromises):
    pass


def test_a_worker_of_the_release_before_goes_on_while_the_migration_runs(live, url, tmp_path):
    worker = Intake(service=SERVICE, database=live, handlers=LIGHT_HANDLERS, clock=clock())
    stop = threading.Event()
    handled = []

    def work():
        while not stop.is_set():
            some = range(len(handled), len(handled) + 5)
            worker.take([referral(f"R-{number}", tag=number) for number in some])
            handled.extend(some)

    thread, raised = in_background(work)
    until(lambda: len(handled) > 50)

    for _ in range(3):
        folder = indexed(tmp_path / "after")
        migrate(Database.open(url), folder)
        before = len(handled)
        until(lambda before=before: len(handled) > before + 50)
    write_migrations(folder, FIRST, SECOND, ADDING)
    migrate(Database.open(url), folder)
    before = len(handled)
    until(lambda: len(handled) > before + 50)
    stop.set()
    thread.join(PATIENCE_SECONDS)

    assert raised == []
    with live.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(COUNTED)) == len(handled)


def test_who_holds_a_table_for_long_is_waited_for_and_stalls_nobody_else(
    live, url, tmp_path, caplog
):
    folder = write_migrations(tmp_path / "after", FIRST, SECOND, ADDING)
    others = Database.open(url)
    waited = []

    with live.transaction() as holder:
        holder.execute(select(DELIVERY.inbox.c.message_id)).all()
        thread, raised = in_background(lambda: migrate(Database.open(url), folder))
        began = time.monotonic()
        while not (IN_USE in caplog.text and len(waited) > 2):
            assert time.monotonic() < began + PATIENCE_SECONDS
            with others.transaction() as connection:
                number = len(waited)
                connection.execute(text(f"SET LOCAL lock_timeout = '{3 * LOCK_TIMEOUT_SECONDS}s'"))
                connection.execute(insert(DELIVERY.inbox).values(**inbox_row(number)))
            waited.append(number)
        is_waiting = thread.is_alive()
    thread.join(PATIENCE_SECONDS)

    assert is_waiting
    assert raised == []
    check_migrated(others, folder)


def inbox_row(number):
    return {
        "message_id": f"M-{number}",
        "type": "t",
        "body_digest": b"0" * 32,
        "received_at": clock().now(),
        "fate": "handled",
        "next_attempt": 2,
    }


def test_a_migration_that_is_held_up_for_too_long_ends_with_advice_and_changes_nothing(
    live, url, tmp_path
):
    folder = write_migrations(tmp_path / "after", FIRST, SECOND, ADDING)

    with live.transaction() as holder:
        holder.execute(select(DELIVERY.inbox.c.message_id)).all()
        with pytest.raises(CannotMigrate, match=r"pg_stat_activity.*nothing of the step was done"):
            migrate(Database.open(url), folder, patience_seconds=3)

    migrate(Database.open(url), folder)
    check_migrated(live, folder)


def test_an_index_is_built_while_its_table_is_written_to(live, url, tmp_path):
    statements = []
    database = Database.open(url)
    event.listen(database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    folder = indexed(tmp_path / "after")

    with live.transaction() as writer:
        writer.execute(insert(DELIVERY.inbox).values(**inbox_row(0)))
        thread, raised = in_background(lambda: migrate(database, folder))
        until(lambda: any("CREATE INDEX CONCURRENTLY" in each for each in statements))
        with Database.open(url).transaction() as connection:
            connection.execute(insert(DELIVERY.inbox).values(**inbox_row(1)))
    thread.join(PATIENCE_SECONDS)

    assert raised == []
    check_migrated(live, folder)


def test_an_index_that_an_earlier_try_left_unfinished_is_built_anew(live, url, tmp_path):
    folder = indexed(tmp_path / "after")
    with live.transaction() as holder:
        holder.execute(insert(DELIVERY.inbox).values(**inbox_row(0)))
        with pytest.raises(CannotMigrate, match="cannot be finished"):
            migrate(Database.open(url), folder, patience_seconds=2)

    migrate(Database.open(url), folder)

    with live.reading() as connection:
        valid = (
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_inbox_received_at'::regclass"
        )
        assert connection.scalar(text(valid)) is True


def test_two_processes_that_migrate_at_once_take_each_step_once(url, tmp_path):
    folder = write_migrations(tmp_path / "migrations", FIRST, SECOND, ADDING, step())

    running = [
        subprocess.Popen([sys.executable, "-c", TAKE_STEPS, url, str(folder)]) for _ in range(3)
    ]

    assert [one.wait(60) for one in running] == [0, 0, 0]
    check_migrated(Database.open(url), folder)
