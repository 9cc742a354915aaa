"""Tells a decision: the message, the row that it can be derived from again, and the log."""

import hashlib
from typing import Final

from services.eligibility.decision import Decision
from services.eligibility.decisions.decided import DecisionWriter
from services.eligibility.decisions.words_known import remember_decision
from services.eligibility.occasion import Occasion
from services.eligibility.rulebooks.in_use import PoliciesInUse
from services.eligibility.store.decision_store import row_of
from services.eligibility.store.tables import decisions
from services.eligibility.trials.shadowing import Shadowing
from services.eligibility.verdicts.crosscheck import cross_check, is_sampled
from shared.contracts.catalogue import ELIGIBILITY_DECIDED, EMERGENCY
from shared.contracts.event import encode
from shared.contracts.fields import Data
from shared.messaging.message import EXCHANGE, Outgoing
from shared.messaging.work import Work

_WRITTEN_LATER: Final = Data()
"""Stands for the data of the event until it is written: it holds the event's own id."""


class DecisionTeller:
    """Keeps and publishes decisions for one worker or one command.

    Args:
        pack_digest: the framework pack in use.
        policies: give the rulebook that is tried beside, if one is to be tried at all.
    """

    def __init__(self, pack_digest: str, policies: PoliciesInUse | None = None) -> None:
        self._pack_digest = pack_digest
        self._beside = None if policies is None else Shadowing(policies)
        self._writer = DecisionWriter(pack_digest)

    def tell(self, work: Work, decision: Decision, occasion: Occasion) -> str:
        """Keep a decision and tell it; return its id, which the same work always makes the same."""
        referral_id = decision.referral.referral_id
        is_asked = occasion.word != "register_changed"
        told = work.follow(
            ELIGIBILITY_DECIDED,
            referral_id,
            _WRITTEN_LATER,
            correlation_id="" if is_asked else referral_id,
        )
        head = self._writer.head(decision, told.id, work.now)
        body = self._writer.written(head, decision, occasion)
        digest = hashlib.sha256(body).hexdigest()
        if is_sampled(digest):
            cross_check(decision)
        row = row_of(decision, occasion, told, self._pack_digest, digest)
        work.add(decisions, row)
        work.record("decision", told.id, body, digest=digest)
        work.publish(
            Outgoing(
                exchange=EXCHANGE,
                routing_key=told.type + (EMERGENCY if decision.referral.emergency else ""),
                body=encode(told, written=body),
                message_id=told.id,
                type=told.type,
                correlation_id=told.correlation_id,
                headers={"traceparent": told.traceparent} if told.traceparent else {},
            )
        )
        if self._beside is not None:
            self._beside.compare(work, decision, told.id)
        remember_decision(work, referral_id, told.id, occasion)
        return told.id
