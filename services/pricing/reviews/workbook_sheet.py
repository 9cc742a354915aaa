"""A sheet of a workbook that is written row by row, so that it is never held whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

import xlsxwriter

_POUNDS: Final = "#,##0.00"
_RATE: Final = "0.0###########"
_DAY: Final = "yyyy-mm-dd"


class Rate(NamedTuple):
    """A percentage or a share, shown with as many places as it has."""

    value: Decimal


class Formula(NamedTuple):
    """What a person can work out again, and what it comes to.

    Args:
        value: kept in the file too, for whoever reads it without a spreadsheet.
    """

    text: str
    value: Decimal | str
    is_rate: bool = False


Cell = str | int | Decimal | date | Rate | Formula | None


@dataclass(slots=True)
class Sheet:
    """One sheet, written from its first row down.

    Amounts are written into the file as the decimal digits that they are, never by way of a
    float: 934.47 stands there as 934.47, and the nearest double, which is what a spreadsheet
    calculates with, shows the same two decimals.
    """

    _sheet: Any
    _formats: dict[str, Any]
    rows: int = 0

    def head(self, *names: str) -> None:
        """Write the names of columns, and keep them in sight where they are the first row."""
        self._write(names, self._formats["head"])
        if self.rows == 1:
            self._sheet.freeze_panes(1, 0)

    def row(self, *cells: Cell) -> None:
        """Write one row."""
        self._write(cells, None)

    def skip(self) -> None:
        """Leave one row empty."""
        self.rows += 1

    def filtered(self, columns: int) -> None:
        """Let the reader filter by the columns, once all rows are there."""
        self._sheet.autofilter(0, 0, max(self.rows - 1, 1), columns - 1)

    def _write(self, cells: Sequence[Cell], format_: Any) -> None:  # noqa: ANN401 - the library has no types
        for column, cell in enumerate(cells):
            self._put(column, cell, format_)
        self.rows += 1

    def _put(self, column: int, cell: Cell, format_: Any) -> None:  # noqa: ANN401 - as above
        row, formats = self.rows, self._formats
        match cell:
            case None:
                pass
            case str():
                # Always as text: nothing that was told can become a formula.
                self._sheet.write_string(row, column, cell.replace("<r>", "< r>"), format_)
            case Formula(text, value, is_rate):
                shown = "text" if isinstance(value, str) else "rate" if is_rate else "pounds"
                self._sheet.write_formula(row, column, text, formats[shown], value)
            case Rate(value):
                self._sheet.write_number(row, column, value, formats["rate"])
            case Decimal():
                self._sheet.write_number(row, column, cell, formats["pounds"])
            case int():
                self._sheet.write_number(row, column, cell, formats["count"])
            case _:
                self._sheet.write_datetime(row, column, cell, formats["day"])


class Workbook:
    """An Excel file that is being written, in bounded memory."""

    def __init__(self, file: Path, title: str, written_at: datetime) -> None:
        """Begin a file, over one that is there."""
        self._book = xlsxwriter.Workbook(str(file), {"constant_memory": True})
        self._book.set_properties({"title": title, "created": written_at})
        self._formats = {
            "head": self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "pounds": self._book.add_format({"num_format": _POUNDS}),
            "rate": self._book.add_format({"num_format": _RATE}),
            "count": self._book.add_format({"num_format": "#,##0"}),
            "day": self._book.add_format({"num_format": _DAY}),
            "text": self._book.add_format(),
        }

    def sheet(self, name: str, widths: Sequence[int]) -> Sheet:
        """Add a sheet with columns of some widths."""
        added = self._book.add_worksheet(name)
        for column, width in enumerate(widths):
            added.set_column(column, column, width)
        return Sheet(added, self._formats)

    def name(self, name: str, place: str) -> None:
        """Give a cell a name that formulas can say: `parameters!$C$9`."""
        self._book.define_name(name, f"={place}")

    def close(self) -> None:
        """Finish the file."""
        self._book.close()
