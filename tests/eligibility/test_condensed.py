"""A condensed table says what the whole table says, in fewer lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.eligibility.facts import OneOf, Whole
from services.eligibility.verdicts.condensed import condensed, fewest_lines
from services.eligibility.verdicts.dimensions import ItsValue, comparisons_of, plain_dimensions
from services.eligibility.verdicts.tables import every_combination
from tests.eligibility.builders import policy
from tests.eligibility.random_policies import policies

TABLES = {table.criterion.id: table for table in policy().tables}


def told(criterion):
    return [(line.said, line.when) for line in condensed(TABLES[criterion])]


def covering(lines, facts):
    return [line for line in lines if line.covers(facts)]


@settings(max_examples=100, deadline=None)
@given(policies())
def test_the_lines_cover_each_combination_exactly_once_with_its_verdict(random):
    for table in random.tables:
        lines = condensed(table)

        for values, verdict in table.every_row():
            [line] = covering(lines, dict(zip(table.facts, values, strict=True)))
            assert line.said == verdict
        assert sum(line.combinations for line in lines) == len(list(table.every_row()))
        assert all(line.combinations for line in lines)


@settings(max_examples=50, deadline=None)
@given(policies(), st.randoms(use_true_random=False))
def test_whatever_is_said_of_combinations_is_condensed_without_loss(random, chance):
    facts = random.rulebook.facts
    combinations = [
        (dict(zip(facts, values, strict=True)), chance.choice("abc"))
        for values in every_combination(tuple(facts), facts)
    ]
    plain = plain_dimensions((name, fact.domain) for name, fact in facts.items())
    compared = [each for one in random.rulebook.criteria for each in comparisons_of(one)]

    lines = fewest_lines(combinations, plain, list(dict.fromkeys(compared)))

    for case, said in combinations:
        [line] = covering(lines, case)
        assert line.said == said


@pytest.mark.parametrize("criterion", TABLES)
def test_the_lines_of_the_sample_rulebook_are_few(criterion):
    lines = condensed(TABLES[criterion])

    assert len(lines) <= 6
    assert sum(line.combinations for line in lines) == len(list(TABLES[criterion].every_row()))


def test_values_that_come_to_the_same_are_told_together():
    assert told("ofsted-quality") == [
        ("met", "ofsted overall is outstanding or good"),
        (
            "refer",
            (
                "ofsted overall is requires improvement, adequate, no overall grade, "
                "not yet inspected or unknown"
            ),
        ),
        ("not_met", "ofsted overall is inadequate"),
    ]


def test_a_comparison_of_two_facts_is_told_as_one():
    assert told("placement-type") == [
        ("met", "lots include placement type"),
        ("not_met", "lots do not include placement type"),
    ]


def test_numbers_are_told_as_ranges_and_a_fact_that_does_not_matter_is_left_out():
    assert told("under-fives") == [
        ("met", "age is 5 to 17"),
        ("met", "age is 0 to 4, and placement type is parent and child"),
        ("refer", "age is 0 to 4, and placement type is core, disabled child or sibling group"),
    ]


def test_one_word_is_told_of_a_set_where_no_other_matters():
    assert ("met", "lots include parent and child") in told("parent-and-child")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({3}, "age is 3"),
        ({1, 2, 3}, "age is 1 to 3"),
        ({0, 2, 3, 5}, "age is 0, 2 to 3 or 5"),
    ],
)
def test_numbers_are_said_as_a_person_says_them(answers, words):
    assert ItsValue("age", Whole(0, 9)).words(answers) == words


def test_a_long_list_with_one_exception_is_told_by_the_exception():
    grade = ItsValue("grade", OneOf(tuple("abcdefgh")))

    assert grade.words(set("abcdefg")) == "grade is anything but h"
    assert grade.words(set("abcde")) == "grade is a, b, c, d or e"
