"""The rulebook says what its table of examples says, case by case."""

import pytest

from shared.framework.yaml_file import YamlFile
from tests.eligibility.builders import PACK, policy

EXAMPLES = YamlFile.read(PACK / "rulebook-examples.yaml").content
TABLES = {table.criterion.id: table for table in policy().tables}
CASES = [
    pytest.param(criterion, verdict, facts, id=f"{criterion} is {verdict} for {facts}")
    for criterion, told in EXAMPLES.items()
    for verdict, cases in told.items()
    for facts in cases
]


def with_sets(facts):
    return {
        name: frozenset(value) if isinstance(value, list) else value
        for name, value in facts.items()
    }


@pytest.mark.parametrize(("criterion", "verdict", "facts"), CASES)
def test_an_example_of_the_policy_comes_out_as_written(criterion, verdict, facts):
    table = TABLES[criterion]

    assert sorted(facts) == sorted(table.facts)
    assert table.verdict(with_sets(facts)) == verdict


@pytest.mark.parametrize("criterion", TABLES)
def test_every_verdict_that_a_criterion_can_give_has_an_example(criterion):
    possible = {verdict for _, verdict in TABLES[criterion].every_row()}

    assert set(EXAMPLES[criterion]) == possible
