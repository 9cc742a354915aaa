"""The figures of a review as finance opens them: a workbook, and CSV."""

import csv
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO

import openpyxl
import pytest

from services.pricing.reviews.lines_csv import HEAD, lines_csv
from services.pricing.reviews.review import ReviewLine, SpotLine
from services.pricing.reviews.workbook import write_workbook
from services.pricing.store.review_lines import forget_lines, lines_of
from services.pricing.store.reviews import PREVIEWED, ReviewRefused
from shared.money import pounds
from tests.pricing.builders import FAMILY, OTHER_URN, key
from tests.pricing.pricing_service import started

JOINER = FAMILY._replace(agency=OTHER_URN)
SPOT = {"agreement": "spot", "agreed_weekly": pounds("1200.00"), "start_date": date(2024, 9, 2)}
PENNY = Decimal("0.01")


@pytest.fixture
def previewed(ready):
    """Return a service and its previewed review: fees of odd pence, one agency left out."""
    weeklies = ("870.07", "1013.74", "934.47", "0.29")
    for number, weekly in enumerate(weeklies, start=11):
        ready.has_fees(weekly, families=(FAMILY._replace(agency=f"SC9900{number}"),))
    ready.has_fees(families=(JOINER,), valid_from=date(2025, 6, 1))
    ready.hears(started("S1", **SPOT), started("P2", sibling_number=2))
    return ready, ready.previews(ready.drafts().id)


@pytest.fixture
def book(previewed, tmp_path):
    service, review = previewed
    file = tmp_path / "review.xlsx"
    write_workbook(service.desk, review.id, file)
    return file


def sheet(file, name, *, values=True):
    book = openpyxl.load_workbook(file, data_only=values)
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


def as_amount(cell):
    return Decimal(repr(cell)).quantize(PENNY) if cell is not None else None


def told_lines(service, review):
    with service.database.reading() as connection:
        return list(lines_of(connection, review.id))


def test_every_figure_is_read_back_to_the_penny(book, previewed):
    _, *rows = sheet(book, "lines")

    for row, line in zip(rows, told_lines(*previewed), strict=True):
        assert tuple(row[:6]) == (*line.key, line.outcome)
        # Not only after rounding: what is read is the nearest number there is to the pence.
        assert Decimal(repr(row[6])) == line.before
        assert Decimal(repr(row[7])) == line.after
        assert row[10] == line.placements
        assert as_amount(row[11]) == sum(paid.weekly_before for paid in line.service_lines)
        assert as_amount(row[12]) == sum(paid.weekly_after for paid in line.service_lines)


def test_a_new_fee_is_a_formula_that_a_person_can_follow(book):
    _, *formulas = sheet(book, "lines", values=False)
    _, *values = sheet(book, "lines")

    uplifted = [
        (formula[8], row)
        for formula, row in zip(formulas, values, strict=True)
        if row[5] != "excluded"
    ]
    assert uplifted[0][0] == "=ROUND(G2*(1+uplift_1/100),2)"
    rate = Decimal("3.8295004095")
    for formula, row in uplifted:
        before = Decimal(repr(row[6]))
        worked_out = (before * (1 + rate / 100)).quantize(PENNY, rounding=ROUND_HALF_UP)
        assert re.fullmatch(r"=ROUND\(G[0-9]+\*\(1\+uplift_1/100\),2\)", formula)
        assert as_amount(row[8]) == worked_out == as_amount(row[7])
    assert {row[9] for row in values} == {"agrees"}


def test_a_fee_that_is_left_says_why(book):
    left = [row for row in sheet(book, "lines") if row[5] == "excluded"]

    assert len(left) == 4
    assert {row[15] for row in left} == {
        "the price was fixed on 2025-06-01, so it first moves from 2026-06-01"
    }


def test_a_check_stands_beside_each_fee(book):
    _, *formulas = sheet(book, "lines", values=False)

    assert formulas[0][9] == '=IF(ROUND(H2-I2,2)=0,"agrees","DIFFERS")'


def test_the_parameters_are_worked_out_with_their_sources(book):
    values, formulas = sheet(book, "parameters"), sheet(book, "parameters", values=False)

    index = next(row for row in values if row[0] == "index")
    assert index[3:6] == ["D7G7", "2025-09", 3.8]
    assert index[7] is not None
    assert "ONS" in index[9]
    wage, wage_formula = (
        next(row for row in rows if row[0] == "wage") for rows in (values, formulas)
    )
    assert (wage[3], as_amount(wage[5]), as_amount(wage[6])) == (
        "nlw",
        Decimal("12.71"),
        Decimal("12.21"),
    )
    assert re.fullmatch(r"=ROUND\(\(F[0-9]+/G[0-9]+-1\)\*100,12\)", wage_formula[2])
    blended = next(row for row in formulas if row[0] == "blended")
    assert re.fullmatch(r"=ROUND\(SUMPRODUCT\(B3:B4,C3:C4\),12\)", blended[2])
    uplift = next(row for row in values if row[0] == "uplift")
    assert Decimal(repr(uplift[2])) == Decimal("3.8295004095")
    assert [row[1] for row in values if row[0] == "floor"] == [0]


def test_the_name_in_the_formulas_is_the_cell_of_the_uplift(book):
    names = openpyxl.load_workbook(book).defined_names

    row = next(
        number for number, row in enumerate(sheet(book, "parameters"), 1) if row[0] == "uplift"
    )
    assert names["uplift_1"].attr_text == f"parameters!$C${row}"


def test_the_summary_has_the_control_totals_and_the_digest(book, previewed):
    body = previewed[1].last(PREVIEWED).body

    rows = {row[0]: row[1:] for row in sheet(book, "summary") if row[0]}

    assert rows["digest of the preview"][0] == body["digest"]
    assert rows["days of the financial year"][0] == 365
    assert rows["state"][0] == "previewed"
    everything = rows["all"]
    assert everything[0] == body["total"]["fees_uplifted"] == 20
    assert as_amount(everything[3]) == Decimal(body["total"]["weekly_before"])
    assert as_amount(everything[6]) == Decimal(body["total"]["annual_effect"])
    added = rows["all, added up from the lines"]
    assert as_amount(added[3]) == Decimal(body["total"]["weekly_before"])


def test_what_the_summary_adds_up_by_formula_is_the_sum_of_the_lines(book, previewed):
    body = previewed[1].last(PREVIEWED).body
    _, *rows = sheet(book, "lines")
    _, *spot = sheet(book, "spot lines")

    moved = [row for row in rows if row[5] != "excluded"]
    assert sum(as_amount(row[6]) for row in moved) == Decimal(body["total"]["weekly_before"])
    effects = sum(as_amount(row[13]) for row in rows) + sum(as_amount(row[11]) for row in spot)
    assert effects == Decimal(body["total"]["annual_effect"])


def test_spot_placements_have_a_sheet_of_their_own(book):
    head, (placement, *rest) = sheet(book, "spot lines")

    assert head[0] == "placement"
    assert placement == "S1"
    assert rest[4] == "excluded"


def test_no_text_of_the_workbook_is_a_formula(book):
    named = openpyxl.load_workbook(book)

    for one in named:
        for row in one.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert cell.column > 1
                    assert re.match(r"=(ROUND|SUM|IF|MIN|MAX|C|F|G)", cell.value)


def test_a_review_that_was_not_previewed_has_no_workbook(ready, tmp_path):
    review = ready.drafts()

    with pytest.raises(ReviewRefused, match="is not previewed"):
        write_workbook(ready.desk, review.id, tmp_path / "review.xlsx")


def test_a_workbook_is_of_the_lines_that_were_sealed_or_is_refused(previewed, tmp_path):
    service, review = previewed
    with service.database.transaction() as connection:
        forget_lines(connection, review.id)

    with pytest.raises(ReviewRefused, match="Another preview was begun"):
        write_workbook(service.desk, review.id, tmp_path / "review.xlsx")

    assert not (tmp_path / "review.xlsx").exists()


def test_an_applied_review_keeps_its_workbook(previewed, tmp_path):
    service, review = previewed
    service.approves(review)
    service.applies(review.id)

    write_workbook(service.desk, review.id, tmp_path / "review.xlsx")

    rows = {row[0]: row[1:] for row in sheet(tmp_path / "review.xlsx", "summary") if row[0]}
    assert rows["state"][0] == "applied"
    assert rows["approved"][2] == "26/00001"


def test_a_reversal_has_a_workbook_too(ready, tmp_path):
    ready.reviews()
    taken_back = "kent-medway-2026-04-01-final"
    review = ready.previews(ready.drafts(award="reversal", reverses=taken_back).id)

    write_workbook(ready.desk, review.id, tmp_path / "review.xlsx")

    _, *rows = sheet(tmp_path / "review.xlsx", "lines")
    assert {(row[5], row[8], row[9]) for row in rows} == {("restored", None, "restored")}
    assert as_amount(rows[0][7]) == Decimal("900.00")


def fee_line(because="", outcome="uplifted"):
    return ReviewLine(key(), pounds("900.00"), pounds("945.00"), because, 0, outcome, None, ())


def read(text):
    return list(csv.DictReader(StringIO("".join(text), newline="")))


def test_the_csv_has_every_fee_key_and_every_spot_placement():
    spot = SpotLine("S1", FAMILY, "asylum", pounds("1200.00"), pounds("1260.00"), "", "uplifted")

    rows = read(lines_csv([fee_line()], [spot]))

    assert list(rows[0]) == list(HEAD)
    assert [(row["age_band"], row["spot_placement"], row["after"]) for row in rows] == [
        ("5-10", "", "945.00"),
        ("", "S1", "1260.00"),
    ]


@pytest.mark.parametrize("because", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_the_csv_is_a_formula(because):
    (row,) = read(lines_csv([fee_line(because, "excluded")], []))

    assert row["why"] == f"'{because}"


def test_commas_quotes_and_line_ends_stay_within_their_cell():
    said = 'fixed, "for now"\nand so on'

    (row,) = read(lines_csv([fee_line(said, "excluded")], []))

    assert row["why"] == said


def test_the_csv_comes_in_portions():
    portions = list(lines_csv((fee_line() for _ in range(1200)), []))

    assert len(portions) == 3
    assert len(read(portions)) == 1200
