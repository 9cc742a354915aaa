"""Inserts many rows at once, with as little between them and the driver as there can be.

SQLAlchemy's own way builds a dictionary for each row and looks each value up by name again; for
the few tables that every message writes to, that took longer than the database did.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Table

_MARKERS: Final = {"qmark": "?", "format": "%s", "pyformat": "%s"}
_STATEMENTS_KEPT: Final = 256

_Put = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Statement:
    """An INSERT for some columns, and how each value is told to the driver."""

    sql: str
    columns: tuple[str, ...]
    puts: tuple[tuple[int, _Put], ...]

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
    connection.exec_driver_sql(statement.sql, [statement.values(row) for row in rows])


@lru_cache(maxsize=_STATEMENTS_KEPT)
def _statement(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> _Statement:
    quoted = dialect.identifier_preparer
    names = ", ".join(quoted.format_column(table.c[name]) for name in columns)
    markers = ", ".join([_MARKERS[dialect.paramstyle]] * len(columns))
    puts = [
        (position, put)
        for position, name in enumerate(columns)
        if (put := table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) is not None
    ]
    sql = f"INSERT INTO {quoted.format_table(table)} ({names}) VALUES ({markers})"  # noqa: S608 - names of our own tables, quoted by the dialect
    return _Statement(sql, columns, tuple(puts))
