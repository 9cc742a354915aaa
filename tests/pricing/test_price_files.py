"""Fees, wages and review terms are read whole, or refused with line and reason."""

import pytest

from services.pricing.fee_book.prices_csv import read_prices
from services.pricing.figures.wages_csv import read_wages
from services.pricing.terms.pack_yaml import read_terms
from shared.errors import FileRefused
from tests.pricing.builders import NATIONAL, PACK, URN, framework

PRICES = "urn,purchaser,placement_type,need_category,age_band,weekly,from,cause,reference"
GOOD = f"{URN},kent,core,standard,5-10,900.00,2022-04-01,tender,tender-2022"
WAGES = "effective_from,band,from_age,to_age,hourly,status,source"
TERMS = """\
price_review: sample
terms:
  - version: "1"
    in_force_from: 2022-04-01
    effective: {month: 4, day: 1}
    components:
      - {index: D7G7, month: 9, year: previous, share: "0.90"}
      - {wage: nlw, share: "0.10"}
    exclude:
      - {agreement: spot}
"""


def refusal(read, path):
    with pytest.raises(FileRefused) as refused:
        read(path)
    return [str(fault).removeprefix(f"{path}") for fault in refused.value.faults]


def written(tmp_path, *lines):
    path = tmp_path / "file"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_sample_pack_has_a_fee_for_each_of_its_rows():
    fees = read_prices(PACK / "prices.csv", framework())

    assert len({(fee.key, fee.valid_from) for fee in fees}) == len(fees) > 500


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (GOOD.replace("kent", "surrey"), "purchaser: found surrey; allowed: kent, medway"),
        (GOOD.replace("core", "respite"), "placement_type: found respite"),
        (GOOD.replace("standard", "mild"), "need_category: found mild"),
        (GOOD.replace("5-10", "5-11"), "age_band: found 5-11; allowed: 0-4, 5-10, 11-15, 16-18"),
        (GOOD.replace("900.00", "900"), "weekly: found 900"),
        (GOOD.replace("900.00", "9e2"), "weekly: found 9e2"),
        (GOOD.replace("900.00", "0.00"), "weekly: found 0.00; allowed: more than nothing"),
        (GOOD.replace("2022-04-01", "01/04/2022"), "from: found 01/04/2022"),
        (GOOD.replace(",tender,", ",review,"), "cause: found review"),
        (GOOD.replace(URN, "XXXXXXX"), "urn: found XXXXXXX"),
    ],
)
def test_a_fee_with_a_fault_is_refused(tmp_path, row, fault):
    path = written(tmp_path, PRICES, row)

    (told,) = refusal(lambda file: read_prices(file, framework()), path)

    assert told.startswith(f":2: {fault}")


def test_a_fee_twice_from_one_day_is_refused(tmp_path):
    path = written(tmp_path, PRICES, GOOD, GOOD)

    assert refusal(lambda file: read_prices(file, framework()), path) == [
        ":3: from: found 2022-04-01; allowed: each fee once from a day"
    ]


def test_the_wage_table_is_read_with_the_source_of_each_rate():
    rates = read_wages(NATIONAL / "minimum_wage.csv")

    assert len(rates) == 56
    assert all(rate.source for rate in rates)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("2026-04-01,nlw,21,,12.7,in_force,gov.uk", "hourly: found 12.7"),
        ("2026-04-01,nlw,21,,0.00,in_force,gov.uk", "hourly: found 0.00"),
        ("2026-04-01,nlw,21,18,12.71,in_force,gov.uk", "to_age: found 18"),
        ("2026-04-01,nlw,21,,12.71,probable,gov.uk", "status: found probable"),
        ("April 2026,nlw,21,,12.71,in_force,gov.uk", "effective_from: found April 2026"),
        ("2026-04-01,nlw,21,,12.71,in_force,", "source: found"),
    ],
)
def test_a_wage_rate_with_a_fault_is_refused(tmp_path, row, fault):
    (told,) = refusal(read_wages, written(tmp_path, WAGES, row))

    assert told.startswith(f":2: {fault}")


def test_a_wage_rate_twice_from_one_day_is_refused(tmp_path):
    row = "2026-04-01,nlw,21,,12.71,in_force,gov.uk"

    assert refusal(read_wages, written(tmp_path, WAGES, row, row)) == [
        ":3: band: found nlw; allowed: each band once from a day"
    ]


def test_the_sample_terms_say_what_is_assumed():
    (terms,) = read_terms(PACK / "price-review.yaml", framework()).terms

    assert "working assumptions" in terms.assumption
    assert terms.terms().first_uplift_after_months == 12


@pytest.mark.parametrize(
    ("there", "instead", "fault"),
    [
        ('"0.10"', '"0.20"', "sum of 1.10; allowed: shares that sum to 1"),
        ("D7G7", "L55O", "found L55O; allowed: D7G7"),
        ("D7G7", "D7BT", "found D7BT; allowed: D7G7"),
        ("month: 9", "month: 13", "month"),
        ("    exclude", '    floor: "2"\n    cap: "1"\n    exclude', "allowed: at most the cap, 1"),
        ("    exclude", "    collar: 3\n    exclude", "found the unknown key collar"),
    ],
)
def test_terms_with_a_fault_are_refused(tmp_path, there, instead, fault):
    path = written(tmp_path, TERMS.replace(there, instead))

    assert any(fault in told for told in refusal(lambda file: read_terms(file, framework()), path))


def test_two_sets_of_terms_from_one_day_are_refused(tmp_path):
    doubled = TERMS + TERMS.split("terms:\n")[1]

    assert any(
        "a day of its own" in told
        for told in refusal(lambda file: read_terms(file, framework()), written(tmp_path, doubled))
    )
