"""What a rulebook says in vain is found, and nothing that matters is taken for it."""

from dataclasses import replace

from hypothesis import given, settings

from services.eligibility.rulebooks.criteria import All, AnyOf, facts_read
from services.eligibility.verdicts.tables import every_combination
from services.eligibility.verdicts.without_effect import ComparisonTables, unread_facts
from tests.eligibility.builders import policy
from tests.eligibility.engine_properties import rulebooks
from tests.eligibility.evaluator import PlainEvaluator, holds


def placed(condition, at):
    """Return the condition with a place of its own for each of its parts."""
    if not isinstance(condition, (All, AnyOf)):
        return replace(condition, at=at)
    parts = tuple(placed(part, (*at, place)) for place, part in enumerate(condition.parts))
    return replace(condition, parts=parts, at=at)


def with_places(rulebook):
    criteria = tuple(
        replace(
            each,
            met=placed(each.met, ("criteria", place, "met")),
            refer=each.refer and placed(each.refer, ("criteria", place, "refer")),
        )
        for place, each in enumerate(rulebook.criteria)
    )
    return replace(rulebook, criteria=criteria, never=())


def cases_of(condition, facts):
    """Return for every combination of facts whether the condition holds."""
    names = tuple(facts)
    return [
        holds(condition, dict(zip(names, each, strict=True)))
        for each in every_combination(names, facts)
    ]


def check(condition, found, facts):
    """Check each branch within a condition: it is found exactly if it is in vain."""
    if not isinstance(condition, (All, AnyOf)):
        return
    whole = cases_of(condition, facts)
    possible = [part for part in condition.parts if any(cases_of(part, facts))]
    for part in condition.parts:
        rest = replace(condition, parts=tuple(each for each in condition.parts if each is not part))
        adds_nothing = cases_of(rest, facts) == whole
        if part not in possible:
            assert part.at in found
        elif part.at in found:
            assert adds_nothing
    if any(whole) and not found & {part.at for part in condition.parts}:
        for part in condition.parts:
            rest = tuple(each for each in condition.parts if each is not part)
            assert cases_of(replace(condition, parts=rest), facts) != whole
    for part in possible:
        check(part, found, facts)


@settings(max_examples=150, deadline=None)
@given(rulebooks())
def test_a_branch_is_refused_exactly_where_the_condition_says_the_same_without_it(rulebook):
    told = with_places(rulebook)

    found = {each.at for each in ComparisonTables(told, PlainEvaluator(told)).branch_findings()}

    for criterion in told.criteria:
        for condition in filter(None, (criterion.met, criterion.refer)):
            check(condition, found, {name: told.facts[name] for name in facts_read(condition)})


@settings(max_examples=150, deadline=None)
@given(rulebooks())
def test_a_comparison_is_refused_exactly_where_it_always_or_never_holds(rulebook):
    told = with_places(rulebook)

    found = ComparisonTables(told, PlainEvaluator(told)).constant_findings()

    said = {each.reason.split(", ", 1)[1].split(" holds, for ")[0] for each in found}
    assert said == {
        f"{each} {always}"
        for each in told.comparisons()
        for always, kind in (("always", {True}), ("never", {False}))
        if set(cases_of(each, {name: told.facts[name] for name in facts_read(each)})) == kind
    }


def test_the_sample_rulebook_says_nothing_in_vain():
    rulebook = policy().rulebook
    comparisons = ComparisonTables(rulebook, policy().evaluator)

    assert unread_facts(rulebook) == []
    assert comparisons.constant_findings() == []
    assert comparisons.branch_findings() == []
