"""The sample pack is Kent-sized, marked as invented, and made again the same by its script."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from statistics import mean

import pytest

from shared.contracts.fields import URN_PATTERN
from shared.framework.csv_file import CsvFile
from shared.framework.pack import load_framework
from shared.money import Percentage, pounds, uplifted
from tools.make_kent_medway_pack import EXPLAINED, files

PACK = Path(__file__).parents[2] / "deploy/frameworks/kent-medway"

REVIEWS = [
    # in April of, CPI of the September before, National Living Wage before and from then on
    (2023, "10.1", "9.50", "10.42"),
    (2024, "6.7", "10.42", "11.44"),
    (2025, "1.7", "11.44", "12.21"),
    (2026, "3.8", "12.21", "12.71"),
]


@pytest.mark.parametrize("name", ["register.csv", "prices.csv"])
def test_the_script_makes_exactly_the_file_that_is_in_the_pack(name):
    assert files()[name] == (PACK / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["register.csv", "prices.csv"])
def test_the_file_says_that_it_is_invented(name):
    first_line = (PACK / name).read_text(encoding="utf-8").splitlines()[0]

    assert "INVENTED" in first_line


def test_33_agencies_began_in_2022_and_12_joined_in_2024():
    joined = Counter(row["joined"] for row in register())

    assert joined == {"2022-04-01": 33, "2024-04-01": 12}


def test_every_reference_number_has_ofsteds_form_and_a_range_that_ofsted_never_gave():
    urns = [row["urn"] for row in register()]

    assert len(set(urns)) == 45
    assert all(re.fullmatch(URN_PATTERN, urn) for urn in urns)
    assert all(re.fullmatch(r"SC99\d{4}|999\d{4}", urn) for urn in urns)
    assert {urn[:2] for urn in urns} == {"SC", "99"}


def test_about_96_in_100_inspected_agencies_are_good_or_better():
    grades = Counter(row["ofsted_overall"] for row in register())

    inspected = 45 - grades["not_yet_inspected"]
    assert round(100 * (grades["good"] + grades["outstanding"]) / inspected) in range(94, 98)
    assert grades["requires_improvement"] >= 1
    assert grades["inadequate"] >= 1


def test_only_joiners_are_not_yet_inspected():
    rows = [row for row in register() if row["ofsted_overall"] == "not_yet_inspected"]

    assert rows
    assert {row["joined"] for row in rows} == {"2024-04-01"}
    assert {row["inspected"] + row["published"] for row in rows} == {""}


def test_an_inspection_follows_the_registration_and_its_report_follows_the_inspection():
    inspected = [row for row in register() if row["inspected"]]

    assert all(row["registered"] < row["inspected"] < row["published"] for row in inspected)
    assert all(row["registered"] < row["joined"] for row in register())


def test_one_agency_is_suspended_today_one_was_and_one_has_left():
    rows = register()

    until = [row["suspended_to"] for row in rows if row["suspended_from"]]
    assert sorted(until) == ["", "2023-09-01"]
    assert [row["left"] for row in rows if row["left"]] == ["2025-10-01"]


def test_every_word_of_the_register_is_a_word_of_the_agreement():
    framework = load_framework(PACK)

    for row in register():
        assert set(row["lots"].split()) <= set(framework.placement_types)
        assert set(row["age_bands"].split()) <= set(framework.age_bands.labels)
        assert set(row["need_categories"].split()) <= set(framework.need_categories)
        assert set(row["purchasers"].split()) <= set(framework.purchasers)
        assert date.fromisoformat(row["joined"]) in {each.opens for each in framework.windows}


def test_whatever_an_agency_offers_has_exactly_one_tendered_fee():
    priced = Counter(key(row) for row in prices())

    offered = {
        (row["urn"], *each)
        for row in register()
        for each in product(
            row["purchasers"].split(),
            row["lots"].split(),
            row["need_categories"].split(),
            row["age_bands"].split(),
        )
    }
    assert offered <= set(priced)
    assert set(priced.values()) == {1}


def test_a_child_who_grows_older_there_always_has_a_fee_in_the_next_band():
    labels = load_framework(PACK).age_bands.labels
    priced = {key(row) for row in prices()}

    for *rest, band in priced:
        assert {(*rest, older) for older in labels[labels.index(band) :]} <= priced


def test_standard_fees_of_2022_lie_in_the_published_range_around_the_published_mean():
    standard = weekly_of("core", "standard")

    assert pounds("550.00") <= min(standard)
    assert max(standard) <= pounds("971.85")
    assert abs(mean(standard) - Decimal("814.22")) < 10


def test_parent_and_child_fees_of_2022_lie_in_the_published_range():
    units = weekly_of("parent_and_child", "standard")

    assert pounds("1500.00") <= min(units)
    assert max(units) <= pounds("1695.00")


def test_greater_needs_and_disability_cost_more_on_average():
    means = [mean(weekly_of("core", need)) for need in ("standard", "enhanced", "complex")]

    assert means == sorted(means)
    assert mean(weekly_of("disabled_child", "standard")) > means[0]


def test_the_explained_fee_is_900_pounds_after_three_reviews_and_934_47_from_april_2026():
    tendered = [row for row in prices() if key(row)[1:] == EXPLAINED and row["urn"] == "SC990001"]
    fee = pounds(tendered[0]["weekly"])
    by_year = {}

    for year, cpi, wage_before, wage in REVIEWS:
        rise = (Decimal(wage) / Decimal(wage_before) - 1) * 100
        rate = Decimal("0.90") * Decimal(cpi) + Decimal("0.10") * rise
        fee = uplifted(fee, Percentage(rate))
        by_year[year] = fee

    assert tendered[0]["weekly"] == "747.71"
    assert by_year[2025] == pounds("900.00")
    assert by_year[2026] == pounds("934.47")


def register() -> list[dict[str, str]]:
    return CsvFile.read(PACK / "register.csv").rows


def prices() -> list[dict[str, str]]:
    return CsvFile.read(PACK / "prices.csv").rows


def key(row: dict[str, str]) -> tuple[str, ...]:
    names = ("urn", "purchaser", "placement_type", "need_category", "age_band")
    return tuple(row[name] for name in names)


def weekly_of(placement_type: str, need_category: str) -> list[Decimal]:
    return [
        pounds(row["weekly"])
        for row in prices()
        if row["from"] == "2022-04-01"
        and (row["placement_type"], row["need_category"]) == (placement_type, need_category)
    ]
