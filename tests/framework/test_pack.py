"""A framework pack is read whole or refused whole, and its hash says whether it is the same."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from shared.days import Period
from shared.errors import FileRefused
from shared.framework.framework import Framework
from shared.framework.pack import load_framework, pack_digest

KENT_MEDWAY = Path(__file__).parents[2] / "deploy/frameworks/kent-medway"

FAULTS = [
    ("2022-04-01, to: null", "2022-04-01, to: 2022-04-01", "agreement.term.to", "day"),
    ("  - {opens: 2024-04-01", "  - {opens: 2021-04-01", "windows[1].opens", "within the term"),
    ("until_birthday: 11}", "until_birthday: 12}", "age_bands[2]", "no gap or overlap"),
    ('"5-10"', '"0-4"', "age_bands[1]", "each one once"),
    ('"5-10"', "5 to 10", "age_bands[1].label", "text of the form"),
    ("until_birthday: 5}", "until_birthday: 99}", "age_bands[0].until_birthday", "less than or"),
    ("priced_per: unit", "priced_per: all", "placement_types.parent_and_child.priced_per", "unit"),
    ("for: uasc", "for: everybody", "service_lines[0].for", "uasc, disability or every_other"),
    ("for: every_other", "for: uasc", "service_lines[2].for", "every_other for the last line"),
    ("tier, quality", "tier, price", "shortlist_order[2]", "outcome, tier, quality"),
    ("tier, quality", "tier, tier", "shortlist_order[2]", "each one once"),
    ("changes_on: birthday", "changes_on: monday", "conventions.age_band_changes_on", "birthday"),
    ("day_of_leaving: not_paid", "day_of_leaving: paid", "conventions.day_of_leaving", "not_paid"),
    ("notice_days: 28", "notice_days: a month", "conventions.notice_days", "integer"),
    ("  medway: Medway", "  Medway: Medway", "purchasers.Medway", "text of the form"),
    ("  shortlist_order: How", "  shortlist: How", "working_assumptions.shortlist", "a key of"),
    ("durations:", "lengths:", "lengths", "conventions, durations"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "key", "allowed"), FAULTS)
def test_a_fault_in_the_agreement_names_line_key_and_what_is_allowed(
    tmp_path, good, bad, key, allowed
):
    text = (KENT_MEDWAY / "framework.yaml").read_text()
    assert good in text
    spoilt = text.replace(good, bad, 1)
    (tmp_path / "framework.yaml").write_text(spoilt)

    with pytest.raises(FileRefused) as refused:
        load_framework(tmp_path)

    told = {fault.key: fault for fault in refused.value.faults}
    assert allowed in told[key].allowed
    bad_line = text[: text.index(good)].count("\n") + 1
    # A gap between bands is told at the band after it.
    assert told[key].line in (bad_line, bad_line + 1)


def test_the_sample_agreement_says_what_is_public_of_kent_and_medway():
    framework = kent_medway()

    assert framework.term == Period(date(2022, 4, 1))
    assert [window.opens for window in framework.windows] == [date(2022, 4, 1), date(2024, 4, 1)]
    assert list(framework.purchasers) == ["kent", "medway"]
    assert framework.age_bands.labels == ("0-4", "5-10", "11-15", "16-18")
    assert framework.conventions.notice_days == 28
    assert framework.shortlist_order == ("outcome", "tier", "quality", "area", "fair_tie_break")


def test_what_is_not_agreed_is_marked_as_a_working_assumption():
    assumed = kent_medway().assumptions

    assert {"need_categories", "shortlist_order", "conventions.age_band_changes_on"} <= set(assumed)


@pytest.mark.parametrize(
    ("uasc", "disability", "line", "funding"),
    [
        (False, False, "looked_after", "base_budget"),
        (False, True, "looked_after_disability", "base_budget"),
        (True, False, "asylum", "uasc_grant"),
        (True, True, "asylum", "uasc_grant"),
    ],
)
def test_each_child_is_paid_for_by_one_service_line(uasc, disability, line, funding):
    paid = kent_medway().service_line(uasc=uasc, disability=disability)

    assert (paid.id, paid.funding) == (line, funding)


def test_a_parent_and_child_have_one_fee_together_and_siblings_one_each():
    framework = kent_medway()

    assert framework.is_priced_per_unit("parent_and_child")
    assert not framework.is_priced_per_unit("sibling_group")


def test_the_hash_of_a_pack_is_the_same_wherever_it_lies(tmp_path):
    copied = shutil.copytree(KENT_MEDWAY, tmp_path / "copy")
    (copied / ".swap").write_text("an editor's own")

    assert pack_digest(copied) == pack_digest(KENT_MEDWAY) == kent_medway().digest


def test_the_hash_of_a_pack_changes_with_any_file_and_any_name(tmp_path):
    copied = shutil.copytree(KENT_MEDWAY, tmp_path / "copy")
    seen = {pack_digest(copied)}

    for file in sorted(copied.iterdir()):
        content = file.read_bytes()
        file.write_bytes(content + b"\n")
        seen.add(pack_digest(copied))
        file.rename(copied / f"other-{file.name}")
        seen.add(pack_digest(copied))

    assert len(seen) == 1 + 2 * len(list(copied.iterdir()))


def test_a_pack_without_an_agreement_is_refused(tmp_path):
    with pytest.raises(FileRefused, match=r"framework\.yaml.*No such file"):
        load_framework(tmp_path)


def kent_medway() -> Framework:
    return load_framework(KENT_MEDWAY)
