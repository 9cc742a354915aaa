"""Tries a rulebook beside the one that decides, and keeps only where it would decide otherwise."""

import json
import logging

from services.eligibility.decision import Decision, decide
from services.eligibility.rulebooks.in_use import PoliciesInUse
from services.eligibility.store.tables import shadow_differences
from services.eligibility.trials.shadow_difference import shadow_difference
from services.eligibility.verdicts.policy import Policy
from shared.messaging.work import Work

_log = logging.getLogger(__name__)


class Shadowing:
    """Decides once more what was decided, by the rulebook in shadow while there is one.

    Whatever its own days are: that is how the rulebook of next April is tried on the referrals of
    March. Nothing of it is told outside.
    """

    def __init__(self, policies: PoliciesInUse) -> None:
        self._policies = policies

    def compare(self, work: Work, decision: Decision, decision_id: str) -> None:
        """Keep where the rulebook in shadow, if there is one, would have decided otherwise."""
        policy = self._policies.shadow(work)
        if policy is None:
            return
        differs = _differs(decision, policy)
        if differs is None:
            return
        work.add(
            shadow_differences,
            {
                "decision_id": decision_id,
                "digest": policy.rulebook.digest,
                "differs": json.dumps(differs),
                "recorded_at": work.now,
            },
        )


def _differs(decision: Decision, policy: Policy) -> dict[str, object] | None:
    try:
        tried = decide(decision.referral, decision.panel, policy)
        found = shadow_difference(decision, tried)
    except Exception as failure:  # noqa: BLE001 - what is only tried never costs a decision
        kind = type(failure).__name__
        _log.warning("the rulebook %s in shadow failed on a decision: %s", policy.rulebook, kind)
        return {"failed": kind}
    return None if found is None else found.told()
