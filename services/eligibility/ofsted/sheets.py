"""Reads what Ofsted publishes as CSV, ODS or XLSX into sheets, and finds those about providers."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from services.eligibility.ofsted.sound_workbook import UnsoundWorkbook, refuse_unsound
from services.eligibility.ofsted.words import (
    COLUMNS,
    NEEDED,
    Cell,
    Meaning,
    meanings,
    text_in,
)
from shared.errors import Fault, FileRefused
from shared.framework.faults import LARGEST_FILE_BYTES, WHOLE_FILE

HEADER_WITHIN_ROWS: Final = 60
"""Above a table there may be a title and notes; further down we look for no header."""

MOST_ROWS: Final = 200_000

_ZIPPED: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
"""What Excel wrote before 2007; what Ofsted publishes has not been so since."""
_ENCODINGS: Final = ("utf-8-sig", "cp1252", "latin-1")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")

Numbered = tuple[int, Sequence[Cell]]
"""A row and its number in the sheet; of a CSV file the line on which it begins."""


@dataclass(frozen=True)
class ProviderSheet:
    """A table of providers.

    Args:
        label: the file, and the sheet where there are several.
        columns: where each thing stands that we read, and what it is called there.
        width: how many columns the header has.
    """

    label: str
    header_line: int
    columns: dict[Meaning, tuple[int, str]]
    width: int
    rows: list[Numbered] = field(repr=False)

    def name_of(self, meaning: Meaning) -> str:
        """Return the name of a column here; its usual one, where the sheet has none."""
        return self.columns[meaning][1] if meaning in self.columns else COLUMNS[meaning][0]


def provider_sheets(name: str, body: bytes) -> tuple[list[ProviderSheet], list[str]]:
    """Return the tables of providers that a file holds, and what a reader should know of it.

    Raises:
        FileRefused: it is no CSV, ODS or XLSX, no row is the header of such a table, or two
            columns of one tell the same.
    """
    if len(body) > LARGEST_FILE_BYTES:
        raise _refused(name, "a larger file", f"at most {LARGEST_FILE_BYTES} bytes")
    notices: list[str] = []
    if body.startswith(_OLD_EXCEL):
        raise _refused(name, "a workbook of the old Excel", "CSV, ODS or XLSX")
    if body.startswith(_ZIPPED):
        named = _sheets_of_workbook(name, body)
    else:
        text, encoding = _decoded(body)
        if encoding != _ENCODINGS[0]:
            notices.append(f"The file is not UTF-8; it was read as {encoding}.")
        named = [(name, _rows_of_csv(name, text))]
    sheets, others = [], []
    for label, rows in named:
        sheet = _provider_sheet(label, rows)
        if sheet is None:
            others.append(label.removeprefix(f"{name}, "))
        else:
            sheets.append(sheet)
    if not sheets:
        columns = " and ".join(" or ".join(COLUMNS[meaning]) for meaning in NEEDED)
        raise _refused(name, "no header row of providers", f"a table with the columns {columns}")
    if others:
        notices.append(f"Holds no providers and was not read: {', '.join(others)}.")
    return sheets, notices


def _provider_sheet(label: str, rows: Iterable[Numbered]) -> ProviderSheet | None:
    numbered = iter(rows)
    for looked_at, (line, cells) in enumerate(numbered, start=1):
        found = meanings(cells)
        if all(meaning in found for meaning in NEEDED):
            _refuse_two_for_one(label, line, cells, found)
            columns = {
                meaning: (place, text_in(cells[place])) for meaning, (place, *_) in found.items()
            }
            width = max(place for place, cell in enumerate(cells, start=1) if cell)
            below = [(at, row) for at, row in numbered if any(row)]
            return ProviderSheet(label, line, columns, width, below)
        if looked_at == HEADER_WITHIN_ROWS:
            break
    return None


def _refuse_two_for_one(
    label: str, line: int, cells: Sequence[Cell], found: dict[Meaning, list[int]]
) -> None:
    faults = [
        Fault(label, line, str(cells[places[1]]), f"as well as {cells[places[0]]}", "one of them")
        for places in found.values()
        if len(places) > 1
    ]
    if faults:
        raise FileRefused(faults)


def _sheets_of_workbook(name: str, body: bytes) -> list[tuple[str, Iterable[Numbered]]]:
    try:
        refuse_unsound(body)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
        return [
            (f"{name}, sheet {sheet}", _rows_of_sheet(name, workbook, sheet))
            for sheet in workbook.sheet_names
        ]
    except (CalamineError, UnsoundWorkbook) as broken:
        raise _refused(name, f"a broken workbook ({broken})", "CSV, ODS or XLSX") from None


def _rows_of_sheet(name: str, workbook: CalamineWorkbook, sheet: str) -> list[Numbered]:
    rows: list[Numbered] = []
    for line, cells in enumerate(workbook.get_sheet_by_name(sheet).iter_rows(), start=1):
        if any(cells):
            rows.append((line, cells))
        _refuse_too_many(name, len(rows))
    return rows


def _decoded(body: bytes) -> tuple[str, str]:
    """Return the text of a CSV file, and the encoding that it must have been written in.

    What is not UTF-8 comes from a spreadsheet on Windows, or from a program that took Latin-1.
    """
    if body.startswith(_UTF_16):
        return body.decode("utf-16", errors="replace"), "utf-16"
    for encoding in _ENCODINGS[:-1]:
        try:
            return body.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return body.decode(_ENCODINGS[-1]), _ENCODINGS[-1]


def _rows_of_csv(name: str, text: str) -> Iterator[Numbered]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins, count = 1, 0
    try:
        for cells in reader:
            if any(cells):
                count += 1
                yield begins, cells
            _refuse_too_many(name, count)
            begins = reader.line_num + 1
    except csv.Error as unreadable:
        fault = Fault(name, reader.line_num, "row", str(unreadable), "CSV, ODS or XLSX")
        raise FileRefused([fault]) from None


def _refuse_too_many(name: str, rows: int) -> None:
    if rows > MOST_ROWS:
        raise _refused(name, "more rows", f"at most {MOST_ROWS} rows")


def _refused(name: str, found: str, allowed: str) -> FileRefused:
    return FileRefused([Fault(str(Path(name)), None, WHOLE_FILE, found, allowed)])
