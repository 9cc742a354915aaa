"""Files of the statistics office are read as published, or refused whole."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.figures.index_table_csv import read_index_file
from services.pricing.figures.ons_csv import read_ons_series
from services.pricing.indices import usual_range
from services.pricing.months import Month
from shared.errors import FileRefused
from tests.pricing.builders import NATIONAL

HEADING = {
    "Title": "CPI ANNUAL RATE 00: ALL ITEMS 2015=100",
    "CDID": "D7G7",
    "Source dataset ID": "MM23",
    "PreUnit": "",
    "Unit": "%",
    "Release date": "25-03-2026",
    "Next release": "22 April 2026",
    "Important notes": "",
}
USUAL = (
    "a number from -10 to 30 (up to February 2026 the office had published -0.1 to 11.1); "
    "if it did publish this one, import the file as unusual (--unusual)"
)
ROWS = [
    ("2025", "3.4"),
    ("2025 Q4", "3.5"),
    ("2025 NOV", "3.2"),
    ("2025 DEC", "3.4"),
    ("2026 JAN", "3.0"),
]


def ons_file(tmp_path, heading=None, rows=None, drop=None):
    told = HEADING | (heading or {})
    lines = [f'"{name}","{said}"' for name, said in told.items() if name != drop]
    lines += [f'"{period}","{value}"' for period, value in (rows or ROWS)]
    path = tmp_path / "series.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def refusal(path, **told):
    with pytest.raises(FileRefused) as refused:
        read_ons_series(path, **told)
    return [str(fault).removeprefix(f"{path}") for fault in refused.value.faults]


def test_the_file_as_published_is_read_by_its_monthly_rows_alone():
    values = read_ons_series(NATIONAL / "ons_d7g7.csv")

    assert (values[0].month, values[-1].month) == (Month(1989, 1), Month(2026, 2))
    assert len(values) == 37 * 12 + 2
    assert values[-1].value == Decimal("3.0")
    assert {value.released_on for value in values} == {date(2026, 3, 25)}


def test_the_index_as_published_is_read_too():
    values = read_ons_series(NATIONAL / "ons_d7bt.csv")

    assert {value.series for value in values} == {"D7BT"}
    assert values[0].month == Month(1988, 1)


def test_an_annual_row_is_never_read_as_a_month(tmp_path):
    values = read_ons_series(ons_file(tmp_path))

    assert [f"{value.month} {value.value}" for value in values] == [
        "2025-11 3.2",
        "2025-12 3.4",
        "2026-01 3.0",
    ]


@pytest.mark.parametrize(
    ("heading", "rows", "fault"),
    [
        (
            {"CDID": "L55O", "Title": "CPIH ANNUAL RATE 00: ALL ITEMS 2015=100"},
            None,
            (
                ":2: CDID: found L55O, which is CPIH ANNUAL RATE 00: ALL ITEMS 2015=100; "
                "allowed: D7G7 (the CPI 12-month rate), D7BT (the CPI index)"
            ),
        ),
        (
            {"Title": "CPIH ANNUAL RATE 00: ALL ITEMS 2015=100"},
            None,
            (
                ":1: Title: found CPIH ANNUAL RATE 00: ALL ITEMS 2015=100; "
                "allowed: CPI ANNUAL RATE 00: ALL ITEMS ..., as series D7G7 is called"
            ),
        ),
        (
            {"Source dataset ID": "PPI"},
            None,
            ":3: Source dataset ID: found PPI; allowed: MM23",
        ),
        (
            {"Release date": "2026-03-25"},
            None,
            ":6: Release date: found 2026-03-25; allowed: a day such as 25-03-2026",
        ),
        (
            {},
            [("2025 NOV", "3.2"), ("2026 JAN", "3.0")],
            ":10: 2026-01: found 2026-01 after 2025-11; allowed: 2025-12: no gap, no month twice",
        ),
        (
            {},
            [("2025 NOV", "3.2"), ("2025 NOV", "3.2")],
            ":10: 2025-11: found 2025-11 after 2025-11; allowed: 2025-12: no gap, no month twice",
        ),
        (
            {},
            [("2025 NOV", "132.5")],
            f":9: 2025-11: found 132.5; allowed: {USUAL}",
        ),
        (
            {},
            [("2025 NOV", "n/a")],
            ":9: 2025-11: found n/a; allowed: a number such as 3.8",
        ),
        (
            {},
            [("2025 NOV", "1e1")],
            ":9: 2025-11: found 1e1; allowed: a number such as 3.8",
        ),
        (
            {},
            [("2026 MAR", "3.3")],
            ":9: 2026-03: found a month to come; allowed: months before the release of 2026-03-25",
        ),
        (
            {},
            [("2025 NOV", "3.2"), ("Nov 2025", "3.2")],
            (
                ":10: period: found Nov 2025; "
                "allowed: a year, a quarter such as 2026 Q1 or a month such as 2026 FEB"
            ),
        ),
        (
            {},
            [("2025", "3.4"), ("2025 Q4", "3.5")],
            (
                ": D7G7: found annual and quarterly rows alone; allowed: monthly rows, such as "
                "2026 FEB: ask the office's site for the months"
            ),
        ),
        (
            {},
            [("0001 JAN", "3.4"), ("2026 JAN", "3.0")],
            (
                ":9: period: found 0001 JAN; "
                "allowed: a year, a quarter such as 2026 Q1 or a month such as 2026 FEB"
            ),
        ),
    ],
    ids=[
        "CPIH in the slot of CPI",
        "the code of CPI over the title of CPIH",
        "another data set",
        "a release date in another form",
        "a month left out",
        "a month twice",
        "an index value among rates",
        "no number",
        "a number in powers of ten",
        "a month after the release",
        "a period in another form",
        "annual rows only",
        "a month of no time of ours",
    ],
)
def test_a_file_with_a_fault_is_refused_with_line_and_reason(tmp_path, heading, rows, fault):
    assert refusal(ons_file(tmp_path, heading, rows)) == [fault]


def test_what_is_out_of_the_ordinary_is_taken_from_who_has_checked_it(tmp_path):
    path = ons_file(tmp_path, rows=[("2025 NOV", "132.5")])

    assert [value.value for value in read_index_file(path, unusual=True)] == [Decimal("132.5")]


def test_even_what_was_checked_has_to_be_a_number(tmp_path):
    with pytest.raises(FileRefused, match="allowed: a number such as"):
        read_index_file(ons_file(tmp_path, rows=[("2025 NOV", "..")]), unusual=True)


@pytest.mark.parametrize(("name", "series"), [("ons_d7g7.csv", "D7G7"), ("ons_d7bt.csv", "D7BT")])
def test_the_range_is_told_as_it_was_published(name, series):
    values = [value.value for value in read_ons_series(NATIONAL / name)]

    assert f"had published {min(values)} to {max(values)})" in usual_range(series)


def test_a_value_remembers_its_line_while_it_is_imported():
    path = NATIONAL / "ons_d7g7.csv"

    assert read_index_file(path)[-1].place == f"{path}:639"


def test_a_file_without_one_of_its_heading_rows_is_refused(tmp_path):
    faults = refusal(ons_file(tmp_path, drop="Unit"))

    assert faults == [":5: Unit: found Release date; allowed: the heading row Unit"]


def test_the_index_is_refused_where_the_rate_is_expected():
    path = NATIONAL / "ons_d7bt.csv"

    (fault,) = refusal(path, expected="D7G7")

    assert fault == ":2: CDID: found D7BT, which is CPI INDEX 00: ALL ITEMS 2015=100; allowed: D7G7"


def test_every_fault_of_a_file_is_told_at_once(tmp_path):
    rows = [("2025 NOV", "x"), ("2025 NOV", "99"), ("later", "3")]

    assert len(refusal(ons_file(tmp_path, rows=rows))) == 3


def test_the_table_of_later_months_says_where_each_value_was_read():
    values = read_index_file(NATIONAL / "cpi_d7g7_2026.csv")

    assert [f"{value.month} {value.value} {value.standing}" for value in values] == [
        "2026-03 3.3 published",
        "2026-04 2.8 published",
        "2026-05 2.8 published",
        "2026-06 2.6 published",
        "2026-07 2.9 published",
        "2026-08 3.1 derived",
    ]
    assert all(value.source for value in values)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("D7BT,2026-03,3.3,2026-04-22,published,ONS", "series: found D7BT"),
        ("D7G7,2026-13,3.3,2026-04-22,published,ONS", "month: found 2026-13"),
        ("D7G7,2026-03,33.3,2026-04-22,published,ONS", "value: found 33.3; allowed: a number from"),
        ("D7G7,2026,3.3,2026-04-22,published,ONS", "the rate of a year or a quarter is another"),
        ("D7G7,2026 Q1,3.3,2026-04-22,published,ONS", "the rate of a year or a quarter is another"),
        ("D7G7,0000-01,3.3,2026-04-22,published,ONS", "month: found 0000-01"),
        ("D7G7,2026-03,3.3,2026-03-31,published,ONS", "allowed: a day after 2026-03"),
        ("L55O,2026-03,3.3,2026-04-22,published,ONS", "series: found L55O; allowed: D7G7"),
        ("D7G7,2026-03,3.3%,2026-04-22,published,ONS", "value: found 3.3%"),
        ("D7G7,2026-03,3.3,2026-02-22,published,ONS", "released_on: found 2026-02-22"),
        ("D7G7,2026-03,3.3,2026-04-22,guessed,ONS", "standing: found guessed"),
        ("D7G7,2026-03,3.3,2026-04-22,published,", "source: found"),
    ],
)
def test_a_row_of_the_table_with_a_fault_is_refused(tmp_path, row, found):
    path = tmp_path / "table.csv"
    path.write_text(f"series,month,value,released_on,standing,source\n{row}\n", encoding="utf-8")

    with pytest.raises(FileRefused, match=found):
        read_index_file(path)
