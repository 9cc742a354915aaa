"""Discounts and supplements are read from a framework's file, or refused with the line."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared.errors import FileRefused
from shared.framework.adjustments import (
    Amount,
    ForLongStay,
    ForSibling,
    ForSolo,
    ForVolume,
    adjusted,
)
from shared.framework.pack import load_framework
from shared.money import percentage, pounds

KENT_MEDWAY = Path(__file__).parents[2] / "deploy/frameworks/kent-medway/framework.yaml"
APRIL_2022 = date(2022, 4, 1)


def loaded(tmp_path, *changed):
    """Return the sample's framework after some texts of its file were replaced."""
    text = KENT_MEDWAY.read_text()
    for good, other in changed:
        assert good in text
        text = text.replace(good, other, 1)
    (tmp_path / "framework.yaml").write_text(text)
    return load_framework(tmp_path)


def test_the_sample_has_a_discount_of_each_kind_and_a_supplement(tmp_path):
    framework = loaded(tmp_path)

    assert {each.id: (each.kind, each.due) for each in framework.adjustments} == {
        "sibling": ("discount", ForSibling(2)),
        "long_stay": ("discount", ForLongStay(24, "long_term")),
        "volume_20": ("discount", ForVolume(20, 40)),
        "volume_40": ("discount", ForVolume(40)),
        "solo": ("supplement", ForSolo()),
    }
    assert framework.adjustments[0].amounts == (Amount(APRIL_2022, percent=percentage("5")),)
    assert framework.adjustments[-1].amounts == (Amount(APRIL_2022, weekly=pounds("75.00")),)


def test_what_is_invented_about_them_is_a_working_assumption(tmp_path):
    framework = loaded(tmp_path)

    assert "invented" in framework.assumptions["adjustments"]
    assert "conventions.review_arrears_for_ended" in framework.assumptions


def test_a_framework_may_have_none(tmp_path):
    text = KENT_MEDWAY.read_text()
    first, rest = text.split("adjustments:\n", 1)
    without = first + rest[rest.index("shortlist_order:") :]
    without = "\n".join(
        line for line in without.splitlines() if not line.startswith("  adjustments:")
    )
    (tmp_path / "framework.yaml").write_text(without + "\n")

    framework = load_framework(tmp_path)

    assert framework.adjustments == ()
    assert framework.adjustments_by_due.siblings == ()


def test_solo_may_be_written_in_two_ways(tmp_path):
    framework = loaded(tmp_path, ("for: solo", "for: {solo: true}"))

    assert framework.adjustments[-1].due == ForSolo()


def test_a_stay_may_be_long_for_both_durations(tmp_path):
    framework = loaded(
        tmp_path, ("{months_placed: 24, duration: long_term}", "{months_placed: 12}")
    )

    assert framework.adjustments[1].due == ForLongStay(12, None)


def test_an_amount_holds_until_the_next(tmp_path):
    later = '{from: 2022-04-01, percent: "5"}, {from: 2025-04-01, weekly: "40.00"}'
    framework = loaded(tmp_path, ('{from: 2022-04-01, percent: "5"}', later))
    sibling = framework.adjustments[0]

    days = [date(2022, 3, 31), date(2025, 3, 31), date(2025, 4, 1)]

    assert [sibling.amount_on(day) for day in days] == [
        None,
        Amount(APRIL_2022, percent=percentage("5")),
        Amount(date(2025, 4, 1), weekly=pounds("40.00")),
    ]


@pytest.mark.parametrize("said", ["paid", "not_paid"])
def test_whether_a_late_review_reaches_who_has_left_is_a_convention(tmp_path, said):
    changed = ("review_arrears_for_ended: paid", f"review_arrears_for_ended: {said}")

    assert loaded(tmp_path, changed).conventions.review_arrears_for_ended == said


FIVE = '[{from: 2022-04-01, percent: "5"}]'
FAULTS = [
    ("id: long_stay", "id: sibling", "adjustments[1].id", "each id once"),
    ("kind: supplement", "kind: extra", "adjustments[4].kind", "discount or supplement"),
    ("for: solo", "for: everybody", "adjustments[4].for", "solo"),
    ("{sibling_number: 2}", "{sibling_number: 1}", "adjustments[0].for.sibling_number", "greater"),
    ("{sibling_number: 2}", "{}", "adjustments[0].for", "one of sibling_number, months_placed"),
    (
        "{sibling_number: 2}",
        "{sibling_number: 2, solo: true}",
        "adjustments[0].for",
        "one of sibling_number",
    ),
    (
        "{sibling_number: 2}",
        "{sibling_number: 2, duration: long_term}",
        "adjustments[0].for.duration",
        "only beside months_placed",
    ),
    ("duration: long_term}", "duration: for_ever}", "adjustments[1].for.duration", "short_term"),
    (
        "{at_least: 20, below: 40}",
        "{at_least: 20, below: 20}",
        "adjustments[2].for.volume.below",
        "a number above 20",
    ),
    (
        "{at_least: 40}",
        "{at_least: 39}",
        "adjustments[3].for.volume",
        "a tier without any number of volume_20, which has 20 to 39",
    ),
    (
        "{at_least: 40}",
        "{at_least: 5, below: 21}",
        "adjustments[3].for.volume",
        "a tier without any number of volume_20, which has 20 to 39",
    ),
    ('percent: "5"', 'percent: "100.5"', "adjustments[0].amounts[0].percent", "at most 100"),
    ('percent: "5"', 'percent: "-5"', "adjustments[0].amounts[0].percent", "0 or more"),
    ('percent: "5"', "percent: 5", "adjustments[0].amounts[0].percent", "percentage"),
    (
        'percent: "5"',
        'percent: "5", weekly: "1.00"',
        "adjustments[0].amounts[0]",
        "either percent or weekly",
    ),
    (', percent: "5"', "", "adjustments[0].amounts[0]", "either percent or weekly"),
    ('weekly: "75.00"', 'weekly: "75"', "adjustments[4].amounts[0].weekly", "two decimals"),
    (FIVE, "[]", "adjustments[0].amounts", "at least 1"),
    (
        FIVE,
        '[{from: 2022-04-01, percent: "5"}, {from: 2022-04-01, percent: "6"}]',
        "adjustments[0].amounts[1].from",
        "a day after 2022-04-01",
    ),
    ("ended: paid", "ended: sometimes", "conventions.review_arrears_for_ended", "not_paid"),
]


@pytest.mark.parametrize(("good", "bad", "key", "allowed"), FAULTS)
def test_a_fault_names_its_line_its_key_and_what_is_allowed(tmp_path, good, bad, key, allowed):
    text = KENT_MEDWAY.read_text()
    line = text[: text.index(good)].count("\n") + 1

    with pytest.raises(FileRefused) as refused:
        loaded(tmp_path, (good, bad))

    told = {fault.key: fault for fault in refused.value.faults}
    assert allowed in told[key].allowed
    assert told[key].line in (line, line - 1)


TIER_40 = 'for: {volume: {at_least: 40}}\n    amounts: [{from: 2022-04-01, percent: "2.5"}]'
TIER_30 = 'for: {volume: {at_least: 30}}\n    amounts: [{from: 2025-04-01, percent: "2.5"}]'
ENDED = '{from: 2022-04-01, percent: "1.5"}, {from: 2025-04-01, percent: "0"}'


def test_a_volume_tier_that_has_ended_may_be_replaced_by_one_of_other_bounds(tmp_path):
    ended = ('{from: 2022-04-01, percent: "1.5"}', ENDED)

    framework = loaded(tmp_path, ended, (TIER_40, TIER_30))

    assert framework.adjustments[3].due == ForVolume(30)
    with pytest.raises(FileRefused, match="volume_20"):
        loaded(tmp_path, (TIER_40, TIER_30))


WORKED = [
    # the percentages of the framework fee add up; pounds are added whole
    ("900.00", [("sibling", "5")], "855.00"),
    ("900.00", [("sibling", "5"), ("long_stay", "3")], "828.00"),
    ("900.00", [("solo", "£75.00")], "975.00"),
    ("900.00", [("sibling", "5"), ("solo", "£75.00")], "930.00"),
    # 934.47 x 0.92 = 859.7124, not rounded here
    ("934.47", [("sibling", "5"), ("long_stay", "3")], "859.7124"),
    ("50.00", [("sibling", "£60.00")], "0"),
]


@pytest.mark.parametrize(("weekly", "due", "expected"), WORKED)
def test_what_is_due_is_worked_out_once(tmp_path, weekly, due, expected):
    named = {each.id: each for each in loaded(tmp_path).adjustments}
    amounts = [
        Amount(APRIL_2022, weekly=pounds(told[1:]))
        if told.startswith("£")
        else Amount(APRIL_2022, percent=percentage(told))
        for _, told in due
    ]
    every = [(named[id_], amount) for (id_, _), amount in zip(due, amounts, strict=True)]

    assert adjusted(Decimal(weekly), every) == Decimal(expected)
