"""The examples of the sample rulebook notice every slip of the pen that changes what it says."""

from dataclasses import replace
from functools import cache

import pytest

from services.eligibility.trials.examples import tried
from services.eligibility.trials.examples_yaml import examples_beside, read_examples
from services.eligibility.verdicts.tables import conditions_of, every_combination, tabulate
from tests.eligibility.builders import PACK, framework, policy
from tests.eligibility.evaluator import PlainEvaluator
from tests.eligibility.mutants import constants, mutants

RULEBOOK = policy().rulebook
TABLES = {table.criterion.id: table for table in policy().tables}
CASES = read_examples(examples_beside(PACK / "rulebook.yaml"), RULEBOOK, framework().age_bands)


@cache
def judged(criterion):
    """Return the table of a criterion, and why activation would refuse it."""
    alone = replace(RULEBOOK, criteria=(criterion,), never=())
    return tabulate(criterion, RULEBOOK.facts, PlainEvaluator(alone))


def table_of(mutant):
    """Return the table of a mutant."""
    return judged(mutant.criterion)[0]


def is_noticed_at_activation(mutant):
    """Say whether the rulebook would be refused with this slip in it."""
    return bool(judged(mutant.criterion)[1])


def says_the_same(mutant):
    """Say whether a slip changes nothing: each combination of facts has the same verdict."""
    one, other = TABLES[mutant.criterion.id], table_of(mutant)
    names = sorted({*one.facts, *other.facts})
    return all(
        one.verdict(facts) == other.verdict(facts)
        for values in every_combination(names, RULEBOOK.facts)
        for facts in [dict(zip(names, values, strict=True))]
    )


EVERY = [each for criterion in RULEBOOK.criteria for each in mutants(criterion, RULEBOOK.facts)]
TELLING = [each for each in EVERY if not is_noticed_at_activation(each) and not says_the_same(each)]


@pytest.mark.parametrize("mutant", TELLING, ids=lambda mutant: mutant.slip)
def test_a_slip_in_a_criterion_makes_an_example_fail(mutant):
    changed = {**TABLES, mutant.criterion.id: table_of(mutant)}

    assert tried(list(changed.values()), CASES).failures


@pytest.mark.parametrize("criterion", RULEBOOK.criteria, ids=lambda criterion: criterion.id)
def test_no_value_of_a_criterion_is_left_untried(criterion):
    slips = [mutant.slip for mutant in EVERY if mutant.criterion.id == criterion.id]

    values = {value for each in conditions_of(criterion).values() for value in constants(each)}
    assert slips
    assert all(
        any(f" lacks {value} in " in slip or f" for {value} in " in slip for slip in slips)
        for value in values
    )
