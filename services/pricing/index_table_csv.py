"""Reads index values from a table that says of each month where its value was read."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from services.pricing.indices import IndexValue
from services.pricing.months import Month
from services.pricing.ons_csv import is_ons_file, read_ons_series
from shared.contracts.fields import Sentence, WirePercentage
from shared.errors import FileRefused
from shared.framework.csv_file import CsvFile
from shared.framework.fields import Day, Told

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_LARGEST_RATE = Decimal(30)


def _read_month(value: object) -> Month:
    told = _MONTH.fullmatch(value) if isinstance(value, str) else None
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


def read_index_file(path: Path) -> list[IndexValue]:
    """Return the values of an index file, be it as published or a table with sources.

    Raises:
        FileRefused: with every fault and its line. Nothing of it is taken.
    """
    return read_ons_series(path) if is_ons_file(path) else read_index_table(path)


def read_index_table(path: Path) -> list[IndexValue]:
    """Return the values of a table that gives each month's value with its source.

    Its columns are series, month, value, released_on, standing and source.

    Raises:
        FileRefused: with every fault and its line. Nothing of it is taken.
    """
    file = CsvFile.read(path)
    rows = file.as_rows(_Row)
    faults = []
    months: set[Month] = set()
    for position, row in enumerate(rows):
        if row.month in months:
            faults.append(file.fault(position, "month", row.month, "each month once"))
        if abs(row.value) > _LARGEST_RATE:
            allowed = f"a rate of at most {_LARGEST_RATE} %"
            faults.append(file.fault(position, "value", row.value, allowed))
        if row.released_on <= date(row.month.year, row.month.month, 1):
            faults.append(file.fault(position, "released_on", row.released_on, "a later day"))
        months.add(row.month)
    if faults:
        raise FileRefused(faults)
    return [
        IndexValue(row.series, row.month, row.value, row.released_on, row.source, row.standing)
        for row in rows
    ]
