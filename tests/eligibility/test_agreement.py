"""The tables, the rules engine and rules written by hand give one answer."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from services.eligibility.decision import decide
from services.eligibility.decisions.decided import DecisionWriter
from services.eligibility.facts import vocabulary
from services.eligibility.provider import Name
from services.eligibility.rulebooks.rulebook_yaml import rulebook_again
from services.eligibility.shortlist import shortlist
from services.eligibility.verdicts import crosscheck
from services.eligibility.verdicts.crosscheck import TableContradicted, cross_check, is_sampled
from services.eligibility.verdicts.engine import Engine
from services.eligibility.verdicts.policy import activate
from shared.contracts.decision import EligibilityDecided
from tests.eligibility.builders import agency, decided, framework, policy, referral, register
from tests.eligibility.handwritten import CRITERIA, gates, judge
from tests.eligibility.strategies import agencies, referrals

NOW = datetime(2026, 3, 2, 10, 0, 5, 250, tzinfo=UTC)
WRITER = DecisionWriter("0" * 64)


def written(decision):
    return WRITER.written(WRITER.head(decision, "D1", NOW), decision)


@settings(max_examples=300, deadline=None)
@given(referrals(), agencies())
def test_the_tables_say_what_rules_written_by_hand_say(asked, told):
    decision = decided(asked, *told)

    by_hand = judge(asked.facts, [each.facts for each in decision.panel.agencies])

    assert decision.policy.agency_criteria == CRITERIA
    assert (decision.outcomes(), decision.verdicts()) == by_hand
    assert tuple(gate.verdict for gate in decision.gates.reasons) == gates(asked.facts)


@settings(max_examples=30, deadline=None)
@given(referrals(), agencies())
def test_the_tables_say_what_the_engine_says_of_a_live_decision(asked, told):
    assert cross_check(decided(asked, *told)) >= len(CRITERIA)


@settings(max_examples=150, deadline=None)
@given(referrals(), agencies())
def test_a_decision_is_written_byte_for_byte_as_the_contract_writes_it(asked, told):
    decision = decided(asked, *told)

    body = written(decision)

    read = EligibilityDecided.model_validate_json(body)
    assert read.model_dump_json().encode() == body
    assert json.loads(body)["decision_id"] == "D1"


@settings(max_examples=150, deadline=None)
@given(referrals(), agencies())
def test_every_agency_and_every_criterion_can_be_read_from_the_message(asked, told):
    decision = decided(asked, *told)

    read = EligibilityDecided.model_validate_json(written(decision))

    by_urn = {each.agency: each for each in read.agencies}
    for place, each in enumerate(decision.panel.agencies):
        entry = by_urn.pop(each.urn)
        unmet = {reason.criterion: reason.verdict for reason in read.unmet(entry)}
        verdicts = tuple(unmet.get(criterion, "met") for criterion in read.criteria)
        assert verdicts == decision.verdicts()[place]
        assert entry.outcome == decision.outcomes()[place]
        assert entry.near_miss == (verdicts.count("not_met") == 1)
    assert not by_urn
    listed = [decision.panel.agencies[place].urn for place in shortlist(decision)]
    assert [each.agency for each in read.agencies if each.rank is not None] == listed


def test_a_percent_sign_in_a_name_is_written_as_it_is():

    decision = decided(referral(), agency(Name("100 % %d Fostering")))

    [entry] = EligibilityDecided.model_validate_json(written(decision)).agencies
    assert entry.name == "100 % %d Fostering"


# The sampled check of the tables.


class WrongEngine:
    """An engine that holds nothing to be so any more."""

    def holding(self, _name, combinations):
        return [frozenset()] * len(combinations)


def test_a_table_that_the_engine_contradicts_stops_the_decision():
    spoilt = policy().__class__(
        policy().rulebook, policy().tables, policy().shortlist_order, WrongEngine()
    )
    decision = decide(referral(), register(agency()).panel(referral().start_date), spoilt)

    with pytest.raises(TableContradicted, match="in-house-search"):
        cross_check(decision)


def test_one_in_a_thousand_decisions_is_checked_and_always_the_same_ones():
    digests = [f"{number:012x}{'0' * 52}" for number in range(10_000)]

    sampled = [digest for digest in digests if is_sampled(digest)]

    assert len(sampled) == 10_000 // crosscheck.ONE_IN
    assert sampled == [digest for digest in digests if is_sampled(digest)]


def test_a_rulebook_that_is_read_again_decides_alike():

    kept = rulebook_again(policy().rulebook.content, vocabulary(framework()))
    again = activate(kept, Engine(kept), policy().shortlist_order)

    assert kept == policy().rulebook
    assert [table.rows for table in again.tables] == [table.rows for table in policy().tables]
