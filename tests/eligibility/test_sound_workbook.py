"""A workbook as people keep it is read; one that would unpack to a flood is refused."""

import io
import zipfile

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill

from services.eligibility.ofsted.rows import read_ofsted
from services.eligibility.ofsted.sound_workbook import UnsoundWorkbook, refuse_unsound
from tests.eligibility.ofsted_files import ods_of, table, xlsx_of

URNS = [f"SC99{number:04}" for number in range(1, 46)]
ROWS = table("in_year", *({"urn": urn} for urn in URNS))

TO_THE_END = (
    b'<table:table-row table:number-rows-repeated="1048530">'
    b'<table:table-cell table:style-name="ce1" table:number-columns-repeated="16384"/>'
    b"</table:table-row>"
)
"""As LibreOffice writes the rows below the last: painted, and empty to the end of the sheet."""


def as_kept():
    """Return the agencies as XLSX with a painted header, frozen, and a painted last row."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in ROWS:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    for column in range(1, 27):
        sheet.cell(1_048_576, column).fill = PatternFill("solid", fgColor="FFFF00")
    body = io.BytesIO()
    workbook.save(body)
    return body.getvalue()


def with_part(body, name, old, new):
    """Return a workbook in a part of which one text is put otherwise."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as read, zipfile.ZipFile(changed, "w") as written:
        for part in read.infolist():
            content = read.read(part)
            if part.filename == name:
                assert old in content
                content = content.replace(old, new)
            written.writestr(part.filename, content)
    return changed.getvalue()


def to_the_end_of_the_sheet():
    body = ods_of(Providers=ROWS)
    return with_part(body, "content.xml", b"</table:table>", TO_THE_END + b"</table:table>")


@pytest.mark.parametrize("body", [as_kept(), to_the_end_of_the_sheet()], ids=["xlsx", "ods"])
def test_a_sheet_that_is_painted_to_its_last_row_is_read(body):
    read = read_ofsted("providers", body, URNS)

    assert [row.urn for row in read.rows] == URNS
    assert [row.line for row in read.rows] == list(range(2, 47))
    assert (read.refused, read.notices) == ([], [])


def test_a_cell_without_its_place_stands_in_its_row_however_far_out_that_is():
    sheet, row = "xl/worksheets/sheet1.xml", b'<row r="1">'
    cells = [["x"] * 30]
    body = with_part(xlsx_of(A=cells), sheet, row, b'<row r="1048576">')
    placed = [f'r="{openpyxl.utils.get_column_letter(at)}1" '.encode() for at in range(1, 31)]
    for place in placed:
        body = with_part(body, sheet, place, b"")

    with pytest.raises(UnsoundWorkbook, match="1048576 rows of 20 cells; delete what stands far"):
        refuse_unsound(body)


@pytest.mark.parametrize(
    ("kept_as", "refusal"),
    [
        ("other/sheet1.xml", "a sheet has 1048576 rows of 16384 cells"),
        ("Worksheets/sheet1.XML", "a sheet has 1048576 rows of 16384 cells"),
        ("worksheets/sheet1.bin", "it keeps /xl/worksheets/sheet1.bin beside its sheets"),
    ],
)
def test_a_flood_is_found_wherever_in_the_workbook_the_sheet_is_kept(kept_as, refusal):
    body = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_of(A=[["x"]]))) as read,
        zipfile.ZipFile(body, "w") as written,
    ):
        for part in read.infolist():
            content = read.read(part).replace(b'r="A1"', b'r="XFD1048576"')
            content = content.replace(b"worksheets/sheet1.xml", kept_as.encode())
            written.writestr(part.filename.replace("worksheets/sheet1.xml", kept_as), content)

    with pytest.raises(UnsoundWorkbook, match=refusal):
        refuse_unsound(body.getvalue())
