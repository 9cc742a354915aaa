"""Random rulebooks and facts through the rules engine, against plain Python.

`test_engine.py` runs this in a process of its own, whose memory is filled with rubbish when it is
freed: what the engine should not read any more then kills it for certain.
"""

from datetime import date
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from services.eligibility.facts import Fact, OneOf, SetOf, Whole
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
    Says,
)
from services.eligibility.rulebooks.rulebook import STORED, Never, Rulebook
from services.eligibility.verdicts.engine import Engine
from services.eligibility.verdicts.proofs import never_name
from services.eligibility.verdicts.tables import every_combination
from services.eligibility.verdicts.without_effect import comparison_name
from shared.days import Period
from tests.eligibility.evaluator import PlainEvaluator

WORDS = ("alpha", "beta", "gamma", "delta")
MOST_FACTS = 150

domains = st.one_of(
    st.integers(2, 4).map(lambda count: OneOf(WORDS[:count])),
    st.integers(1, 3).map(lambda count: SetOf(WORDS[:count])),
    st.integers(0, 4).map(lambda highest: Whole(0, highest)),
)


def of_kind(facts, kind):
    return [fact for fact in facts if isinstance(fact.domain, kind)]


@st.composite
def comparisons(draw, facts):
    """Return a comparison that one of the facts allows."""
    fact = draw(st.sampled_from(facts))
    others = of_kind(facts, type(fact.domain))
    if isinstance(fact.domain, SetOf):
        words = of_kind(facts, OneOf)
        member = draw(
            st.sampled_from([*fact.domain.members, *(Other(each.name) for each in words)])
        )
        return Includes(fact.name, member)
    values = list(fact.domain.every_value())
    is_ = Is(fact.name, tuple(draw(st.lists(st.sampled_from(values), min_size=1, unique=True))))
    same = SameAs(fact.name, Other(draw(st.sampled_from(others)).name))
    if isinstance(fact.domain, OneOf):
        return draw(st.sampled_from([is_, same]))
    bound = draw(st.sampled_from([*range(-1, 6), *(Other(each.name) for each in others)]))
    return draw(st.sampled_from([is_, same, AtMost(fact.name, bound), AtLeast(fact.name, bound)]))


def conditions(facts):
    """Return a condition over some facts, with conditions within conditions."""
    return st.recursive(
        comparisons(facts),
        lambda inner: st.builds(
            lambda join, parts: join(tuple(parts)),
            st.sampled_from([All, AnyOf]),
            st.lists(inner, min_size=2, max_size=4),
        ),
        max_leaves=10,
    )


@st.composite
def rulebooks(draw):
    """Return a rulebook that need not make sense."""
    facts = [
        Fact(f"fact_{place}", "agency", domain)
        for place, domain in enumerate(draw(st.lists(domains, min_size=1, max_size=5)))
    ]
    told = conditions(facts)
    criteria = [
        Criterion(
            f"criterion-{place}", "?", "S", draw(told), draw(st.none() | told), Says("", "", "")
        )
        for place in range(draw(st.integers(1, 4)))
    ]
    never = [Never("eligible", each) for each in draw(st.lists(told, max_size=2))]
    return Rulebook(
        name="random",
        version="1",
        in_force=Period(date(2024, 4, 1)),
        sources={"S": "a source"},
        facts={fact.name: fact for fact in facts},
        criteria=tuple(criteria),
        never=tuple(never),
        digest="0" * 64,
        content=b"",
        origin=STORED,
    )


@settings(max_examples=250, deadline=None)
@given(rulebooks(), st.randoms(use_true_random=False))
def test_the_engine_says_of_random_rulebooks_what_plain_python_says(rulebook, chance):
    engine, plain = Engine(rulebook), PlainEvaluator(rulebook)
    names = tuple(rulebook.facts)
    combinations = every_combination(names, rulebook.facts)
    chance.shuffle(combinations)
    facts = [dict(zip(names, each, strict=True)) for each in islice(combinations, MOST_FACTS)]

    asked = [criterion.id for criterion in rulebook.criteria]
    asked += [never_name(position) for position in range(len(rulebook.never))]
    asked += [comparison_name(position) for position in range(len(rulebook.comparisons()))]

    for name in asked:
        assert engine.holding(name, facts) == plain.holding(name, facts)
        # A session that is over leaves nothing behind.
        assert engine.holding(name, facts[:1]) == plain.holding(name, facts[:1])
