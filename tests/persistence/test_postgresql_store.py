"""PostgreSQL keeps the promises of a store, and comes back after a power cut."""

import pytest
from sqlalchemy import insert, select

from shared.errors import DatabaseAway
from shared.persistence.bulk import insert_rows
from shared.persistence.database import Database
from shared.persistence.lease import Lease
from tests.persistence.bulk_promises import KEPT, METADATA, BulkPromises
from tests.persistence.store_promises import HOMES, METADATA_OF_TEST, StorePromises

pytestmark = pytest.mark.postgresql


@pytest.fixture
def url(postgresql):
    return postgresql.url


class TestPostgresql(StorePromises, BulkPromises):
    pass


def test_a_server_that_was_killed_means_that_the_database_is_away(postgresql):
    database = Database.open(postgresql.url)
    METADATA_OF_TEST.create_all(database.engine)

    def lose_the_server_halfway():
        with database.transaction() as connection:
            connection.execute(insert(HOMES).values(id=1))
            postgresql.kill()
            connection.execute(insert(HOMES).values(id=2))

    with pytest.raises(DatabaseAway, match="is it running"):
        lose_the_server_halfway()

    assert not database.answers()


def test_a_server_that_was_killed_before_a_stream_of_rows_means_that_the_database_is_away(
    postgresql,
):
    database = Database.open(postgresql.url)
    METADATA.create_all(database.engine)

    def lose_the_server_halfway():
        with database.transaction() as connection:
            insert_rows(connection, KEPT, [{"name": f"a{number}"} for number in range(100)])
            postgresql.kill()
            insert_rows(connection, KEPT, [{"name": f"b{number}"} for number in range(100)])

    with pytest.raises(DatabaseAway, match="is it running"):
        lose_the_server_halfway()

    postgresql.start()
    with database.transaction() as connection:
        assert connection.execute(select(KEPT)).all() == []


def test_after_a_restart_the_same_database_goes_on_and_holds_what_was_committed(postgresql):
    database = Database.open(postgresql.url)
    METADATA_OF_TEST.create_all(database.engine)
    with database.transaction() as connection:
        connection.execute(insert(HOMES).values(id=1))

    postgresql.kill()
    postgresql.start()

    with database.transaction() as connection:
        assert connection.scalars(select(HOMES.c.id)).all() == [1]


def test_the_lease_of_a_session_that_was_lost_is_free(postgresql):
    database = Database.open(postgresql.url)
    lost = Lease.take(database)
    postgresql.kill()
    postgresql.start()

    taken_over = Lease.take(database)

    with pytest.raises(DatabaseAway), lost.reading() as connection:
        connection.execute(select(1))
    assert taken_over is not None
    taken_over.release()
