"""Random rulebooks as policies, judged in plain Python, and changes of them."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from services.eligibility.facts import Fact
from services.eligibility.rulebooks.criteria import Criterion, Says
from services.eligibility.rulebooks.rulebook import STORED, Rulebook
from services.eligibility.verdicts.policy import Policy
from services.eligibility.verdicts.tables import tabulate
from shared.days import Period
from tests.eligibility.engine_properties import conditions, domains
from tests.eligibility.evaluator import PlainEvaluator

MOST_FACTS = 3
"""So few that every case can be tried."""


def policy_of(rulebook):
    """Return the policy of a rulebook that need not make sense."""
    evaluator = PlainEvaluator(rulebook)
    tables = [tabulate(each, rulebook.facts, evaluator)[0] for each in rulebook.criteria]
    return Policy(rulebook, tuple(tables), (), evaluator)


@st.composite
def policies(draw):
    """Return the policy of a few criteria over a few facts of agencies and referrals."""
    facts = [
        Fact(f"fact_{place}", draw(st.sampled_from(["agency", "referral"])), domain)
        for place, domain in enumerate(draw(st.lists(domains, min_size=1, max_size=MOST_FACTS)))
    ]
    criteria = [
        draw(_criterion(f"criterion-{place}", facts)) for place in range(draw(st.integers(1, 3)))
    ]
    return policy_of(_rulebook(facts, criteria))


@st.composite
def changes(draw):
    """Return a policy and another one over the same facts, some criteria of which differ."""
    old = draw(policies())
    facts = list(old.rulebook.facts.values())
    criteria = []
    for each in old.rulebook.criteria:
        match draw(st.sampled_from(["kept", "kept", "changed", "removed", "renamed"])):
            case "kept":
                criteria.append(each)
            case "changed":
                criteria.append(draw(_criterion(each.id, facts)))
            case "renamed":
                criteria.append(replace(each, id=f"new-{each.id}"))
    if not criteria or draw(st.booleans()):
        criteria.append(draw(_criterion("another", facts)))
    return old, policy_of(_rulebook(facts, criteria))


@st.composite
def _criterion(draw, name, facts):
    told = conditions(facts)
    return Criterion(name, "?", "S", draw(told), draw(st.none() | told), Says("", "", ""))


def _rulebook(facts, criteria):
    return Rulebook(
        name="random",
        version="1",
        in_force=Period(date(2024, 4, 1)),
        sources={"S": "a source"},
        facts={fact.name: fact for fact in facts},
        criteria=tuple(criteria),
        never=(),
        digest="0" * 64,
        content=b"",
        origin=STORED,
    )
