"""A CSV file with a header row, its rows as they stand and the line of each."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, to_json

from shared.errors import Fault, FileRefused
from shared.framework.faults import WHOLE_FILE, allowed, read_text, shown

FAULTS_TOLD: Final = 1000
"""How many faults of a file are told one by one; of the rest, how many there are."""

COMMENT: Final = "#"
R = TypeVar("R", bound=BaseModel)
Row = dict[str, str]


@dataclass(frozen=True)
class CsvFile:
    """What a file says, row by row, and on which line each row begins.

    Lines at the top that begin with `#` are for the person who opens the file.
    """

    path: Path
    columns: tuple[str, ...]
    rows: list[Row] = field(repr=False)
    row_lines: list[int] = field(repr=False)
    header_line: int

    @classmethod
    def read(cls, path: Path) -> "CsvFile":
        """Return the file's rows.

        Raises:
            FileRefused: there is no such file, it is empty, it is no CSV, a column stands twice,
                there is no row, or one has more or fewer cells than the header.
        """
        return cls.of_text(path, read_text(path))

    @classmethod
    def of_text(cls, path: Path, text: str) -> "CsvFile":
        """Return the rows that a text holds; `path` is what it is called, and need not be there.

        Raises:
            FileRefused: as for a file.
        """
        # Only line ends end a line here: other separators may stand within a cell.
        lines = list(io.StringIO(text, newline=""))
        skipped = _lines_before_header(lines)
        if skipped == len(lines):
            raise FileRefused([Fault(str(path), None, WHOLE_FILE, "no header row", "a header row")])
        numbered = _numbered_rows(path, lines[skipped:], skipped)
        header_line, header = next(numbered)
        rows: list[Row] = []
        row_lines: list[int] = []
        faults = [
            Fault(str(path), header_line, name, "the column a second time", "each column once")
            for position, name in enumerate(header)
            if name in header[:position]
        ]
        for line, cells in numbered:
            if len(cells) != len(header):
                found, needed = f"{len(cells)} cells", f"{len(header)}, as the header has"
                faults.append(Fault(str(path), line, "row", found, needed))
            rows.append(dict(zip(header, cells, strict=False)))
            row_lines.append(line)
        if not rows:
            faults.append(Fault(str(path), header_line, WHOLE_FILE, "no row", "a row or more"))
        _refuse_if_any(path, faults)
        return cls(path, tuple(header), rows, row_lines, header_line)

    def line_of(self, row: int) -> int:
        """Return the line on which a row begins; rows count from 0."""
        return self.row_lines[row]

    def fault(self, row: int, column: str, found: object, needed: str) -> Fault:
        """Return a fault in a cell, for what a reader finds wrong after parsing."""
        return Fault(str(self.path), self.line_of(row), column, shown(found), needed)

    def as_rows(self, model: type[R]) -> list[R]:
        """Return the rows as the model reads them; a field with a default may have no column.

        Raises:
            FileRefused: with every fault, each with its line.
        """
        _refuse_if_any(self.path, self._header_faults(model))
        try:
            return _rows_of(model).validate_json(to_json(self.rows))
        except ValidationError as invalid:
            faults = list(self._cell_faults(invalid))
        raise FileRefused(_at_most(self.path, faults))

    def _cell_faults(self, invalid: ValidationError) -> Iterator[Fault]:
        """Yield a fault for each cell; what every branch of a union refuses is told once."""
        cells: dict[tuple[int, str], list[ErrorDetails]] = {}
        for error in invalid.errors(include_url=False):
            row, *column = error["loc"]
            cells.setdefault((int(row), str(column[0]) if column else "row"), []).append(error)
        for (row_at, key), errors in cells.items():
            found = self.rows[row_at].get(key, "the cells of this row")
            choices = " or ".join(dict.fromkeys(allowed(error) for error in errors))
            yield self.fault(row_at, key, found, choices)

    def _header_faults(self, model: type[BaseModel]) -> list[Fault]:
        known = {told.alias or name: told for name, told in model.model_fields.items()}
        every = ", ".join(known)
        missing = [
            Fault(str(self.path), self.header_line, name, "no such column", f"the columns {every}")
            for name, told in known.items()
            if told.is_required() and name not in self.columns
        ]
        unknown = [
            Fault(str(self.path), self.header_line, name, "an unknown column", every)
            for name in self.columns
            if name not in known
        ]
        return missing + unknown


def _rows_of(model: type[R]) -> TypeAdapter[list[R]]:
    return TypeAdapter(list[model])  # type: ignore[valid-type] # a model that is known only when it runs


def _lines_before_header(lines: list[str]) -> int:
    for position, line in enumerate(lines):
        if line.strip() and not line.startswith(COMMENT):
            return position
    return len(lines)


def _numbered_rows(path: Path, lines: list[str], skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line on which it begins; empty lines are no rows."""
    reader = csv.reader(lines, strict=True)
    begins = skipped + 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = skipped + reader.line_num + 1
    except csv.Error as unreadable:
        line = skipped + reader.line_num
        raise FileRefused([Fault(str(path), line, "row", str(unreadable), "CSV")]) from None


def _at_most(path: Path, faults: list[Fault]) -> list[Fault]:
    """Return the faults that are told, and how many there are beside them."""
    untold = len(faults) - FAULTS_TOLD
    if untold <= 0:
        return faults
    rest = Fault(str(path), None, WHOLE_FILE, f"{untold} more faults", "none")
    return [*faults[:FAULTS_TOLD], rest]


def _refuse_if_any(path: Path, faults: list[Fault]) -> None:
    if faults:
        raise FileRefused(_at_most(path, faults))
