"""Reads index values from a table that says of each month where its value was read."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from services.pricing.figures.ons_csv import is_ons_text, ons_series_of
from services.pricing.indices import IndexValue, is_usual, usual_range
from services.pricing.months import Month
from shared.contracts.fields import Sentence, WirePercentage
from shared.errors import FileRefused
from shared.framework.csv_file import CsvFile
from shared.framework.faults import read_text
from shared.framework.fields import Day, Told

_MONTH = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])")
_LONGER = re.compile(r"[0-9]{4}([ -]?Q[1-4])?")


def _read_month(value: object) -> Month:
    told = _MONTH.fullmatch(value) if isinstance(value, str) else None
    if told is None and isinstance(value, str) and _LONGER.fullmatch(value):
        raise PydanticCustomError(
            "month", "a month such as 2026-09; the rate of a year or a quarter is another one"
        )
    if told is None:
        raise PydanticCustomError("month", "a month such as 2026-09")
    return Month(int(told[1]), int(told[2]))


class _Row(Told):
    """One month of a series."""

    series: Literal["D7G7"]
    month: Annotated[Month, BeforeValidator(_read_month)]
    value: WirePercentage
    released_on: Day
    standing: Literal["published", "derived"]
    source: Sentence


def read_index_file(path: Path, *, unusual: bool = False) -> list[IndexValue]:
    """Return the values of an index file, be it as published or a table with sources.

    Args:
        path: the file.
        unusual: a person has checked values that are out of the ordinary.

    Raises:
        FileRefused: with every fault and its line. Nothing of it is taken.
    """
    return index_values_of(path, read_text(path), unusual=unusual)


def index_values_of(path: Path, text: str, *, unusual: bool = False) -> list[IndexValue]:
    """Return the values that an index file's text holds; `path` is what it is called.

    Raises:
        FileRefused: as for a file.
    """
    if is_ons_text(text):
        return ons_series_of(path, text, unusual=unusual)
    return _table_of(path, text, unusual=unusual)


def _table_of(path: Path, text: str, *, unusual: bool) -> list[IndexValue]:
    """Return the values of a table: series, month, value, released_on, standing and source."""
    file = CsvFile.of_text(path, text)
    rows = file.as_rows(_Row)
    faults = []
    months: set[Month] = set()
    for position, row in enumerate(rows):
        if row.month in months:
            faults.append(file.fault(position, "month", row.month, "each month once"))
        if not (unusual or is_usual(row.series, row.value)):
            faults.append(file.fault(position, "value", row.value, usual_range(row.series)))
        after = row.month.next()
        if row.released_on < date(after.year, after.month, 1):
            allowed = f"a day after {row.month}"
            faults.append(file.fault(position, "released_on", row.released_on, allowed))
        months.add(row.month)
    if faults:
        raise FileRefused(faults)
    return [
        IndexValue(
            series=row.series,
            month=row.month,
            value=row.value,
            released_on=row.released_on,
            source=row.source,
            standing=row.standing,
            place=f"{path}:{file.line_of(position)}",
        )
        for position, row in enumerate(rows)
    ]
