"""What stands in the cells of Ofsted's provider files is read as it was meant, or refused."""

from datetime import date

import pytest

from services.eligibility.ofsted.rows import read_ofsted
from tests.eligibility.ofsted_files import NOT_ITS_OWN, csv_of, ods_of, table, xlsx_of

ON_REGISTER = {"SC990001", "SC990002", "1234567"}


def read(body, name="providers.csv"):
    return read_ofsted(name, body, ON_REGISTER)


def one_row(**told):
    """Return what the one row of a file of the year's inspections says."""
    return read(csv_of(table("in_year", told)))


def refused(**told):
    """Return the one fault of such a row, as (column, found, allowed)."""
    read_of = one_row(**told)
    assert not read_of.rows
    [fault] = read_of.refused
    assert (fault.file, fault.line) == ("providers.csv", 2)
    return fault.key, fault.found, fault.allowed


@pytest.mark.parametrize("urn", ["SC990001", " sc990001 ", "SC990001 "])
def test_a_number_with_letters_is_read_in_any_case(urn):
    assert one_row(urn=urn).rows[0].urn == "SC990001"


@pytest.mark.parametrize("urn", [1234567, "1234567", " 1234567"])
def test_a_number_of_seven_digits_is_read_as_text_and_as_a_number(urn):
    rows = table("in_year", {"urn": urn})

    for body in (csv_of(rows), xlsx_of(A=rows), ods_of(A=rows)):
        assert [row.urn for row in read(body).rows] == ["1234567"]


@pytest.mark.parametrize("urn", ["XXXXXXX", "SC99999", "990001", "SC9900011", "", "-"])
def test_what_is_no_number_of_an_agency_is_refused_the_placeholder_too(urn):
    column, found, allowed = refused(urn=urn)

    assert (column, found) == ("URN", urn.strip("-") or ("-" if urn else "nothing"))
    assert allowed == "SC and six digits, or seven digits"


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("Outstanding", "outstanding"),
        ("Good", "good"),
        ("good ", "good"),
        ("Requires improvement to be good", "requires_improvement"),
        ("Requires Improvement", "requires_improvement"),
        ("Adequate", "adequate"),
        ("Inadequate", "inadequate"),
        ("No overall grade", "no_overall_grade"),
        ("Not yet inspected", "not_yet_inspected"),
        (NOT_ITS_OWN, None),
        ("-", None),
        ("–", None),  # noqa: RUF001 - a longer dash
        ("", None),
    ],
)
def test_each_of_ofsteds_grades_is_known_the_old_ones_too(said, read_as):
    assert one_row(overall=said).rows[0].overall == read_as


def test_a_part_that_was_not_judged_is_unknown():
    row = one_row(helped="-", leaders="Not yet inspected").rows[0]

    assert (row.helped_and_protected, row.leaders_and_managers) == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("column", "cell"), [("overall", "Satisfactory"), ("overall", "2"), ("helped", "Met")]
)
def test_another_word_for_a_grade_is_refused_with_those_that_are_known(column, cell):
    _, found, allowed = refused(**{column: cell})

    assert found == cell
    assert allowed.startswith("Outstanding, Good, Requires improvement to be good")


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("02/06/2025", date(2025, 6, 2)),
        ("2/6/2025", date(2025, 6, 2)),
        ("2025-06-02", date(2025, 6, 2)),
        ("2025-06-02T00:00:00", date(2025, 6, 2)),
        ("2025-06-02 00:00:00", date(2025, 6, 2)),
        ("02/06/2025 00:00", date(2025, 6, 2)),
        ("-", None),
        ("", None),
    ],
)
def test_a_day_is_read_with_the_day_first_or_as_iso_has_it(said, read_as):
    assert one_row(inspected=said).rows[0].inspected == read_as


@pytest.mark.parametrize(
    "said", ["31/02/2025", "06/25/2025", "02/06/25", "June 2025", "45810", "2025-13-01"]
)
def test_what_is_no_day_is_refused(said):
    column, found, allowed = refused(inspected=said)

    assert (column, found) == ("Inspection date", said)
    assert "01/08/2025" in allowed


def test_a_number_in_a_sheet_is_no_day():
    [fault] = read(xlsx_of(A=table("in_year", {"inspected": 45810}))).refused

    assert (fault.key, fault.found) == ("Inspection date", "45810.0")


@pytest.mark.parametrize("status", ["Suspended", "Proposed"])
def test_a_status_that_says_neither_active_nor_ended_is_refused(status):
    assert refused(status=status)[:2] == ("Registration status", status)


@pytest.mark.parametrize("status", ["Resigned", "Cancelled", "CANCELLED", "Closed", "Deregistered"])
def test_a_registration_that_was_given_up_or_taken_away_has_ended(status):
    assert one_row(status=status).rows[0].status == "ended"


def test_a_visit_that_is_no_full_inspection_tells_of_the_registration_alone():
    told = one_row(event="Monitoring visit", overall="Improved effectiveness", inspected="soon")

    [row] = told.rows
    assert (row.overall, row.inspected, row.registered) == (None, None, date(2004, 1, 8))
    assert told.skipped == {"visits_without_a_grade": 1}


def test_every_fault_of_a_row_is_told_with_the_name_that_its_column_has_here():
    told = read(
        csv_of(table("older", {"inspected": "x", "overall": "y", "helped": "z", "status": "w"}))
    )

    assert [fault.key for fault in told.refused] == [
        "Provider Status",
        "Full Inspection Start Date",
        "Overall Effectiveness",
        "CYP Safety",
    ]


def test_a_row_with_more_cells_than_the_header_is_refused():
    header, row = table("in_year", {})

    [fault] = read(csv_of([header, [*row, "", "x"]])).refused

    assert (fault.key, fault.found, fault.allowed) == ("row", "17 cells", "15, as the header has")
    assert read(csv_of([header, [*row, "", ""]])).refused == []


def test_a_row_with_fewer_cells_leaves_the_last_columns_open():
    header, row = table("in_year", {})

    assert read(csv_of([header, row[:-1]])).rows[0].leaders_and_managers == "unknown"


def test_a_line_break_within_a_cell_does_not_shift_the_lines():
    header, *rows = table("in_year", {"owner": "Owl\nBarrow"}, {"urn": "SC990002"})

    assert [row.line for row in read(csv_of([header, *rows])).rows] == [2, 4]
