"""An explanation of a decision as a program reads it."""

from collections.abc import Mapping
from typing import Any

from services.eligibility.decisions.why import (
    AgencyExplained,
    ChildExplained,
    CriterionExplained,
    Explanation,
    Failure,
)
from services.eligibility.rulebooks.criteria import NOT_MET, REFER
from services.eligibility.rulebooks.told import source_in_full, told_facts
from services.eligibility.store.decision_store import StoredDecision

Told = dict[str, Any]


def told_why(stored: StoredDecision, explanation: Explanation) -> Told:
    """Return a whole decision explained: every agency by every criterion."""
    decision = explanation.decision
    sources = decision.policy.rulebook.sources
    return {
        **told_of(stored, explanation),
        "gates": [_criterion(each, sources) for each in explanation.gates],
        "gate_outcome": decision.gates.outcome,
        "spot_purchase_indicated": decision.spot_purchase_indicated,
        "shortlist_order": list(decision.policy.shortlist_order),
        "drawn": [{"first": first, "last": last} for first, last in explanation.drawn],
        "failures": [_failure(each) for each in explanation.failures],
        "near_misses": [each.urn for each in explanation.near_misses],
        "nearest": [_nearest(each, sources) for each in explanation.nearest],
        "each_child": [_child(each) for each in explanation.children],
        "agencies": [_agency(each, sources) for each in explanation.agencies],
    }


def told_why_agency(stored: StoredDecision, explanation: Explanation, urn: str) -> Told:
    """Return one agency by every criterion.

    Raises:
        NoSuchAgency: it was not on the register then.
    """
    agency = explanation.agency(urn)
    decision = explanation.decision
    sources = decision.policy.rulebook.sources
    return {
        **told_of(stored, explanation),
        "gates": [_criterion(each, sources) for each in explanation.gates],
        "gate_outcome": decision.gates.outcome,
        "agency": _agency(agency, sources),
    }


def told_of(stored: StoredDecision, explanation: Explanation) -> Told:
    """Return which decision it is, and what it was made of."""
    rulebook, occasion = explanation.decision.policy.rulebook, stored.occasion
    return {
        "decision_id": stored.decision_id,
        "referral_id": stored.referral.referral_id,
        "decided_at": stored.decided_at.isoformat(),
        "version": occasion.version,
        "occasion": {"word": occasion.word, "reference": occasion.reference},
        "supersedes": occasion.supersedes,
        "rulebook": {
            "name": rulebook.name,
            "version": rulebook.version,
            "digest": rulebook.digest,
        },
        "register_version": stored.register_version,
    }


def _agency(agency: AgencyExplained, sources: Mapping[str, str]) -> Told:
    return {
        "agency": agency.urn,
        "name": agency.name,
        "tier": agency.tier,
        "outcome": agency.outcome,
        "rank": agency.rank,
        "near_miss": agency.is_near_miss,
        "criteria": [_criterion(each, sources) for each in agency.criteria],
    }


def _nearest(agency: AgencyExplained, sources: Mapping[str, str]) -> Told:
    return {
        "agency": agency.urn,
        "name": agency.name,
        "tier": agency.tier,
        "not_met": [_criterion(each, sources) for each in agency.with_verdict(NOT_MET)],
        "refer": [_criterion(each, sources) for each in agency.with_verdict(REFER)],
    }


def _criterion(explained: CriterionExplained, sources: Mapping[str, str]) -> Told:
    criterion = explained.criterion
    told: Told = {
        "criterion": criterion.id,
        "asks": criterion.asks,
        "verdict": explained.verdict,
        "because": explained.because,
        "source": criterion.source,
        "source_in_full": source_in_full(criterion.source, sources),
        "facts": [
            {"of": each.of, "name": each.name, "value": told_facts({"": each.value})[""]}
            for each in explained.facts
        ],
    }
    if explained.each_child:
        told["each_child"] = [
            {"child_ref": child_ref, "verdict": verdict}
            for child_ref, verdict in explained.each_child
        ]
    return told


def _failure(failure: Failure) -> Told:
    return {
        "criterion": failure.criterion.id,
        "asks": failure.criterion.asks,
        "not_met": failure.not_met,
        "refer": failure.refer,
    }


def _child(child: ChildExplained) -> Told:
    return {
        "child_ref": child.child_ref,
        "age": child.age,
        "age_band": child.age_band,
        "gate_outcome": child.gate_outcome,
        "eligible": list(child.eligible),
        "refer": list(child.refer),
        "failures": [_failure(each) for each in child.failures],
    }
