"""What every database promises. A subclass says which one, by a fixture `url`."""

import threading
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, ForeignKey, Integer, Table, insert, select
from sqlalchemy.exc import IntegrityError

from shared.money import pounds
from shared.persistence import outbox
from shared.persistence.columns import Instant, Pounds
from shared.persistence.database import Database
from shared.persistence.deferred import DeferredRows
from shared.persistence.lease import Lease
from shared.persistence.tables import delivery_tables, service_metadata
from tests.persistence.delivery_promises import (
    NOW,
    SOON_SECONDS,
    InboxPromises,
    LogPromises,
    OutboxPromises,
    outgoing,
)

METADATA_OF_TEST = service_metadata()
delivery_tables(METADATA_OF_TEST)
HOMES = Table(
    "homes",
    METADATA_OF_TEST,
    Column("id", Integer, primary_key=True),
    Column("fee", Pounds),
    Column("seen_at", Instant),
)
BEDS = Table(
    "beds",
    METADATA_OF_TEST,
    Column("id", Integer, primary_key=True),
    Column("home_id", ForeignKey(HOMES.c.id), nullable=False),
)


class StorePromises(InboxPromises, OutboxPromises, LogPromises):
    """Inherit, and give a fixture `url` of an empty database that nobody else uses."""

    @pytest.fixture
    def empty(self, url):
        opened = Database.open(url)
        yield opened
        opened.close()

    @pytest.fixture
    def database(self, empty):
        METADATA_OF_TEST.create_all(empty.engine)
        return empty

    # Transactions and columns.

    def test_what_a_transaction_wrote_is_gone_when_it_fails(self, database):
        def fails_halfway():
            with database.transaction() as connection:
                connection.execute(insert(HOMES).values(id=1))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fails_halfway()

        with database.reading() as connection:
            assert connection.execute(select(HOMES)).all() == []

    def test_who_reads_sees_one_state_whatever_is_written_meanwhile(self, database):
        with database.reading() as reader:
            before = reader.execute(select(HOMES)).all()
            writer = threading.Thread(target=lambda: self.keep_home(database))
            writer.start()
            writer.join(SOON_SECONDS)

            assert reader.execute(select(HOMES)).all() == before == []

        with database.reading() as reader:
            assert len(reader.execute(select(HOMES)).all()) == 1

    def test_money_and_instants_come_back_exactly(self, database):
        summer = datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))

        with database.transaction() as connection:
            connection.execute(insert(HOMES).values(id=1, fee=pounds("934.47"), seen_at=summer))
            row = connection.execute(select(HOMES)).one()

        assert (row.fee, row.seen_at) == (pounds("934.47"), summer)
        assert str(row.fee) == "934.47"

    def test_money_that_is_not_whole_pence_is_refused(self, database):
        with pytest.raises(Exception, match="rounded to the penny"):
            self.keep_home(database, fee=pounds("1.00") / 3)

    def test_an_instant_without_its_offset_is_refused(self, database):
        with pytest.raises(Exception, match="offset"):
            self.keep_home(database, seen_at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the test

    def test_a_refused_row_does_not_repeat_its_values(self, database):
        self.keep_home(database, fee=pounds("934.47"))

        with pytest.raises(IntegrityError) as refused:
            self.keep_home(database, fee=pounds("934.47"))

        assert "93447" not in str(refused.value)

    def test_deferred_rows_are_written_in_the_order_in_which_they_refer(self, database):
        rows = DeferredRows()
        rows.add(BEDS, {"id": 1, "home_id": 7})
        rows.add(HOMES, {"id": 7})
        rows.add(HOMES, {"id": 8, "fee": pounds("1.00")})

        with database.transaction() as connection:
            rows.write(connection)

        with database.reading() as connection:
            assert connection.scalars(select(HOMES.c.id).order_by(HOMES.c.id)).all() == [7, 8]

    # The lease.

    def test_only_one_holds_the_lease(self, database):
        held = Lease.take(database)

        refused = Lease.take(database)
        held.release()
        taken_over = Lease.take(database)
        taken_over.release()

        assert refused is None
        assert taken_over is not None

    def test_the_lease_reads_and_writes(self, database):
        lease = Lease.take(database)

        with lease.writing() as connection:
            outbox.write(connection, [outgoing()], NOW)
        with lease.reading() as connection:
            waiting = outbox.next_in_line(connection, limit=1)
        lease.release()

        assert len(waiting) == 1

    # How these tests work with a database.

    def keep_home(self, database, **values):
        with database.transaction() as connection:
            connection.execute(insert(HOMES).values(id=1, **values))
