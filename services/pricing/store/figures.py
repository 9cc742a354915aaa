"""Keeps index values and wage rates: a revision is a new row, and nothing is overwritten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select

from services.pricing.figures.judged import IMPORTED_BY, Judged, judged_rates, judged_values
from services.pricing.indices import IndexBook, IndexValue
from services.pricing.months import Month
from services.pricing.store.numbers import stand_still
from services.pricing.store.tables import INDEX_VALUES, WAGE_RATES
from services.pricing.wages import WageBook, WageRate

_FIGURES: Final = "figures"


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


def import_index(
    connection: Connection,
    values: Sequence[IndexValue],
    now: datetime,
    *,
    actor: str | None = None,
) -> Judged[IndexValue]:
    """Add the values that are not known yet; return what became of all of them.

    Args:
        connection: of the transaction in which they are added.
        values: what a file says.
        now: when they are added.
        actor: who adds them; it is kept with their source.

    Raises:
        FiguresRefused: a value contradicts a newer release, or the same one before.
    """
    stand_still(connection, _FIGURES)  # nobody else may judge meanwhile what is new
    judged = judged_values(index_book(connection), values)
    rows = [
        {
            "series": value.series,
            "year": value.month.year,
            "month": value.month.month,
            "value": value.value,
            "released_on": value.released_on,
            "standing": value.standing,
            "source": _signed(value.source, actor),
            "recorded_at": now,
        }
        for value in judged.new
    ]
    if rows:
        connection.execute(insert(INDEX_VALUES), rows)
    return judged


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


def import_wages(
    connection: Connection,
    rates: Sequence[WageRate],
    now: datetime,
    *,
    actor: str | None = None,
    unusual: bool = False,
) -> Judged[WageRate]:
    """Add the rates that are not known yet, or not like this; return what became of all of them.

    Args:
        connection: of the transaction in which they are added.
        rates: what a table says.
        now: when they are added.
        actor: who adds them; it is kept with their source.
        unusual: a person has checked rises that are out of the ordinary.

    Raises:
        FiguresRefused: a rate contradicts one that is surer, or its rise is out of the ordinary.
    """
    stand_still(connection, _FIGURES)
    judged = judged_rates(wage_book(connection), rates, unusual=unusual)
    rows = [
        {
            "band": rate.band,
            "effective_from": rate.effective_from,
            "hourly": rate.hourly,
            "status": rate.status,
            "source": _signed(rate.source, actor),
            "from_age": rate.from_age,
            "to_age": rate.to_age,
            "recorded_at": now,
        }
        for rate in judged.new
    ]
    if rows:
        connection.execute(insert(WAGE_RATES), rows)
    return judged


def _signed(source: str, actor: str | None) -> str:
    return source if actor is None else f"{source}{IMPORTED_BY}{actor}"
