"""Of the rulebooks that hold together, one follows the other, on each day exactly one."""

from dataclasses import replace
from datetime import date

import pytest

from services.eligibility.rulebooks.periods import period_faults
from services.eligibility.rulebooks.rulebook import RulebookRefused
from services.eligibility.service import read_policies
from services.eligibility.verdicts.policy import NoRulebookInForce, Policies
from shared.days import Period
from shared.errors import FileRefused
from tests.eligibility.builders import PACK, framework, policy
from tests.eligibility.small_rulebook import BOOK


def rulebook(version, start, end=None):
    """Return a rulebook that holds from one day to another."""
    days = Period(date.fromisoformat(start), date.fromisoformat(end) if end else None)
    return replace(policy().rulebook, name="test", version=version, in_force=days)


def policies(*rulebooks):
    return Policies(replace(policy(), rulebook=each) for each in rulebooks)


def version_on(found, day):
    return found.on(date.fromisoformat(day)).rulebook.version


def pack(tmp_path, *files):
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "rulebook-examples.yaml").write_text((PACK / "rulebook-examples.yaml").read_text())
    for name, days in files:
        text = BOOK.replace('version: "1"', f'version: "{name}"').replace(
            "{from: 2024-04-01}", days
        )
        (folder / f"rulebook-{name}.yaml").write_text(text)
    return folder


@pytest.mark.parametrize(
    "rulebooks",
    [
        [],
        [("1", "2024-04-01")],
        [("1", "2024-04-01", "2025-04-01")],
        [("1", "2024-04-01"), ("2", "2025-04-01")],
        [("1", "2024-04-01", "2025-04-01"), ("2", "2025-04-01")],
        [("2", "2025-04-01", "2026-04-01"), ("1", "2024-04-01", "2025-04-01")],
    ],
)
def test_rulebooks_that_follow_one_another_hold_together(rulebooks):
    assert period_faults(rulebook(*each) for each in rulebooks) == []


@pytest.mark.parametrize(
    ("days", "name", "reason"),
    [
        (
            ["{from: 2024-04-01, to: 2025-05-01}", "{from: 2025-04-01}"],
            "a",
            (
                "holds to 2025-05-01, but the rulebook test b ({b}) begins on "
                "2025-04-01: on the days between both would hold. Let it end on 2025-04-01."
            ),
        ),
        (
            ["{from: 2024-04-01, to: 2025-03-01}", "{from: 2025-04-01}"],
            "a",
            (
                "ends on 2025-03-01, but the rulebook test b ({b}) begins on "
                "2025-04-01: on the days between none would hold. Let it end on 2025-04-01, or "
                "leave out `to`."
            ),
        ),
        (
            ["{from: 2024-04-01}", "{from: 2024-04-01, to: 2025-04-01}"],
            "b",
            ("begins on 2024-04-01, as the rulebook test a ({a}) does. Let one remain."),
        ),
        (
            ["{from: 2024-04-01, to: 2027-04-01}", "{from: 2025-04-01, to: 2026-04-01}"],
            "a",
            (
                "holds to 2027-04-01, but the rulebook test b ({b}) begins on "
                "2025-04-01: on the days between both would hold. Let it end on 2025-04-01."
            ),
        ),
    ],
    ids=["an overlap", "a gap", "the same first day", "one within another"],
)
def test_a_pack_whose_rulebooks_do_not_follow_one_another_is_refused(tmp_path, days, name, reason):
    folder = pack(tmp_path, *zip("ab", days, strict=True))

    with pytest.raises(RulebookRefused) as refused:
        read_policies(folder, framework())

    said = reason.format(a=f"{folder}/rulebook-a.yaml:3", b=f"{folder}/rulebook-b.yaml:3")
    assert refused.value.reasons == (
        f"{folder}/rulebook-{name}.yaml:3: rulebook test {name}: {said}",
    )


def test_each_pair_that_does_not_fit_is_told():
    told = [
        ("1", "2022-04-01", "2023-03-01"),
        ("2", "2023-04-01", "2024-05-01"),
        ("3", "2024-04-01"),
    ]

    faults = period_faults(rulebook(*each) for each in told)

    assert [fault.rulebook for fault in faults] == ["test 1", "test 2"]


def test_policies_are_never_made_of_rulebooks_that_do_not_fit_together():
    with pytest.raises(RulebookRefused, match="both would hold"):
        policies(rulebook("1", "2024-04-01", "2025-05-01"), rulebook("2", "2025-04-01"))


def test_the_rulebook_in_force_on_the_day_of_the_referral_decides():
    found = policies(rulebook("1", "2024-04-01"), rulebook("2", "2025-04-01"))

    assert version_on(found, "2025-03-31") == "1"
    assert version_on(found, "2025-04-01") == "2"
    with pytest.raises(NoRulebookInForce, match="2024-03-31"):
        version_on(found, "2024-03-31")


def test_after_the_end_of_the_last_rulebook_no_older_one_comes_back():
    found = policies(rulebook("1", "2024-04-01"), rulebook("2", "2025-04-01", "2026-04-01"))

    assert version_on(found, "2026-03-31") == "2"
    with pytest.raises(NoRulebookInForce, match="fosterframe rulebook activate"):
        version_on(found, "2026-04-01")


def test_a_pack_without_a_rulebook_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="no rulebook"):
        read_policies(pack(tmp_path), framework())
