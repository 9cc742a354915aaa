"""SQLite keeps the promises of a store, and some of its own."""

import threading

import pytest
from sqlalchemy import insert, select, text

from shared.errors import DatabaseAway
from shared.persistence.database import Database
from tests.persistence.store_promises import HOMES, METADATA_OF_TEST, StorePromises


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/service.db"


class TestSqlite(StorePromises):
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
        reader.join(5)

    assert seen == [[]]


def test_a_folder_that_cannot_be_opened_means_that_the_database_is_away(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path}/folder/service.db")
    (tmp_path / "folder" / "service.db").mkdir()

    with pytest.raises(DatabaseAway, match="is it running"), database.transaction():
        pass

    assert not database.answers()
