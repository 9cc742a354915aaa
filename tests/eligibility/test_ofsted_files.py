"""Ofsted's provider files are read in every form in which they have been published."""

import re
import zipfile
from contextlib import suppress
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.ofsted.rows import read_ofsted
from shared.errors import FileRefused
from tests.eligibility.ofsted_files import (
    HEADERS,
    IFA,
    LA,
    NOT_ITS_OWN,
    SHEETS,
    csv_of,
    ods_of,
    table,
    xlsx_of,
)

ON_REGISTER = {"SC990001", "SC990002", "1234567"}
FORMS = {
    "csv": lambda _, rows: csv_of(rows),
    "csv_iso": lambda _, rows: csv_of(rows, british=False),
    "csv_with_mark": lambda _, rows: csv_of(rows, encoding="utf-8-sig"),
    "csv_of_windows": lambda _, rows: csv_of(rows, encoding="cp1252"),
    "xlsx": lambda sheet, rows: xlsx_of(**{sheet: rows}),
    "ods": lambda sheet, rows: ods_of(**{sheet: rows}),
}


def read(body, name="providers.csv"):
    return read_ofsted(name, body, ON_REGISTER)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("variant", HEADERS)
def test_each_layout_is_read_from_each_kind_of_file(variant, form):
    body = FORMS[form](SHEETS[variant], table(variant, {"owner": "Å. Söhne Ltd"}))

    told = read(body)

    assert told.refused == []
    [row] = told.rows
    assert (row.urn, row.owner, row.status, row.line) == ("SC990001", "Å. Söhne Ltd", "active", 2)
    assert row.inspected == date(2025, 6, 2)
    has = set(row.sheet.columns)
    assert row.registered == (date(2004, 1, 8) if "registered" in has else None)
    assert row.published == (date(2025, 7, 10) if "published" in has else None)
    assert row.overall == ("good" if "overall" in has else None)
    assert row.helped_and_protected == (
        "outstanding" if "helped_and_protected" in has else "unknown"
    )


def test_what_each_layout_tells_is_known():
    told = {
        variant: set(read(csv_of(table(variant, {}))).rows[0].sheet.columns) for variant in HEADERS
    }

    always = {"urn", "provision", "owner", "status", "inspected"}
    graded = always | {"overall"}
    parts = {"helped_and_protected", "leaders_and_managers"}
    assert told == {
        "current": graded,
        "closed": graded | {"ended"},
        "combined": graded | parts | {"registered", "ended"},
        "older": graded | parts | {"registered", "ended"},
        "inspected": always | {"registered", "event", "published"},
        "in_year": graded | parts | {"registered", "ended", "event", "published"},
    }


def test_the_case_and_the_spaces_of_a_header_do_not_count():
    [header, row] = table("combined", {})
    shouted = [f"  {name.upper().replace(' ', '  ')} " for name in header]

    assert read(csv_of([shouted, row])).rows[0].overall == "good"


def test_the_header_may_stand_below_a_title_and_notes():
    rows = [["Social care providers"], [""], ["As at 31 March 2026"], [""], *table("combined", {})]

    for body in (csv_of(rows), xlsx_of(Providers=rows), ods_of(Providers=rows)):
        assert [row.line for row in read(body).rows] == [6]


def test_every_sheet_of_providers_is_read_and_the_others_are_named():
    body = xlsx_of(
        **{
            "Notes": [["What this file is about"]],
            "Current providers": table("current", {}),
            "Providers closed in 2022-23": table(
                "closed", {"urn": "SC990002", "status": "Resigned", "ended": date(2022, 9, 30)}
            ),
        }
    )

    told = read(body, "providers.xlsx")

    assert [(row.sheet.label, row.urn, row.ended) for row in told.rows] == [
        ("providers.xlsx, sheet Current providers", "SC990001", None),
        ("providers.xlsx, sheet Providers closed in 2022-23", "SC990002", date(2022, 9, 30)),
    ]
    assert told.notices == ["Holds no providers and was not read: sheet Notes."]


def test_only_independent_fostering_agencies_on_the_framework_are_read_and_the_others_counted():
    told = read(
        csv_of(
            table(
                "combined",
                {},
                {"provision": LA, "urn": "XXXXXXX", "overall": NOT_ITS_OWN},
                {"provision": "Children's home", "overall": "nonsense"},
                {"urn": "SC123456", "overall": "nonsense of an agency that nobody asks"},
                {"urn": "SC990002", "provision": f" {IFA.upper()} "},
            )
        )
    )

    assert [row.urn for row in told.rows] == ["SC990001", "SC990002"]
    assert told.skipped == {"other_provision": 2, "not_on_the_framework": 1}
    assert told.refused == []


def test_a_file_without_an_agency_says_so():
    assert read(csv_of(table("combined", {"provision": LA}))).notices == [
        "No row is about an independent fostering agency."
    ]


def test_a_file_without_an_overall_judgement_says_so():
    [notice] = read(csv_of(table("inspected", {}))).notices

    assert notice.startswith("providers.csv tells no overall judgement, in none of: Overall exp")


def test_a_file_that_can_end_no_registration_says_so():
    header, row = table("current", {})
    place = header.index("Registration status")
    rows = [[*cells[:place], *cells[place + 1 :]] for cells in (header, row)]

    [notice] = read(csv_of(rows)).notices

    assert notice.startswith("providers.csv ends no registration: it has none of: Registration st")


def test_a_header_that_points_to_a_note_is_known():
    header, row = table("combined", {})
    pointing = [f"{name} [note 1]" for name in header[:-1]] + [f"{header[-1]} [Notes 2, 3]"]

    told = read(csv_of([pointing, row])).rows[0].sheet.columns
    usual = read(csv_of([header, row])).rows[0].sheet.columns
    assert {meaning: place for meaning, (place, _) in told.items()} == {
        meaning: place for meaning, (place, _) in usual.items()
    }


# What is refused whole.


def wholly_refused(body, name="providers.csv"):
    with pytest.raises(FileRefused) as whole:
        read(body, name)
    return str(whole.value)


def test_two_columns_that_tell_the_same_are_refused():
    header, row = table("current", {})

    said = wholly_refused(csv_of([[*header, "Inspection date"], [*row, "02/06/2025"]]))

    assert said == (
        "providers.csv:1: Inspection date: found as well as Date of last full inspection; "
        "allowed: one of them"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"URN,Name\nSC990001,Owlbarrow\n",
        csv_of([["x"]] * 60 + table("in_year", {})),
        xlsx_of(Providers=[]),
        ods_of(Providers=[["URN"]]),
    ],
    ids=["empty", "blank", "no_provision", "too_far_down", "empty_sheet", "another_table"],
)
def test_a_file_without_a_table_of_providers_is_refused(body):
    assert "found no header row of providers; allowed: a table with the columns URN and Prov" in (
        wholly_refused(body)
    )


def _without_content():
    body = BytesIO()
    with zipfile.ZipFile(body, "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    return body.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        b"PK\x03\x04 and no more",
        xlsx_of(Providers=table("in_year", {}))[:-40],
        _without_content(),
    ],
    ids=["zip", "cut_short", "another_zip"],
)
def test_a_broken_workbook_is_refused(body):
    assert "found a broken workbook (" in wholly_refused(body, "providers.xlsx")


def test_a_workbook_that_unpacks_to_a_flood_is_refused_before_it_is_unpacked():
    body = BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("workbook", *range(32)):
            packed.writestr(f"xl/{name}.xml", b"\0" * (16 << 20), compresslevel=1)

    said = wholly_refused(body.getvalue(), "providers.xlsx")

    assert "it unpacks to more than 536870912 bytes" in said


def test_a_broken_csv_is_refused_with_its_line():
    body = csv_of(table("in_year", {})) + b'SC990001,"x'

    assert wholly_refused(body).startswith("providers.csv:3: row: found ")


@given(st.binary(max_size=400))
def test_whatever_the_bytes_they_are_read_or_refused(body):
    header = csv_of(table("in_year", {}))

    for start in (b"", header, b"PK\x03\x04"):
        with suppress(FileRefused):
            read(start + body)


def test_a_file_of_windows_is_read_and_says_so():
    told = read(csv_of(table("in_year", {"owner": "Caf\u00e9 \u2013 Söhne"}), encoding="cp1252"))

    assert told.rows[0].owner == "Café \u2013 Söhne"
    assert told.notices == ["The file is not UTF-8; it was read as cp1252."]
    assert read(csv_of(table("in_year", {"owner": "\x81é"}), encoding="latin-1")).notices == [
        "The file is not UTF-8; it was read as latin-1."
    ]
    assert read(csv_of(table("in_year", {"owner": "é"}), encoding="utf-16")).rows[0].owner == "é"


def test_a_workbook_of_the_old_excel_is_refused():
    assert "a workbook of the old Excel" in wholly_refused(b"\xd0\xcf\x11\xe0 and more")


@pytest.mark.parametrize("part", ["content.xml", "xl/workbook.xml"])
def test_a_workbook_whose_xml_was_cut_off_is_refused_and_nobody_waits_for_its_end(part):
    body = ods_of(A=table("in_year", {})) if part == "content.xml" else xlsx_of(A=[["URN"]])
    cut = BytesIO()
    with zipfile.ZipFile(BytesIO(body)) as packed, zipfile.ZipFile(cut, "w") as again:
        for one in packed.infolist():
            content = packed.read(one)
            again.writestr(one.filename, content[:-30] if one.filename == part else content)

    assert f"a broken workbook ({part}: " in wholly_refused(cut.getvalue())


def _far_out():
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["XFD1048576"] = "URN", "x"
    body = BytesIO()
    workbook.save(body)
    return body.getvalue()


def _told_many_times():
    body = BytesIO()
    with zipfile.ZipFile(BytesIO(ods_of(A=[["x"]]))) as one, zipfile.ZipFile(body, "w") as many:
        for part in one.infolist():
            content = one.read(part).replace(
                b"<table:table-row>", b'<table:table-row table:number-rows-repeated="90000000">'
            )
            many.writestr(part.filename, content)
    return body.getvalue()


@pytest.mark.parametrize("body", [_far_out(), _told_many_times()], ids=["xlsx", "ods"])
def test_a_sheet_whose_last_cell_stands_far_out_is_refused_before_its_cells_are_made(body):
    assert re.search(r"a sheet has \d+ rows of \d+ cells", wholly_refused(body))
