"""Makes criteria that differ from one in a single small thing, as a slip of the pen would."""

from dataclasses import dataclass, replace

from services.eligibility.facts import SetOf
from services.eligibility.rulebooks.criteria import (
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Criterion,
    Includes,
    Is,
    Other,
    SameAs,
)


@dataclass(frozen=True)
class Mutant:
    """A criterion with one slip in it.

    Args:
        slip: what is otherwise, as a sentence.
    """

    slip: str
    criterion: Criterion


def mutants(criterion, facts):
    """Return every criterion that differs from this one by one slip."""
    return [*_in_conditions(criterion, facts), *_between_verdicts(criterion)]


def constants(condition):
    """Return the values that a condition lists."""
    if isinstance(condition, (All, AnyOf)):
        return [value for part in condition.parts for value in constants(part)]
    return list(condition.values) if isinstance(condition, Is) else []


def _in_conditions(criterion, facts):
    for verdict in ("met", "refer"):
        condition = getattr(criterion, verdict)
        if condition is None:
            continue
        for slip, changed in _changed(condition, facts):
            if changed is not None:
                told = f"{criterion.id} where {verdict} {slip}"
                yield Mutant(told, replace(criterion, **{verdict: changed}))


def _between_verdicts(criterion):
    met, refer = criterion.met, criterion.refer
    if refer is None:
        return
    yield Mutant(f"{criterion.id} without refer", replace(criterion, refer=None))
    swapped = replace(criterion, met=refer, refer=met)
    yield Mutant(f"{criterion.id} with met and refer swapped", swapped)
    if isinstance(met, Is) and isinstance(refer, Is) and met.fact == refer.fact:
        for value in met.values:
            left = _without(met, value)
            if left:
                flipped = replace(criterion, met=left, refer=_with(refer, value))
                yield Mutant(f"{criterion.id} where {value} refers and is not met", flipped)
        for value in refer.values:
            left = _without(refer, value)
            if left:
                flipped = replace(criterion, met=_with(met, value), refer=left)
                yield Mutant(f"{criterion.id} where {value} is met and does not refer", flipped)


def _changed(condition, facts):
    """Yield each slip in a condition, with the condition that it leaves; None leaves nothing."""
    yield f"lacks '{condition}'", None
    yield from _SLIPS[type(condition)](condition, facts)


def _in_is(condition, facts):
    for value in condition.values:
        yield f"lacks {value} in '{condition}'", _without(condition, value)
    for value in facts[condition.fact].domain.every_value():
        if value in condition.values:
            continue
        yield f"has {value} too in '{condition}'", _with(condition, value)
        for told in condition.values:
            flipped = _with(_without(condition, told), value, condition.fact)
            yield f"has {value} for {told} in '{condition}'", flipped


def _in_includes(condition, facts):
    domain = facts[condition.fact].domain
    for member in domain.members:
        if member != condition.member:
            yield f"has {member} in '{condition}'", replace(condition, member=member)
    for name, fact in facts.items():
        is_set = isinstance(fact.domain, SetOf)
        if is_set and name != condition.fact and set(domain.members) <= set(fact.domain.members):
            yield f"has {name} in '{condition}'", replace(condition, fact=name)


def _in_bounded(condition, _facts):
    contrary = AtLeast if isinstance(condition, AtMost) else AtMost
    yield f"has the contrary of '{condition}'", contrary(condition.fact, condition.bound)
    if isinstance(condition.bound, Other):
        both = SameAs(condition.fact, condition.bound)
        yield f"has the same for '{condition}'", both
        yield (
            f"turns '{condition}' round",
            type(condition)(condition.bound.fact, Other(condition.fact)),
        )
        return
    for bound in (condition.bound - 1, condition.bound + 1):
        yield f"has {bound} in '{condition}'", replace(condition, bound=bound)


def _in_same(condition, facts):
    for value in facts[condition.fact].domain.every_value():
        yield f"has {value} in '{condition}'", Is(condition.fact, (value,))


def _in_joined(condition, facts):
    other = AnyOf if isinstance(condition, All) else All
    yield f"joins '{condition}' the other way", other(condition.parts)
    for place, part in enumerate(condition.parts):
        before, after = condition.parts[:place], condition.parts[place + 1 :]
        for slip, changed in _changed(part, facts):
            kept = before + (() if changed is None else (changed,)) + after
            yield slip, replace(condition, parts=kept)


_SLIPS = {
    Is: _in_is,
    Includes: _in_includes,
    SameAs: _in_same,
    AtMost: _in_bounded,
    AtLeast: _in_bounded,
    All: _in_joined,
    AnyOf: _in_joined,
}


def _without(condition, value):
    """Return the condition without a value, or None if it would have none left."""
    left = tuple(each for each in condition.values if each != value)
    return replace(condition, values=left) if left else None


def _with(condition, value, fact=None):
    return (
        Is(fact, (value,))
        if condition is None
        else replace(condition, values=(*condition.values, value))
    )
