"""What inserting many rows at once promises, on each database."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    delete,
    select,
)
from sqlalchemy.exc import DBAPIError

from shared.money import Money
from shared.persistence.bulk import FEWEST_STREAMED, insert_rows
from shared.persistence.columns import ExactPounds, Instant, PerCent, Pounds, RisingNumber
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
FIRST = datetime(2026, 4, 1, 1, 30, 0, 123456, tzinfo=PARIS)
EVERY_TYPE = {
    "few": String(40),
    "many": Text,
    "small": Integer,
    "large": RisingNumber,
    "is_so": Boolean,
    "day": Date,
    "at": Instant,
    "weekly": Pounds,
    "exact": ExactPounds,
    "rate": PerCent,
    "body": LargeBinary,
}
AT_ONCE, ONE_BY_ONE = [
    Table(
        name,
        METADATA,
        Column("number", Integer, primary_key=True),
        *[Column(column, type_) for column, type_ in EVERY_TYPE.items()],
    )
    for name in ("at_once", "one_by_one")
]
SMALL, LARGE = 2**31 - 1, 2**63 - 1
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
VALUES = {
    "few": WORDS,
    "many": WORDS | st.just("\\N\t\n\\."),
    "small": st.integers(-SMALL - 1, SMALL),
    "large": st.integers(-LARGE - 1, LARGE),
    "is_so": st.booleans(),
    "day": st.dates(),
    "at": st.integers(-(10**9), 10**9).map(lambda seconds: FIRST + timedelta(seconds=seconds)),
    "weekly": st.decimals(-(10**9), 10**9, places=2).map(Money),
    "exact": st.decimals(-(10**6), 10**6, places=6),
    "rate": st.decimals(0, 100, places=4),
    "body": st.binary(max_size=5000),
}
ROWS = st.lists(
    st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()}),
    min_size=FEWEST_STREAMED,
    max_size=FEWEST_STREAMED + 8,
)
BORN = "2015-03-04"
"""Stands for what must be found in no error."""


def both_ways(database, rows):
    """Write rows all at once and one by one; return what either table then holds."""
    numbered = [{"number": number} | row for number, row in enumerate(rows)]
    with database.transaction() as connection:
        connection.execute(delete(AT_ONCE))
        connection.execute(delete(ONE_BY_ONE))
        insert_rows(connection, AT_ONCE, numbered)
        for row in numbered:
            insert_rows(connection, ONE_BY_ONE, [row])
    with database.reading() as connection:
        return [read_back(connection, table) for table in (AT_ONCE, ONE_BY_ONE)]


def read_back(connection, table):
    found = connection.execute(select(table).order_by(table.c.number)).mappings()
    return [{name: row[name] for name in EVERY_TYPE} for row in found]


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

    def test_rows_written_at_once_read_as_those_written_one_by_one(self, url):
        database = Database.open(url)
        METADATA.create_all(database.engine)

        @settings(max_examples=40, deadline=None)
        @given(rows=ROWS)
        def hold(rows):
            at_once, one_by_one = both_ways(database, rows)
            assert at_once == one_by_one
            assert at_once == rows

        try:
            hold()
        finally:
            database.close()

    def test_where_one_row_of_many_is_refused_none_is_kept_and_nobody_says_what_was_in_it(
        self, url
    ):
        database = Database.open(url)
        METADATA.drop_all(database.engine)
        METADATA.create_all(database.engine)
        rows = [{"name": f"n{number}", "order": BORN} for number in range(100)]
        rows[57] = {"name": "n3", "order": BORN}

        with pytest.raises(DBAPIError) as refused, database.transaction() as connection:
            insert_rows(connection, KEPT, rows)

        assert BORN not in str(refused.value)
        with database.transaction() as connection:
            assert connection.execute(select(KEPT)).all() == []
            insert_rows(connection, KEPT, rows[:57])

    @pytest.mark.parametrize("count", [1, FEWEST_STREAMED])
    def test_a_number_larger_than_its_column_is_refused_and_never_cut(self, url, count):
        database = Database.open(url)
        METADATA.drop_all(database.engine)
        METADATA.create_all(database.engine)
        largest = dict.fromkeys(EVERY_TYPE) | {"small": 2**31 - 1}
        rows = [{"number": number} | largest for number in range(count)]
        if not database.is_sqlite:
            rows[-1] = rows[-1] | {"small": 2**31}
            with pytest.raises((DBAPIError, OverflowError)), database.transaction() as connection:
                insert_rows(connection, AT_ONCE, rows)
            rows[-1] = rows[-1] | {"small": -(2**31)}

        with database.transaction() as connection:
            insert_rows(connection, AT_ONCE, rows)
            kept = connection.execute(select(AT_ONCE.c.small)).scalars().all()

        assert kept == [row["small"] for row in rows]
