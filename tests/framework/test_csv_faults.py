"""A fault in a CSV file is told with its line, what was found and what is allowed."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.fields import AgencyUrn, WireMoney
from shared.errors import FileRefused
from shared.framework.csv_file import FAULTS_TOLD, CsvFile
from shared.framework.fields import Answer, Day, DayOrBlank, WholeNumber, WordSet
from shared.framework.source import read_csv


class FeeRow(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    urn: AgencyUrn
    weekly: WireMoney
    from_: Day = Field(alias="from")
    left: DayOrBlank = None
    lots: WordSet = ()
    solo: Answer = False
    largest_group: WholeNumber = 0
    grade: Literal["good"] | Day | None = None


HEADER = "urn,weekly,from,left,lots,solo,largest_group\n"
ROW = "SC990001,900.00,2022-04-01,,core sibling_group,yes,3\n"
GOOD = f"# invented\n# agencies\n{HEADER}{ROW}"

FAULTS = [
    ("SC990001", "XXXXXXX", 4, "urn", "XXXXXXX", "text of the form"),
    ("SC990001", "sc990001", 4, "urn", "sc990001", "text of the form"),
    ("SC990001", "", 4, "urn", "nothing", "text of the form"),
    ("900.00", "900", 4, "weekly", "900", "exactly two decimals"),
    ("900.00", "£900.00", 4, "weekly", "£900.00", "exactly two decimals"),
    ("900.00", "1e5", 4, "weekly", "1e5", "exactly two decimals"),
    ("2022-04-01", "01/04/2022", 4, "from", "01/04/2022", "a day such as 2024-04-01"),
    ("2022-04-01", "2022-02-29", 4, "from", "2022-02-29", "a day that exists"),
    ("yes,3", "Y,3", 4, "solo", "Y", "yes or no"),
    ("yes,3", "yes,three", 4, "largest_group", "three", "a whole number such as 3"),
    ("yes,3", "yes,-1", 4, "largest_group", "-1", "a whole number such as 3"),
    ("core sibling", "core core sibling", 4, "lots", "core core sibling_group", "each word once"),
    ("core sibling", "Core sibling", 4, "lots", "Core sibling_group", "text of the form"),
    (",yes,3", ",yes", 4, "row", "6 cells", "7, as the header has"),
    (",yes,3", ",yes,3,4", 4, "row", "8 cells", "7, as the header has"),
    ("urn,weekly", "urn", 3, "weekly", "no such column", "urn, weekly, from"),
    ("from,left", "from,gone", 3, "gone", "an unknown column", "urn, weekly, from, left"),
    ("left,lots", "left,urn", 3, "urn", "the column a second time", "each column once"),
    (ROW, "", 3, "(file)", "no row", "a row or more"),
    (HEADER + ROW, "", None, "(file)", "no header row", "a header row"),
    (GOOD, "", None, "(file)", "an empty file", "a file with content"),
    ("core sibling_group", '"core', 4, "row", "unexpected end of data", "CSV"),
]


@pytest.mark.parametrize(("good", "bad", "line", "key", "found", "allowed"), FAULTS)
def test_a_fault_is_refused_where_it_stands(tmp_path, good, bad, line, key, found, allowed):
    text = GOOD.replace(good, bad, 1)
    if good == "urn,weekly":
        text = text.replace("SC990001,900.00", "SC990001")
    path = written(tmp_path, text)

    with pytest.raises(FileRefused) as refused:
        read_csv(path, FeeRow)

    told = {(fault.line, fault.key, fault.found): fault.allowed for fault in refused.value.faults}
    assert (line, key, found) in told, str(refused.value)
    assert allowed in told[line, key, found]
    assert {fault.file for fault in refused.value.faults} == {str(path)}


def test_every_fault_of_the_file_is_told_at_once(tmp_path):
    rows = ROW + ROW.replace("900.00", "9") + ROW + ROW.replace("2022-04-01", "then")

    with pytest.raises(FileRefused) as refused:
        read_csv(written(tmp_path, HEADER + rows), FeeRow)

    assert [(fault.line, fault.key) for fault in refused.value.faults] == [
        (3, "weekly"),
        (5, "from"),
    ]


def test_a_cell_that_may_hold_one_of_several_things_is_told_once_with_all_of_them(tmp_path):
    text = "urn,weekly,from,grade\nSC990001,900.00,2022-04-01,fair\n"

    with pytest.raises(FileRefused) as refused:
        read_csv(written(tmp_path, text), FeeRow)

    told = [(fault.key, fault.found, fault.allowed) for fault in refused.value.faults]
    assert told == [("grade", "fair", "good or a day such as 2024-04-01")]


def test_of_very_many_faults_the_first_are_told_and_the_rest_are_counted(tmp_path):
    rows = ROW.replace("900.00", "9") * (FAULTS_TOLD + 7)

    with pytest.raises(FileRefused) as refused:
        read_csv(written(tmp_path, HEADER + rows), FeeRow)

    assert len(refused.value.faults) == FAULTS_TOLD + 1
    assert refused.value.faults[-1].found == "7 more faults"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_spreadsheet_may_save_the_file_its_own_way(tmp_path, mark, line_end):
    path = tmp_path / "fees.csv"
    path.write_bytes(mark + GOOD.replace("\n", line_end).encode())

    rows = read_csv(path, FeeRow)

    assert [(row.urn, str(row.weekly), row.lots) for row in rows] == [
        ("SC990001", "900.00", ("core", "sibling_group"))
    ]


def test_a_column_with_a_default_may_be_left_out(tmp_path):
    rows = read_csv(written(tmp_path, "weekly,from,urn\n900.00,2022-04-01,SC990001\n"), FeeRow)

    assert (rows[0].left, rows[0].lots) == (None, ())


def test_the_line_is_right_below_empty_lines_and_cells_of_several_lines(tmp_path):
    text = '# top\n\nname,urn\n"one\ntwo",SC990001\n\nthree,SC990002\n'

    file = CsvFile.read(written(tmp_path, text))

    assert [file.line_of(row) for row in range(len(file.rows))] == [4, 7]
    assert file.fault(1, "urn", "SC990002", "an agency of the register").line == 7


def test_a_separator_that_is_no_line_end_stays_within_its_cell(tmp_path):
    file = CsvFile.read(written(tmp_path, "name,urn\none\u2028two,SC990001\n"))

    assert file.rows == [{"name": "one\u2028two", "urn": "SC990001"}]


def written(folder: Path, text: str) -> Path:
    path = folder / "fees.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return path
