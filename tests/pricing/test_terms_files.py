"""Review terms are data: what each key says, and what is refused, with line and reason."""

from datetime import date
from decimal import Decimal

import pytest

from services.pricing.terms.agreed import Exclusion, WageAtAgeShare
from services.pricing.terms.pack_yaml import read_terms
from shared.errors import FileRefused
from tests.pricing.builders import framework

EVERY_KEY = """\
price_review: sample
terms:
  - version: "1"
    in_force_from: 2022-04-01
    assumption: "Not agreed yet."
    effective: {month: 4, day: 7}
    components:
      - {index: D7G7, month: 12, year: same, share: "0.50"}
      - {wage: nmw_18_20, share: "0.20"}
      - {wage_at_age: 23, share: "0.20"}
      - {fixed: "0", share: "0.10"}
    floor: "0.00"
    cap: "7.5"
    lower_of: "9"
    review_above: "3.0"
    percentage_decimals: 2
    compound_on: unrounded
    first_uplift_after_months: 3
    exclude:
      - {agreement: spot}
      - {placement_type: parent_and_child, because: "priced apart"}
      - {need_category: enhanced}
      - {agency: SC990001}
      - {purchaser: medway}
      - {weekly_over: "1500.00"}
  - version: "extra"
    effective: {on: 2022-10-01}
    placement_types: [core]
    components:
      - {fixed: "4", share: "1"}
"""
ONE = """\
price_review: sample
terms:
  - version: "1"
    in_force_from: 2022-04-01
    effective: {month: 4, day: 1}
    components:
      - {fixed: "3", share: "1"}
"""


def written(tmp_path, text):
    path = tmp_path / "price-review.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(path):
    with pytest.raises(FileRefused) as refused:
        read_terms(path, framework())
    return [str(fault).removeprefix(f"{path}:") for fault in refused.value.faults]


def test_every_key_is_read(tmp_path):
    yearly, _ = (
        each.terms() for each in read_terms(written(tmp_path, EVERY_KEY), framework()).terms
    )

    assert (yearly.month, yearly.day, yearly.only_on) == (4, 7, None)
    assert [f"{part.share}" for part in yearly.components] == ["0.50", "0.20", "0.20", "0.10"]
    assert yearly.components[2] == WageAtAgeShare(Decimal("0.20"), 23)
    assert (yearly.floor, yearly.cap, yearly.lower_of, yearly.review_above) == (
        0,
        Decimal("7.5"),
        9,
        3,
    )
    assert yearly.compounds_unrounded
    assert not yearly.uplifts_spot
    assert yearly.exclude[1:4] == (
        Exclusion("placement_type", "parent_and_child", "priced apart"),
        Exclusion(
            "need_category", "enhanced", "fees of this category of need are left as they are"
        ),
        Exclusion("agency", "SC990001", "fees of this agency are left as they are"),
    )
    assert yearly.exclude[5].because == "the fee is over 1500.00 a week"


def test_an_extra_review_is_in_force_on_its_day_and_uplifts_spot_fees_unless_told(tmp_path):
    _, extra = (
        each.terms() for each in read_terms(written(tmp_path, EVERY_KEY), framework()).terms
    )

    assert extra.in_force_from == extra.only_on == date(2022, 10, 1)
    assert extra.placement_types == ("core",)
    assert extra.uplifts_spot


@pytest.mark.parametrize(
    ("there", "instead", "fault"),
    [
        (
            'share: "1"',
            'share: "0.9"',
            "6: terms[0].components: found a sum of 0.9; allowed: shares that sum to 1",
        ),
        (
            '- {fixed: "3", share: "1"}',
            '- {fixed: "3", share: "1.5"}\n      - {fixed: "1", share: "-0.5"}',
            "7: terms[0].components[0].share: found 1.5; allowed: a number from 0 to 1",
        ),
        (
            "    components",
            '    floor: "2"\n    cap: "1"\n    components',
            "6: terms[0].floor: found 2; allowed: at most the cap, 1",
        ),
        (
            '{fixed: "3", share: "1"}',
            '{fixed: "-100.01", share: "1"}',
            "7: terms[0].components[0].fixed: found -100.01; allowed: -100 or more",
        ),
        *(
            (
                "    components",
                f'    {limit}: "-101"\n    components',
                f"6: terms[0].{limit}: found -101; allowed: -100 or more",
            )
            for limit in ("floor", "cap", "lower_of")
        ),
        (
            "{month: 4, day: 1}",
            "{month: 2, day: 29}",
            "5: terms[0].effective: found day 29 of month 2; allowed: a day that every year has",
        ),
        (
            "{month: 4, day: 1}",
            "{month: 4, day: 31}",
            "found day 31 of month 4; allowed: a day that every year has",
        ),
        (
            "{month: 4, day: 1}",
            "{month: 4}",
            "found neither; allowed: {month: 4, day: 1} for every year",
        ),
        (
            "{month: 4, day: 1}",
            "{month: 4, day: 1, on: 2022-10-01}",
            "found both; allowed: either the day of an extra review",
        ),
        (
            "{month: 4, day: 1}",
            "{on: 2022-10-01}",
            "4: terms[0].in_force_from: found 2022-04-01; allowed: nothing, or 2022-10-01",
        ),
        ("{month: 4, day: 1}", "{on: 2023-02-29}", "found 2023-02-29; allowed: a day that exists"),
        ("    in_force_from: 2022-04-01\n", "", "found no in_force_from"),
        (
            "    components",
            "    placement_types: [core, respite]\n    components",
            "6: terms[0].placement_types[1]: found respite; allowed: core",
        ),
        (
            "    components",
            "    exclude: [{need_category: mild}]\n    components",
            "exclude[0].need_category: found mild; allowed:",
        ),
        (
            "    components",
            "    exclude: [{purchaser: surrey}]\n    components",
            "exclude[0].purchaser: found surrey; allowed: kent, medway",
        ),
        (
            "    components",
            "    exclude: [{placement_type: respite}]\n    components",
            "exclude[0].placement_type: found respite",
        ),
        (
            "    components",
            '    exclude: [{because: "so"}]\n    components',
            "found none of them; allowed: one of agreement, placement_type",
        ),
        (
            "    components",
            "    exclude: [{agency: SC990001, purchaser: kent}]\n    components",
            "found agency and purchaser; allowed: one of",
        ),
        (
            "    components",
            "    exclude: [{agreement: framework}]\n    components",
            "found framework; allowed: spot",
        ),
        (
            "    components",
            "    placement_types: [core, core]\n    components",
            "found core and core; allowed: each type once",
        ),
        ('{fixed: "3", share: "1"}', '{wage_at_age: 12, share: "1"}', "wage_at_age: found 12"),
        (
            "    components",
            "    compound_on: halfway\n    components",
            "compound_on: found halfway; allowed: rounded or unrounded",
        ),
    ],
)
def test_terms_that_contradict_themselves_are_refused(tmp_path, there, instead, fault):
    assert any(fault in told for told in faults(written(tmp_path, ONE.replace(there, instead))))


@pytest.mark.parametrize(
    "second",
    [
        "in_force_from: 2022-04-01\n    effective: {month: 4, day: 7}",
        "effective: {on: 2024-04-01}",
    ],
    ids=["from the same day", "an extra review on the day of the yearly one"],
)
def test_two_sets_of_terms_for_one_type_from_one_day_are_refused(tmp_path, second):
    other = f'  - version: "2"\n    {second}\n    components: [{{fixed: "1", share: "1"}}]\n'

    (told,) = faults(written(tmp_path, ONE + other))

    assert "allowed: a day of its own: the terms 1 are for the same fees" in told


def test_terms_of_another_type_may_begin_on_the_same_day(tmp_path):
    other = ONE.split("terms:\n")[1].replace('"1"\n', '"2"\n    placement_types: [core]\n', 1)

    assert len(read_terms(written(tmp_path, ONE + other), framework()).terms) == 2


def test_a_fee_may_fall_to_nothing(tmp_path):
    told = written(tmp_path, ONE.replace('fixed: "3"', 'fixed: "-100"'))

    assert read_terms(told, framework()).terms[0].components[0].fixed == -100
