"""What inserting many rows at once promises, on each database."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from sqlalchemy import Column, LargeBinary, MetaData, String, Table, select

from shared.money import Money
from shared.persistence.bulk import insert_rows
from shared.persistence.columns import Instant, Pounds
from shared.persistence.database import Database

METADATA = MetaData()
KEPT = Table(
    "bulk_rows",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("order", String(40)),
    Column("weekly", Pounds),
    Column("at", Instant),
    Column("body", LargeBinary),
)
PARIS = timezone(timedelta(hours=1))


class BulkPromises:
    """Inherited by each database's tests; `url` is a fixture."""

    def test_rows_come_back_as_they_were_whatever_their_types(self, url):
        database = Database.open(url)
        METADATA.drop_all(database.engine)
        METADATA.create_all(database.engine)
        at = datetime(2026, 4, 1, 1, 30, tzinfo=PARIS)
        rows = [
            {
                "name": f"n{number}",
                "order": "a word that SQL keeps for itself",
                "weekly": Money(Decimal("934.47")),
                "at": at,
                "body": b"\x00\xff%s?",
            }
            for number in range(500)
        ]

        with database.transaction() as connection:
            insert_rows(connection, KEPT, rows)

        with database.reading() as connection:
            found = connection.execute(select(KEPT)).all()
        assert len(found) == 500
        assert {row.weekly for row in found} == {Decimal("934.47")}
        assert {row.at for row in found} == {at.astimezone(UTC)}
        assert {row.body for row in found} == {b"\x00\xff%s?"}

    def test_a_column_that_is_not_named_stays_empty(self, url):
        database = Database.open(url)
        METADATA.drop_all(database.engine)
        METADATA.create_all(database.engine)

        with database.transaction() as connection:
            insert_rows(connection, KEPT, [{"name": "n1"}])
            insert_rows(connection, KEPT, [])

        with database.reading() as connection:
            [row] = connection.execute(select(KEPT)).all()
        assert (row.name, row.weekly, row.at) == ("n1", None, None)
