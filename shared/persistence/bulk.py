"""Inserts many rows at once, with as little between them and the driver as there can be.

SQLAlchemy's own way builds a dictionary for each row and looks each value up by name again; for
the few tables that every message writes to, that took longer than the database did. PostgreSQL
takes many rows as one stream, which costs both sides less than a statement for each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError

_MARKERS: Final = {"qmark": "?", "format": "%s", "pyformat": "%s"}
_STATEMENTS_KEPT: Final = 256

FEWEST_STREAMED: Final = 8
"""Fewer rows go as statements: to open a stream takes one more answer of the server."""

_STREAMED: Final = {
    "BIGINT": "int8",
    "BOOLEAN": "bool",
    "BYTEA": "bytea",
    "DATE": "date",
    "INTEGER": "int4",
    "TEXT": "text",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "VARCHAR": "text",
}
"""How the values of a column are told in a stream, which converts nothing by itself."""

_Put = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Statement:
    """An INSERT for some columns, and how each value is told to the driver.

    Args:
        stream: takes rows as a stream; empty where the database has none for such columns.
        types: of the columns, in a stream.
    """

    sql: str
    columns: tuple[str, ...]
    puts: tuple[tuple[int, _Put], ...]
    stream: str
    types: tuple[str, ...]

    def values(self, row: Mapping[str, object]) -> tuple[object, ...]:
        values = [row[name] for name in self.columns]
        for position, put in self.puts:
            values[position] = put(values[position])
        return tuple(values)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all name the same columns, in the same order.

    Defaults that Python would fill in are not: every column without one of the database's own is
    to be named.
    """
    if not rows:
        return
    statement = _statement(connection.dialect, table, tuple(rows[0]))
    if statement.stream and len(rows) >= FEWEST_STREAMED:
        _stream(connection, statement, rows)
    else:
        connection.exec_driver_sql(statement.sql, [statement.values(row) for row in rows])


def _stream(
    connection: Connection, statement: _Statement, rows: Sequence[Mapping[str, object]]
) -> None:
    """Send rows as one stream; what goes wrong looks as if SQLAlchemy had sent a statement."""
    dialect, driver = connection.dialect, connection.dialect.loaded_dbapi
    try:
        cursor: Any = connection.connection.cursor()
        with cursor, cursor.copy(statement.stream) as stream:
            stream.set_types(statement.types)
            for row in rows:
                stream.write_row(statement.values(row))
    except driver.Error as error:
        is_lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
        if is_lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement.stream,
            None,
            error,
            driver.Error,
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=dialect,
        ) from error


@lru_cache(maxsize=_STATEMENTS_KEPT)
def _statement(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> _Statement:
    quoted = dialect.identifier_preparer
    into = f"{quoted.format_table(table)} ({_names(dialect, table, columns)})"
    markers = ", ".join([_MARKERS[dialect.paramstyle]] * len(columns))
    puts: list[tuple[int, _Put]] = [
        (position, put)
        for position, name in enumerate(columns)
        if (put := table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) is not None
    ]
    types = _types(dialect, table, columns)
    puts += [(at, _in_four_bytes) for at, type_ in enumerate(types) if type_ == "int4"]
    return _Statement(
        f"INSERT INTO {into} VALUES ({markers})",  # noqa: S608 - names of our own tables, quoted by the dialect
        columns,
        tuple(puts),
        f"COPY {into} FROM STDIN (FORMAT BINARY)" if types else "",
        types,
    )


def _in_four_bytes(number: int | None) -> int | None:
    """Return a number; in a stream the driver would cut a larger one to four bytes unseen."""
    if number is not None and not -(2**31) <= number < 2**31:
        raise OverflowError("a number is larger than its column")
    return number


def _names(dialect: Dialect, table: Table, columns: Sequence[str]) -> str:
    return ", ".join(dialect.identifier_preparer.format_column(table.c[name]) for name in columns)


def _types(dialect: Dialect, table: Table, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the types of columns in a stream; nothing where there is none for one of them."""
    if dialect.name != "postgresql":
        return ()
    named = [table.c[name].type.compile(dialect).split("(")[0] for name in columns]
    return tuple(_STREAMED[name] for name in named) if set(named) <= _STREAMED.keys() else ()
