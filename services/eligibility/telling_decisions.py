"""Tells a decision: the message, the row that it can be derived from again, and the log."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.eligibility.crosscheck import cross_check, is_sampled
from services.eligibility.decided import DecisionWriter
from services.eligibility.decision import Decision
from services.eligibility.store.decision_store import row_of
from services.eligibility.store.tables import decisions
from shared.contracts.catalogue import ELIGIBILITY_DECIDED, EMERGENCY
from shared.contracts.event import encode
from shared.contracts.fields import Data
from shared.messaging.message import EXCHANGE, Outgoing
from shared.messaging.work import Work

_WRITTEN_LATER: Final = Data()
"""Stands for the data of the event until it is written: it holds the event's own id."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a referral is decided now.

    Args:
        reference: what brings it about: an event's id, or a command and who gave it.
        version: that of the referral.
        said_at: when the referral was said, where its message says so.
        supersedes: the decision on the same referral that no longer counts, if there is one.
    """

    word: Literal["received", "amended", "register_changed"]
    reference: str
    version: int = 1
    said_at: datetime | None = None
    supersedes: str | None = None


class DecisionTeller:
    """Keeps and publishes decisions for one worker or one command."""

    def __init__(self, pack_digest: str) -> None:
        self._pack_digest = pack_digest
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
        body = self._writer.written(head, decision)
        digest = hashlib.sha256(body).hexdigest()
        if is_sampled(digest):
            cross_check(decision)
        work.add(decisions, row_of(decision, told.id, work.now, self._pack_digest, digest))
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
        return told.id
