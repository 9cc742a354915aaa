"""Reads a series of the Office for National Statistics from its CSV file as published."""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from services.pricing.indices import SERIES, IndexValue, is_usual, usual_range
from services.pricing.months import Month
from shared.errors import Fault, FileRefused
from shared.framework.faults import read_text, shown
from shared.money import Percentage

_HEADINGS: Final = (
    "Title",
    "CDID",
    "Source dataset ID",
    "PreUnit",
    "Unit",
    "Release date",
    "Next release",
    "Important notes",
)
_MONTHS: Final = (
    "JAN",
    "FEB",
    "MAR",
    "APR",
    "MAY",
    "JUN",
    "JUL",
    "AUG",
    "SEP",
    "OCT",
    "NOV",
    "DEC",
)
_MONTHLY = re.compile(rf"((?:19|20)[0-9]{{2}}) ({'|'.join(_MONTHS)})")
_LONGER = re.compile(r"[0-9]{4}( Q[1-4])?")
_VALUE = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,3})?")
_DATASET: Final = "MM23"
_TITLE_BEGINS: Final = {"D7G7": "CPI ANNUAL RATE 00: ALL ITEMS", "D7BT": "CPI INDEX 00: ALL ITEMS"}


class _Row(NamedTuple):
    line: int
    name: str
    value: str


def is_ons_text(text: str) -> bool:
    """Say whether a file begins as the office's files do."""
    return text.splitlines()[0].replace('"', "").startswith(f"{_HEADINGS[0]},")


def read_ons_series(
    path: Path, *, expected: str | None = None, unusual: bool = False
) -> list[IndexValue]:
    """Return the monthly values of a series file, by month.

    Args:
        path: the file, as the office's generator gives it: eight heading rows, then annual,
            quarterly and monthly rows.
        expected: the only series that will do, if there is one.
        unusual: a person has checked values that are out of the ordinary.

    Raises:
        FileRefused: it is another series, it leaves out a month, or it holds what cannot be read;
            with every fault and its line. Nothing of it is taken.
    """
    return ons_series_of(path, read_text(path), expected=expected, unusual=unusual)


def ons_series_of(
    path: Path, text: str, *, expected: str | None = None, unusual: bool = False
) -> list[IndexValue]:
    """Return the monthly values that a series file's text holds; `path` is what it is called.

    Raises:
        FileRefused: as for a file.
    """
    rows = list(_rows(path, text))
    series, released_on = _heading(path, rows, expected)
    values: list[IndexValue] = []
    faults: list[Fault] = []
    last: Month | None = None
    for row in rows[len(_HEADINGS) :]:
        monthly = _MONTHLY.fullmatch(row.name)
        if monthly is None:
            if not _LONGER.fullmatch(row.name):
                allowed = "a year, a quarter such as 2026 Q1 or a month such as 2026 FEB"
                faults.append(Fault(str(path), row.line, "period", shown(row.name), allowed))
            continue
        month = Month(int(monthly[1]), _MONTHS.index(monthly[2]) + 1)
        if fault := _misplaced(last, month) or _unreadable(series, row.value, unusual=unusual):
            faults.append(Fault(str(path), row.line, str(month), *fault))
        elif month.next() > Month(released_on.year, released_on.month):
            allowed = f"months before the release of {released_on}"
            faults.append(Fault(str(path), row.line, str(month), "a month to come", allowed))
        else:
            source = f"ONS {_DATASET} {series}, {path.name}"
            value = Percentage(Decimal(row.value))
            place = f"{path}:{row.line}"
            values.append(IndexValue(series, month, value, released_on, source, place=place))
        last = month
    if last is None:
        found = "annual and quarterly rows alone" if rows[len(_HEADINGS) :] else "no row"
        allowed = "monthly rows, such as 2026 FEB: ask the office's site for the months"
        faults.append(Fault(str(path), None, series, found, allowed))
    if faults:
        raise FileRefused(faults)
    return values


def _rows(path: Path, text: str) -> Iterator[_Row]:
    reader = csv.reader(text.splitlines(), strict=True)
    try:
        for cells in reader:
            if cells:
                yield _Row(reader.line_num, cells[0].strip(), "".join(cells[1:2]).strip())
    except csv.Error as unreadable:
        fault = Fault(str(path), reader.line_num, "row", str(unreadable), "CSV")
        raise FileRefused([fault]) from None


def _heading(path: Path, rows: Sequence[_Row], expected: str | None) -> tuple[str, date]:
    """Return the series code and the release date of the eight heading rows."""
    for position, name in enumerate(_HEADINGS):
        if position >= len(rows) or rows[position].name != name:
            found = shown(rows[position].name) if position < len(rows) else "the end of the file"
            line = rows[position].line if position < len(rows) else None
            raise FileRefused([Fault(str(path), line, name, found, f"the heading row {name}")])
    told = {row.name: row for row in rows[: len(_HEADINGS)]}
    faults = []
    series = told["CDID"].value
    allowed = expected or ", ".join(f"{code} ({name})" for code, name in SERIES.items())
    if series not in (SERIES if expected is None else {expected}):
        found = f"{shown(series)}, which is {shown(told['Title'].value)}"
        faults.append(Fault(str(path), told["CDID"].line, "CDID", found, allowed))
    elif not told["Title"].value.startswith(_TITLE_BEGINS[series]):
        needed = f"{_TITLE_BEGINS[series]} ..., as series {series} is called"
        found = shown(told["Title"].value)
        faults.append(Fault(str(path), told["Title"].line, "Title", found, needed))
    if told["Source dataset ID"].value != _DATASET:
        row = told["Source dataset ID"]
        faults.append(Fault(str(path), row.line, row.name, shown(row.value), _DATASET))
    released_on = _release_day(path, told["Release date"], faults)
    if faults:
        raise FileRefused(faults)
    return series, released_on


def _release_day(path: Path, row: _Row, faults: list[Fault]) -> date:
    try:
        return datetime.strptime(row.value, "%d-%m-%Y").date()  # noqa: DTZ007 - a day, no instant
    except ValueError:
        allowed = "a day such as 25-03-2026"
        faults.append(Fault(str(path), row.line, row.name, shown(row.value), allowed))
        return date.min


def _misplaced(last: Month | None, month: Month) -> tuple[str, str] | None:
    """Return what is found and what is due, where a month does not follow the one before."""
    if last is None or month == last.next():
        return None
    return f"{month} after {last}", f"{last.next()}: no gap, no month twice"


def _unreadable(series: str, value: str, *, unusual: bool) -> tuple[str, str] | None:
    """Return what is found and what is allowed, where a value cannot be taken."""
    if not _VALUE.fullmatch(value):
        return shown(value), "a number such as 3.8"
    if unusual or is_usual(series, Decimal(value)):
        return None
    return shown(value), usual_range(series)
