"""The rulebook says what its examples say, case by case, and each verdict has one."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from services.eligibility.decision import decide
from services.eligibility.trials.examples import (
    OUTCOME_OF,
    AgencyCase,
    CriterionCase,
    tried,
    verdicts_on,
    why_not,
)
from services.eligibility.trials.examples_yaml import examples_beside, read_examples
from services.eligibility.verdicts.columns import worst
from shared.errors import FileRefused
from tests.eligibility.builders import PACK, framework, policy, register
from tests.eligibility.strategies import agencies, referrals

FILE = examples_beside(PACK / "rulebook.yaml")
TEXT = FILE.read_text()
BANDS = framework().age_bands
CASES = read_examples(FILE, policy().rulebook, BANDS)
TABLES = {table.criterion.id: table for table in policy().tables}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_example_of_the_policy_comes_out_as_written(case):
    assert why_not(case, TABLES) == ""


def test_every_verdict_that_a_criterion_can_give_has_an_example():
    found = tried(policy().tables, CASES)

    assert found.refusals() == []
    assert found.is_complete
    assert found.verdicts_covered == found.verdicts == 38


@pytest.mark.parametrize("criterion", TABLES)
def test_every_verdict_has_an_example_that_names_the_criterion(criterion):
    named = [case for case in CASES if isinstance(case, CriterionCase)]
    possible = {verdict for _, verdict in TABLES[criterion].every_row()}

    assert {case.expected for case in named if case.criterion == criterion} == possible


@settings(max_examples=100, deadline=None)
@given(referrals(), agencies())
def test_a_whole_case_is_judged_as_a_referral_is(asked, listed):
    panel = register(*listed).panel(asked.start_date)

    decision = decide(asked, panel, policy())

    for agency, outcome, verdicts in zip(
        panel.agencies, decision.outcomes(), decision.verdicts(), strict=True
    ):
        units = [{**unit, **agency.facts} for unit in asked.facts]
        judged = verdicts_on(units, policy().tables)
        assert OUTCOME_OF[worst(judged.values())] == outcome
        assert [judged[name] for name in policy().agency_criteria] == list(verdicts)


def test_a_case_that_does_not_hold_is_told_with_its_line_and_both_verdicts():
    inadequate = next(case for case in CASES if case.name == "Judged inadequate")
    wrong = replace(inadequate, expected="refer")

    [failure] = tried(policy().tables, [wrong]).failures

    assert str(failure) == (
        f"line {wrong.line}: Judged inadequate: ofsted-quality is not met; expected: refer"
    )
    assert TEXT.splitlines()[wrong.line - 1] == "  - name: Judged inadequate"


def test_an_agency_that_comes_out_otherwise_is_told_with_each_criterion():
    case = next(case for case in CASES if isinstance(case, AgencyCase) and case.not_met)
    wrong = replace(case, outcome="refer", refer=frozenset({"solo"}), not_met=frozenset())

    [failure] = tried(policy().tables, [wrong]).failures

    assert failure.reason == (
        "the agency is not eligible; expected: refer; ofsted-quality is not met; expected: met; "
        "solo is met; expected: refer"
    )


def test_a_verdict_without_an_example_is_told_with_facts_that_have_it():
    fewer = [
        case
        for case in CASES
        if isinstance(case, CriterionCase) and (case.criterion, case.expected) != ("solo", "refer")
    ]

    found = tried(policy().tables, fewer)

    assert not found.is_complete
    assert found.refusals() == [
        "no example expects that solo is refer, as it is for solo: yes; takes solo: not known"
    ]
    assert found.verdicts_covered == 37


def test_a_case_that_fails_covers_nothing():
    met = next(
        case for case in CASES if case.name == "A solo placement, and the agency offers none"
    )
    wrong = replace(met, expected="met")

    found = tried([TABLES["solo"]], [wrong])

    assert {each.verdict for each in found.uncovered} == {"met", "refer", "not_met"}


def test_a_whole_case_says_only_what_is_otherwise_and_the_rest_is_as_usual():
    siblings = next(case for case in CASES if case.name.startswith("Three siblings of whom"))

    assert [unit["age_band"] for unit in siblings.units] == ["5-10", "5-10", "16-18"]
    assert {unit["group_size"] for unit in siblings.units} == {3}
    assert {unit["purchaser"] for unit in siblings.units} == {"kent"}
    assert siblings.units[0]["bands_served"] == frozenset({"5-10"})


FIRST = "facts: {in_house_search: done, emergency: no}"


@pytest.mark.parametrize(
    ("right", "wrong", "key", "found", "allowed"),
    [
        (
            "criterion: in-house-search",
            "criterion: hair-colour",
            "cases[0].criterion",
            "hair-colour",
            "one of in-house-search, under-fives",
        ),
        (FIRST, "facts: {emergency: no}", "facts.in_house_search", "nothing", "what in-house"),
        (
            FIRST,
            "facts: {in_house_search: done, emergency: no, solo: no}",
            "cases[0].facts.solo",
            "the fact solo",
            "what in-house-search reads: emergency, in_house_search",
        ),
        (FIRST, "facts: {in_house_search: odd, emergency: no}", "in_house_search", "odd", "one_of"),
        (FIRST, "facts: {in_house_search: 1, emergency: no}", "in_house_search", "1", "one_of"),
        (FIRST, "facts: {hair: red, emergency: no}", "facts.hair", "hair", "a fact of these:"),
        ("facts: {age: 5, p", "facts: {age: 18, p", "cases[6].facts.age", "18", "from 0 to 17"),
        ("lots: [core]}", "lots: core}", "facts.lots", "core", "set_of [core, disabled_child"),
        ("expected: met", "expected: perhaps", "cases[0].expected", "perhaps", "met"),
        (
            "name: The in-house service has been asked, and it is an emergency",
            "name: The in-house service has been asked",
            "cases[1].name",
            "The in-house service has been asked",
            "a name that no other case has",
        ),
        (FIRST, "agency: {}", "cases[0]", "agency and criterion and expected", "criterion, facts"),
        ("child: {age: 12, ", "child: {", "cases[", "nothing", "the fact age, here or under"),
        (
            "child: {age: 12, ",
            "child: {age: 12, solo: no, ",
            "usual.child.solo",
            "solo",
            "age, dis",
        ),
        (
            'agency: {bands_served: ["0-4"]}',
            "agency: {group_size: 2}",
            "agency.group_size",
            "group_size, which follows from the children",
            "a fact of these: on_framework",
        ),
        (
            "expected: {outcome: refer, refer: [ofsted-quality]}",
            "expected: {outcome: eligible, refer: [ofsted-quality]}",
            "expected.outcome",
            "eligible",
            "refer, for so it follows",
        ),
        (
            "expected: {outcome: refer, refer: [ofsted-quality]}",
            "expected: {outcome: refer, refer: [quality]}",
            "expected.refer",
            "quality",
            "any of in-house-search",
        ),
        (
            "expected: {outcome: refer, refer: [ofsted-quality]}",
            "expected: {outcome: not_eligible, refer: [solo], not_met: [solo]}",
            "expected.refer",
            "solo",
            "a criterion that is not under not_met too",
        ),
        ("cases:\n", "more: 1\ncases:\n", "more", "the unknown key more", "cases, usual"),
    ],
)
def test_a_fault_in_the_examples_is_named_with_its_line(
    tmp_path, right, wrong, key, found, allowed
):
    assert right in TEXT
    path = tmp_path / "rulebook-examples.yaml"
    path.write_text(TEXT.replace(right, wrong, 1))

    with pytest.raises(FileRefused) as refused:
        read_examples(path, policy().rulebook, BANDS)

    assert any(
        key in fault.key and found in fault.found and allowed in fault.allowed and fault.line
        for fault in refused.value.faults
    ), refused.value


def test_a_fact_that_only_the_second_child_lacks_is_asked_for(tmp_path):
    path = tmp_path / "rulebook-examples.yaml"
    children = "children: [{age: 12}, {disability: no}]"
    path.write_text(f"cases:\n  - name: Two\n    {children}\n    expected: {{outcome: eligible}}\n")

    with pytest.raises(FileRefused, match=r"cases\[0\].*the fact age, here or under `usual`"):
        read_examples(path, policy().rulebook, BANDS)


def test_examples_that_are_not_there_are_asked_for(tmp_path):
    with pytest.raises(FileRefused, match=r"rulebook-2-examples\.yaml.*no file that can be read"):
        read_examples(examples_beside(tmp_path / "rulebook-2.yaml"), policy().rulebook, BANDS)
