"""A review that supersedes another of its day counts what it changes, and nothing else."""

import csv
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import update

from services.pricing.api.answers_reviews import line_told
from services.pricing.reviews.lines_csv import lines_csv
from services.pricing.reviews.preview import kept_digest
from services.pricing.reviews.workbook import write_workbook
from services.pricing.store.review_lines import lines_of, spot_lines_of
from services.pricing.store.review_tables import REVIEW_LINES, REVIEW_SPOT_LINES
from services.pricing.store.reviews import PREVIEWED
from shared.money import pounds
from tests.pricing.builders import FAMILY, OTHER_URN
from tests.pricing.pricing_service import APRIL_2026, started
from tests.pricing.reviewed import ID
from tests.pricing.ruling import terms_file, yaml_of

OTHER = FAMILY._replace(agency=OTHER_URN)
LEFT = f"[{{agency: {OTHER_URN}, because: in dispute}}]"
PROVISIONAL = "kent-medway-2026-04-01-provisional"
SPOT = {"agreement": "spot", "agreed_weekly": pounds("1000.00")}


@pytest.fixture
def provisional(ready, tmp_path):
    """Return a service with a provisional award of 5 % on two agencies and a spot placement."""
    ready.has_fees("800.00", families=(OTHER,))
    ready.hears(started("P2", agency=OTHER_URN), started("S1", **SPOT))
    ready.terms = terms_file(tmp_path, yaml_of(rate="5"))
    ready.reviews(award="provisional")
    return ready


@pytest.fixture
def superseding(provisional, tmp_path):
    """Return the same with the preview of a final award of 6 % that leaves one agency."""
    provisional.terms = terms_file(tmp_path, yaml_of(rate="6", exclude=LEFT))
    return provisional, provisional.previews(provisional.drafts().id)


def body_of(review):
    return review.last(PREVIEWED).body


def lines_by_agency(pricing, review_id):
    with pricing.database.reading() as connection:
        return {line.key.agency: line for line in lines_of(connection, review_id)}


def rise_told(pricing, review_id):
    """Return by how much the messages of a review move what is paid a week."""
    told = [event.data for event in pricing.sent() if event.data.review_id == review_id]
    return sum(one.new_weekly - one.old_weekly for one in told)


def test_every_line_starts_from_the_fee_that_the_provisional_award_has_brought(superseding):
    found = lines_by_agency(superseding[0], ID)

    # 900.00 x 1.05 = 945.00 holds; the final award is 900.00 x 1.06 = 954.00.
    moved, back = found[FAMILY.agency], found[OTHER_URN]
    assert (f"{moved.before}", f"{moved.after}", f"{moved.base}") == ("945.00", "954.00", "900.00")
    assert (f"{back.before}", f"{back.after}", back.base) == ("840.00", "800.00", None)
    assert (moved.outcome, back.outcome) == ("uplifted", "restored")


def test_so_does_the_line_of_a_spot_placement(superseding):
    with superseding[0].database.reading() as connection:
        (line,) = spot_lines_of(connection, ID)

    assert (f"{line.before}", f"{line.after}", f"{line.base}") == ("1050.00", "1060.00", "1000.00")


def test_its_totals_are_what_it_changes(superseding):
    body = body_of(superseding[1])

    # Four bands: 4 x 945.00 + 4 x 840.00 and 4 x 954.00 + 4 x 800.00.
    assert (body["total"]["weekly_before"], body["total"]["weekly_after"]) == ("7140.00", "7016.00")
    # 945.00 + 840.00 + 1050.00 are paid, and then 954.00 + 800.00 + 1060.00.
    assert (body["total"]["paid_before"], body["total"]["paid_after"]) == ("2835.00", "2814.00")
    # 9.00 x 365 / 7 = 469.29; 10.00 x 365 / 7 = 521.43; -40.00 x 365 / 7 = -2085.71
    assert body["total"]["annual_effect"] == "-1094.99"


def test_what_finance_is_told_at_the_end_is_what_its_messages_come_to(superseding):
    service, review = superseding
    service.on(date(2026, 4, 15))
    service.approves(review)

    applied, _ = service.applies(review.id)

    rise = sum(line.weekly_after - line.weekly_before for line in applied.service_lines)
    assert rise == rise_told(service, review.id) == Decimal("-21.00")
    # Two weeks of it are owed.
    assert applied.arrears_total == Decimal("-42.00")
    assert applied.annual_effect == sum(line.annual_effect for line in applied.service_lines)
    assert applied.supersedes == PROVISIONAL
    assert not service.mismatches()


def test_the_messages_of_the_first_award_and_of_the_one_after_add_up_to_the_year(superseding):
    service, review = superseding
    service.approves(review)
    service.applies(review.id)

    whole = rise_told(service, PROVISIONAL) + rise_told(service, review.id)

    # 54.00 + 0.00 + 60.00 more than last year.
    assert whole == Decimal("114.00")


def test_next_year_it_is_compared_with_both_awards_together(superseding):
    service, review = superseding
    service.approves(review)
    service.applies(review.id)

    before = body_of(service.previews(service.drafts(date(2027, 4, 1), review_id="R27").id))

    told = before["compared_with"]
    assert (told["review_id"], told["fees_uplifted"]) == (ID, 4)
    # From last year's 4 x 900.00 + 4 x 800.00, in one step: 54.00 and 60.00 x 365 / 7.
    assert (told["weekly_before"], told["weekly_after"]) == ("6800.00", "7016.00")
    assert (told["paid_before"], told["paid_after"]) == ("2700.00", "2814.00")
    # 2346.43 + 2085.71 + 2607.14 = 7039.28, and then -1094.99.
    assert told["annual_effect"] == "5944.29"


def test_the_same_award_again_changes_nothing(provisional):
    body = body_of(provisional.previews(provisional.drafts().id))

    assert body["total"]["annual_effect"] == "0.00"
    assert body["distribution"]["pounds_a_week"] == [
        {"above": "0.00", "up_to": "0.00", "fees": 8, "placements": 3}
    ]


@pytest.mark.parametrize("table", [REVIEW_LINES, REVIEW_SPOT_LINES], ids=str)
def test_the_fee_that_is_uplifted_is_sealed_too(superseding, table):
    service, review = superseding
    sealed = body_of(review)["digest"]

    with service.database.transaction() as connection:
        before = kept_digest(connection, review)
        connection.execute(
            update(table).where(table.c.base.is_not(None)).values(base=pounds("1.00"))
        )
        after = kept_digest(connection, review)

    assert before == sealed
    assert after != sealed


def test_a_person_can_check_it_in_the_workbook(superseding, tmp_path):
    service, review = superseding
    file = tmp_path / "review.xlsx"

    write_workbook(service.desk, review.id, file)

    formulas, values = openpyxl.load_workbook(file), openpyxl.load_workbook(file, data_only=True)
    row = next(each[0].row for each in values["lines"].iter_rows() if each[5].value == "uplifted")
    assert formulas["lines"][f"I{row}"].value == f"=ROUND(R{row}*(1+uplift_1/100),2)"
    told = [values["lines"][f"{column}{row}"].value for column in "GHIJR"]
    assert told == [945, 954, 954, "agrees", 900]
    assert formulas["spot lines"]["I2"].value == "=ROUND(N2*(1+uplift_1/100),2)"
    assert [values["spot lines"][f"{column}2"].value for column in "GHIJN"] == [
        *(1050, 1060, 1060),
        *("agrees", 1000),
    ]
    assert ["supersedes", PROVISIONAL] in [
        [row[0].value, row[1].value] for row in values["summary"].iter_rows()
    ]
    summary = {row[0].value: row for row in values["summary"].iter_rows() if row[0].value}
    both = summary["all"], summary["all, added up from the lines"]
    assert [row[4].value for row in both] == [7140, 7140]
    assert [row[7].value for row in both] == [-1094.99, -1094.99]


def test_the_fee_that_is_uplifted_is_in_the_csv_and_over_http(superseding):
    service, review = superseding
    with service.database.reading() as connection:
        lines = list(lines_of(connection, review.id))
        text = "".join(lines_csv(lines, spot_lines_of(connection, review.id)))

    rows = list(csv.DictReader(text.splitlines()))

    assert [row["uplifted_from"] for row in rows] == [*["900.00"] * 4, *[""] * 4, "1000.00"]
    assert [line_told(line)["uplifted_from"] for line in lines] == [*["900.00"] * 4, *[None] * 4]


def test_the_first_award_of_a_day_starts_from_the_year_before(ready):
    review = ready.previews(ready.drafts().id)

    assert {line.base for line in lines_by_agency(ready, review.id).values()} == {None}
    assert body_of(review)["supersedes"] is None
    assert review.effective_from == APRIL_2026
