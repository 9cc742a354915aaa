"""SQLite keeps the promises of a store, and some of its own."""

import threading

import pytest
from sqlalchemy import insert, select, text

from shared.errors import DatabaseAway
from shared.persistence.database import Database
from shared.persistence.lease import Lease
from tests.persistence.bulk_promises import BulkPromises
from tests.persistence.delivery_promises import SOON_SECONDS
from tests.persistence.store_promises import HOMES, METADATA_OF_TEST, StorePromises


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/service.db"


class TestSqlite(StorePromises, BulkPromises):
    pass


def test_a_database_in_memory_is_refused():
    with pytest.raises(ValueError, match="is a file"):
        Database.open("sqlite://")


def test_another_kind_of_database_is_refused():
    with pytest.raises(ValueError, match="not mysql"):
        Database.open("mysql://localhost/pricing")


def test_a_commit_is_on_the_disk_before_it_returns(url):
    with Database.open(url).transaction() as connection:
        modes = [
            connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")
        ]

    assert modes == ["wal", 2]


def test_readers_do_not_wait_for_a_writer(url):
    database = Database.open(url)
    METADATA_OF_TEST.create_all(database.engine)
    seen = []

    def read():
        with database.reading() as connection:
            seen.append(connection.execute(select(HOMES)).all())

    with database.transaction() as connection:
        connection.execute(insert(HOMES).values(id=1))
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(SOON_SECONDS)

    assert seen == [[]]


def test_a_folder_that_cannot_be_opened_means_that_the_database_is_away(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path}/folder/service.db")
    (tmp_path / "folder" / "service.db").mkdir()

    with pytest.raises(DatabaseAway, match="is it running"), database.transaction():
        pass

    assert not database.answers()


def test_a_relay_that_does_not_wait_is_given_nothing_while_another_process_writes(url):
    mine, other = Database.open(url), Database.open(url)
    lease = Lease.take(mine)

    with other.transaction(), lease.writing(waits=False) as connection:
        assert connection is None
    with lease.writing(waits=False) as connection:
        assert connection is not None

    lease.release()


def test_a_relay_that_does_not_wait_is_given_nothing_while_its_own_worker_writes(url):
    database = Database.open(url)
    lease = Lease.take(database)
    given = []

    def forget():
        with lease.writing(waits=False) as connection:
            given.append(connection)

    with database.transaction():
        relay = threading.Thread(target=forget)
        relay.start()
        relay.join(SOON_SECONDS)

    assert given == [None]
    lease.release()
