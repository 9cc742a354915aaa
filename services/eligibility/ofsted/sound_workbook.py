"""Refuses a workbook that is broken, or that would unpack to a flood, before it is opened.

What opens it trusts it: it waits for ever for the end of XML that was cut off, and takes the memory
for every cell of a sheet whose last cell stands far out.
"""

import io
import zipfile
from typing import Final
from xml.parsers import expat

LARGEST_UNPACKED_BYTES: Final = 512 * 1024 * 1024
MOST_CELLS: Final = 20_000_000
"""Of one sheet: 200,000 rows of a hundred columns."""

_BLOCK_BYTES: Final = 1 << 16
_ODS_CONTENT: Final = "content.xml"
_XLSX_BOOK: Final = "xl/workbook.xml"
_XLSX_LINKS: Final = "workbook.xml.rels"
"""Says where the sheets are kept: under whatever name."""

_XML: Final = (".xml", ".rels")
_COLUMN_LETTERS: Final = 26
_HELD: Final = frozenset({"v", "f", "is", "t"})
"""What stands in a cell of XLSX that holds a value, a formula or a text."""


class UnsoundWorkbook(ValueError):  # noqa: N818 - what is wrong with it
    """A workbook cannot be opened safely; its text says why."""


def refuse_unsound(body: bytes) -> None:
    """Look through a workbook as it is packed.

    Raises:
        UnsoundWorkbook: it is no ODS or XLSX, is broken, or would unpack to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            _look_through(packed)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError) as broken:
        raise UnsoundWorkbook(str(broken) or "it ends too early") from None
    except (RuntimeError, OSError, ValueError) as broken:
        raise UnsoundWorkbook(str(broken)) from None


def _look_through(packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    names = {part.filename for part in parts}
    if not names & {_ODS_CONTENT, _XLSX_BOOK}:
        raise UnsoundWorkbook("it is neither ODS nor XLSX")
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED_BYTES:
        raise UnsoundWorkbook(f"it unpacks to more than {LARGEST_UNPACKED_BYTES} bytes")
    for part in parts:
        if part.filename.lower().endswith(_XML):
            _look_through_part(packed, part)


def _look_through_part(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    parser = expat.ParserCreate()
    if part.filename == _ODS_CONTENT:
        ods = _OdsExtent()
        parser.StartElementHandler = ods.begins
        parser.EndElementHandler = ods.ends
    elif part.filename.lower().endswith(_XLSX_LINKS):
        parser.StartElementHandler = _refuse_hidden
    else:
        parser.StartElementHandler = _XlsxExtent().begins
    try:
        with packed.open(part) as unpacked:
            while block := unpacked.read(_BLOCK_BYTES):
                parser.Parse(block, False)  # noqa: FBT003 - more is to come
        parser.Parse(b"", True)  # noqa: FBT003 - this is the end
    except expat.ExpatError as broken:
        raise UnsoundWorkbook(f"{part.filename}: {broken}") from None


def _refuse_hidden(_tag: str, told: dict[str, str]) -> None:
    """Refuse what a workbook may keep a sheet in that we would not look through."""
    target = told.get("Target", _XML[0])
    if not target.lower().endswith(_XML[0]):
        raise UnsoundWorkbook(f"it keeps {target} beside its sheets; save it without macros")


class _XlsxExtent:
    """How far out the cells of a sheet stand that hold anything, by the reference of each.

    A cell that is only painted is not counted: nobody keeps it.
    """

    def __init__(self) -> None:
        self._rows = self._columns = 1
        self._row = self._column = 0

    def begins(self, tag: str, told: dict[str, str]) -> None:
        """Look at a row, a cell, or what a cell holds."""
        word = tag.rpartition(":")[2]
        if word == "row":
            self._row = int(told.get("r", self._row + 1))
            self._column = 0
        elif word == "c":
            self._column += 1
            if "r" in told:
                self._row, self._column = _place(told["r"])
        elif word in _HELD:
            self._rows = max(self._rows, self._row)
            self._columns = max(self._columns, self._column)
            _refuse_too_many(self._rows, self._columns)


def _place(reference: str) -> tuple[int, int]:
    """Return the row and the column of a reference such as C7."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * _COLUMN_LETTERS + ord(letter.upper()) - ord("A") + 1
    return int(reference[len(letters) :] or 0), column


class _OdsExtent:
    """How far out the cells of a sheet stand, where cells and rows may be told many at once.

    What is empty to the end of a row, or of the sheet, is not counted: nobody keeps it.
    """

    def __init__(self) -> None:
        self._rows = self._rows_waiting = self._repeats = 0
        self._columns = self._cells = self._cells_waiting = 0

    def begins(self, tag: str, told: dict[str, str]) -> None:
        """Look at a sheet, a row or a cell."""
        if tag == "table:table":
            self._rows = self._rows_waiting = self._columns = 0
        elif tag == "table:table-row":
            self._repeats = _count(told, "table:number-rows-repeated")
            self._cells = self._cells_waiting = 0
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cells_waiting += _count(told, "table:number-columns-repeated")
            if any(name.startswith("office:") for name in told):
                self._fill()
        elif tag == "text:p":
            self._fill()

    def ends(self, tag: str) -> None:
        """Look at what a row came to."""
        if tag != "table:table-row":
            return
        self._rows_waiting += self._repeats
        if self._cells:
            self._rows += self._rows_waiting
            self._rows_waiting = 0
            self._columns = max(self._columns, self._cells)
            _refuse_too_many(self._rows, self._columns)

    def _fill(self) -> None:
        self._cells += self._cells_waiting
        self._cells_waiting = 0


def _count(told: dict[str, str], name: str) -> int:
    return int(told.get(name, "1"))


def _refuse_too_many(rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        raise UnsoundWorkbook(
            f"a sheet has {rows} rows of {columns} cells; delete what stands far out in it"
        )
