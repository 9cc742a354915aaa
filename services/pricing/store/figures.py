"""Keeps index values and wage rates: a revision is a new row, and nothing is overwritten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select

from services.pricing.indices import IndexBook, IndexValue
from services.pricing.months import Month
from services.pricing.store.numbers import stand_still
from services.pricing.store.tables import INDEX_VALUES, WAGE_RATES
from services.pricing.wages import WageBook, WageRate
from shared.errors import FosterframeError

_FIGURES: Final = "figures"


class FiguresRefused(FosterframeError):  # noqa: N818 - what became of the file
    """Figures contradict what is known, or are older than it; nothing of them is taken."""


def index_book(connection: Connection) -> IndexBook:
    """Return every index value that is known."""
    return IndexBook(
        IndexValue(
            series=row.series,
            month=Month(row.year, row.month),
            value=row.value,
            released_on=row.released_on,
            source=row.source,
            standing=row.standing,
        )
        for row in connection.execute(select(INDEX_VALUES).order_by(INDEX_VALUES.c.id))
    )


def import_index(connection: Connection, values: Sequence[IndexValue], now: datetime) -> int:
    """Add the values that are not known yet; return how many those are.

    Raises:
        FiguresRefused: the release is older than one that is known, or it gives another value
            for a month than was read from the same release before.
    """
    stand_still(connection, _FIGURES)  # nobody else may judge meanwhile what is new
    book = index_book(connection)
    _refuse_older(book, values)
    new = [value for value in values if _is_new(book, value)]
    rows = [
        {
            "series": value.series,
            "year": value.month.year,
            "month": value.month.month,
            "value": value.value,
            "released_on": value.released_on,
            "standing": value.standing,
            "source": value.source,
            "recorded_at": now,
        }
        for value in new
    ]
    if rows:
        connection.execute(insert(INDEX_VALUES), rows)
    return len(rows)


def wage_book(connection: Connection) -> WageBook:
    """Return every wage rate that is known; of two for one band and day, the last recorded."""
    return WageBook(
        WageRate(
            band=row.band,
            effective_from=row.effective_from,
            hourly=row.hourly,
            status=row.status,
            source=row.source,
            from_age=row.from_age,
            to_age=row.to_age,
        )
        for row in connection.execute(select(WAGE_RATES).order_by(WAGE_RATES.c.id))
    )


def import_wages(connection: Connection, rates: Sequence[WageRate], now: datetime) -> int:
    """Add the rates that are not known yet, or not like this; return how many those are."""
    stand_still(connection, _FIGURES)
    known = set(wage_book(connection))
    rows = [
        {
            "band": rate.band,
            "effective_from": rate.effective_from,
            "hourly": rate.hourly,
            "status": rate.status,
            "source": rate.source,
            "from_age": rate.from_age,
            "to_age": rate.to_age,
            "recorded_at": now,
        }
        for rate in rates
        if rate not in known
    ]
    if rows:
        connection.execute(insert(WAGE_RATES), rows)
    return len(rows)


def _refuse_older(book: IndexBook, values: Sequence[IndexValue]) -> None:
    published = [value for value in values if value.standing == "published"]
    for series in sorted({value.series for value in published}):
        released_on = max(value.released_on for value in published if value.series == series)
        newest = book.newest_release(series)
        if newest is not None and released_on < newest:
            raise FiguresRefused(
                f"The release of {series} of {released_on} is older than the one of {newest} that "
                "is known. Import the newest file of the statistics office."
            )


def _is_new(book: IndexBook, value: IndexValue) -> bool:
    """Say whether a value adds to what is known.

    Raises:
        FiguresRefused: the same release said otherwise before.
    """
    for known in book.of_month(value.series, value.month):
        if known.standing != value.standing:
            continue
        if known.value != value.value and known.released_on == value.released_on:
            raise FiguresRefused(
                f"{value.series} for {value.month} is {value.value} here, and was {known.value} "
                f"in the same release of {known.released_on}. One of the files is not as published."
            )
    counting = book.known(value.series, value.month)
    if counting is None:
        return True
    if counting.standing == "published" and value.standing == "derived":
        return False
    return (counting.value, counting.standing) != (value.value, value.standing)
