"""Says which conditions hold, in plain Python: the independent judge of the rules engine."""

from services.eligibility.rulebooks.criteria import (
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Includes,
    Is,
    Other,
    SameAs,
)
from services.eligibility.verdicts.proofs import HOLDS, never_name
from services.eligibility.verdicts.tables import conditions_of
from services.eligibility.verdicts.without_effect import comparison_name


def holds(condition, facts):
    """Say whether a condition holds for some facts."""
    if isinstance(condition, All):
        return all(holds(part, facts) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return any(holds(part, facts) for part in condition.parts)
    return _COMPARISONS[type(condition)](condition, facts[condition.fact], facts)


_COMPARISONS = {
    Is: lambda each, value, _: value in each.values,
    SameAs: lambda each, value, facts: value == facts[each.other.fact],
    Includes: lambda each, value, facts: _value(each.member, facts) in value,
    AtMost: lambda each, value, facts: value <= _value(each.bound, facts),
    AtLeast: lambda each, value, facts: value >= _value(each.bound, facts),
}


class PlainEvaluator:
    """Stands where the rules engine stands."""

    def __init__(self, rulebook):
        self._sets = {each.id: conditions_of(each) for each in rulebook.criteria}
        for position, never in enumerate(rulebook.never):
            self._sets[never_name(position)] = {HOLDS: never.when}
        for position, comparison in enumerate(rulebook.comparisons()):
            self._sets[comparison_name(position)] = {HOLDS: comparison}

    def holding(self, name, combinations):
        return [
            frozenset(label for label, each in self._sets[name].items() if holds(each, facts))
            for facts in combinations
        ]


def _value(told, facts):
    return facts[told.fact] if isinstance(told, Other) else told
