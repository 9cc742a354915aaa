"""Rows that wait to be written together, many to a statement."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, Table

from shared.persistence.bulk import insert_rows

Row = Mapping[str, object]

_RANKS: Final = "fosterframe_ranks"


class DeferredRows:
    """Rows for the tables of one service, kept in the order in which they were added."""

    def __init__(self) -> None:
        self._rows: dict[tuple[Table, tuple[str, ...]], list[Row]] = {}

    def __bool__(self) -> bool:
        return bool(self._rows)

    def add(self, table: Table, row: Row) -> None:
        """Keep a row to be inserted later."""
        self._rows.setdefault((table, tuple(row)), []).append(row)

    def take(self, others: "DeferredRows") -> None:
        """Take over all rows of others, which is empty afterwards."""
        for key, rows in others._rows.items():  # noqa: SLF001 - another of the same kind
            self._rows.setdefault(key, []).extend(rows)
        others.clear()

    def write(self, connection: Connection) -> None:
        """Insert all rows, those first to which others refer; nothing is kept afterwards."""
        for table, columns in sorted(self._rows, key=_rank):
            insert_rows(connection, table, self._rows[table, columns])
        self.clear()

    def clear(self) -> None:
        """Drop all rows."""
        self._rows.clear()


def _rank(key: tuple[Table, tuple[str, ...]]) -> int:
    """Return the place of a table among those that refer to each other; sorting them is slow."""
    table = key[0]
    ranks: dict[str, int] = table.metadata.info.get(_RANKS, {})
    if table.key not in ranks:
        ranks = {one.key: rank for rank, one in enumerate(table.metadata.sorted_tables)}
        table.metadata.info[_RANKS] = ranks
    return ranks[table.key]
