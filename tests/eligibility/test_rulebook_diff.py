"""What a new rulebook changes is named: all of it, in English, and nothing else."""

import pytest
from hypothesis import given, settings
from pydantic_core import to_json

from services.eligibility.differences.rulebook_diff import difference
from services.eligibility.differences.words import sentences
from services.eligibility.facts import vocabulary
from services.eligibility.rulebooks.criteria import MET
from services.eligibility.rulebooks.proving import proved
from services.eligibility.rulebooks.rulebook_yaml import rulebook_again
from services.eligibility.rulebooks.told import told_difference
from services.eligibility.verdicts.columns import worst
from services.eligibility.verdicts.engine import Engine
from services.eligibility.verdicts.policy import activate
from services.eligibility.verdicts.tables import every_combination
from shared.framework.yaml_file import YamlFile
from tests.eligibility.builders import PACK, framework, policy
from tests.eligibility.random_policies import changes, policies

TEXT = (PACK / "rulebook.yaml").read_text()
AS_BEFORE = (
    "The order of a shortlist stays the framework's: what changes is who stands on it, and as what."
)


@pytest.fixture
def changed(tmp_path):
    """Return what gives the sample policy with some words of its file replaced."""

    def made(*replaced):
        text = TEXT
        for before, after in replaced:
            assert before in text
            text = text.replace(before, after)
        path = tmp_path / "rulebook.yaml"
        path.write_text(text)
        return proved(path, framework())

    return made


def verdicts(random, facts):
    """Return what each criterion says; one that is not asked keeps nobody from anything."""
    return {table.criterion.id: table.verdict(facts) for table in random.tables}


@settings(max_examples=50, deadline=None)
@given(policies())
def test_a_rulebook_does_not_differ_from_itself(random):
    found = difference(random, random)

    assert found.is_none
    assert found.judges_alike
    assert all(was == now for was, now in found.outcomes)


@settings(max_examples=100, deadline=None)
@given(changes())
def test_each_combination_that_is_judged_otherwise_is_named_once_and_no_other(pair):
    old, new = pair
    facts = old.rulebook.facts

    found = difference(old, new)

    names = {change.criterion: change.was_called or change.criterion for change in found.criteria}
    lines = {change.criterion: change.lines for change in found.criteria}
    for values in every_combination(tuple(facts), facts):
        case = dict(zip(facts, values, strict=True))
        before, after = verdicts(old, case), verdicts(new, case)
        for criterion in before.keys() | after.keys():
            if criterion in names.values() and criterion not in names:
                continue  # It is told under its new name.
            was = before.get(names.get(criterion, criterion), MET)
            now = after.get(criterion, MET)
            told = [line.said for line in lines.get(criterion, ()) if line.covers(case)]
            assert [_counted(said) for said in told] == ([] if was == now else [(was, now)])


@settings(max_examples=100, deadline=None)
@given(changes())
def test_what_becomes_of_an_agency_as_a_whole_is_what_trying_every_case_shows(pair):
    old, new = pair
    facts = old.rulebook.facts
    cases = [
        dict(zip(facts, values, strict=True)) for values in every_combination(tuple(facts), facts)
    ]

    found = difference(old, new)

    assert set(found.outcomes) == {
        (worst(verdicts(old, case).values()), worst(verdicts(new, case).values())) for case in cases
    }


def _counted(said):
    return tuple(MET if word == "not_asked" else word for word in said)


def test_nothing_is_said_of_a_rulebook_that_is_the_same(changed):
    found = difference(policy(), changed())

    assert sentences(found) == [
        "Nothing changes between rulebook kent-medway 2024.1 and kent-medway 2024.1."
    ]


STRICTER = (
    ("met: {ofsted_overall: [outstanding, good]}", "met: {ofsted_overall: outstanding}"),
    ("[requires_improvement, adequate,", "[good, requires_improvement, adequate,"),
    ('version: "2024.1"', 'version: "2025.1"'),
)


CAN_BE_REFERRED = (
    "As a whole, an agency that was eligible can now be referred to a person: for one, ofsted "
    "overall: good."
)


def test_a_stricter_criterion_is_told_with_what_it_means_for_an_agency(changed):
    found = difference(policy(), changed(*STRICTER))

    heading, *told = sentences(found)
    assert heading == "From rulebook kent-medway 2024.1 to kent-medway 2025.1:"
    assert told == [
        "Criterion ofsted-quality judges otherwise: Is the agency judged good or better by Ofsted?",
        "  When ofsted overall is good: was met, now referred to a person (1 combination).",
        CAN_BE_REFERRED,
        "No agency becomes eligible that was not.",
        AS_BEFORE,
    ]
    assert not found.judges_alike


def test_a_promise_that_goes_and_one_that_comes_are_told(changed):
    gone = "  - {outcome: eligible, when: {on_framework: no}}\n"
    come = "  - {outcome: refer, when: {registration: not_active}}\n"

    told = sentences(difference(policy(), changed((gone, come))))

    assert any("promise is gone: no agency is ever eligible when on framework" in s for s in told)
    assert any("promise is new: no agency is ever referred to a person when" in s for s in told)
    assert "whatever the facts, its outcome is the same" in told[-1]


def test_other_words_are_told_where_nothing_is_judged_otherwise(changed):
    found = difference(
        policy(),
        changed(
            ("met: The agency serves {age_band}.", "met: It serves {age_band}."),
            ("source: S17, in-house service first;", "source: S24, in-house service first;"),
            ("S24: Kent County Council, record of", "S24: Kent, record of"),
            ("in_force: {from: 2022-04-01}", "in_force: {from: 2025-04-01, to: 2026-04-01}"),
        ),
    )

    told = "\n".join(sentences(found))

    assert found.judges_alike
    assert "Criterion age-band judges as before, in other words" in told
    assert 'The text where it is met was "The agency serves {age_band}."; it is now' in told
    assert "Gate in-house-search judges as before, in other words" in told
    assert 'The source S24 was "Kent County Council, record of' in told
    assert 'was "from 2022-04-01"; it is now "from 2025-04-01 to 2026-04-01"' in told


def test_a_criterion_that_only_has_another_name_changes_nobody_s_outcome(changed):
    found = difference(policy(), changed(("  - id: solo\n", "  - id: alone\n")))

    [change] = found.criteria
    assert (change.kind, change.was_called, change.lines) == ("renamed", "solo", ())
    assert "whatever the facts, its outcome is the same" in sentences(found)[-1]


def test_a_criterion_that_is_dropped_and_one_that_comes_are_told_by_whom_they_keep_out(changed):
    begin, end = TEXT.index("  - id: long-term"), TEXT.index("# Proved before")
    tier = """\
  - id: tier
    asks: Is the agency of the first two tiers?
    source: working
    met: {tier: {at_most: 2}}
    says: {met: It is., not_met: It is not.}

"""
    new = changed(
        (TEXT[begin:end], tier),
        ("  duration: {one_of: [short_term, long_term]}\n", "  tier: {from: 1, to: 9}\n"),
        ("  takes_long_term: {one_of: [yes, no, not_known]}\n", ""),
    )

    found = difference(policy(), new)
    told = sentences(found)

    assert {change.criterion: change.kind for change in found.criteria} == {
        "tier": "added",
        "long-term": "removed",
    }
    assert "  When tier is 3 to 9: was not asked, now not met (7 combinations)." in told
    assert (
        "  When duration is long term, and takes long term is no: was not met, now not asked "
        "(1 combination)." in told
    )
    assert any("was not eligible can now be eligible" in sentence for sentence in told)
    assert any("was eligible can now be not eligible" in sentence for sentence in told)


def test_a_word_that_only_the_new_rulebook_has_is_told_as_such(tmp_path):
    path = tmp_path / "rulebook.yaml"
    path.write_text(TEXT.replace("      - adequate ", "      # ").replace(" adequate,", ""))
    # As one that was kept before the word came up, for no file without it would be taken now.
    rulebook = rulebook_again(to_json(YamlFile.read(path).content), vocabulary(framework()))
    old = activate(rulebook, Engine(rulebook), framework().shortlist_order)

    found = difference(old, policy())

    [change] = found.criteria
    [line] = change.lines
    assert line.when == "ofsted overall is adequate"
    assert line.said == ("no_word", "refer")
    told = sentences(found)
    assert "was without a word for it, now referred to a person" in "".join(told)
    assert any("said of facts for which both rulebooks have words" in each for each in told)
    assert told[-1] == "For an agency as a whole nothing else changes."


def test_a_difference_can_be_read_by_a_program(changed):
    told = told_difference(difference(policy(), changed(*STRICTER)))

    [change] = told["criteria"]
    assert change["lines"] == [
        {"when": "ofsted overall is good", "was": "met", "now": "refer", "combinations": 1}
    ]
    assert told["outcomes"] == [
        {"was": "eligible", "now": "refer", "such_as": {"ofsted_overall": "good"}}
    ]
    assert len(told["sentences"]) == len(sentences(difference(policy(), changed(*STRICTER))))
