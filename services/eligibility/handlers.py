"""What the eligibility service does about each type of event."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from services.eligibility.crosscheck import cross_check, is_sampled
from services.eligibility.decided import DecisionWriter
from services.eligibility.decision import Decision, decide
from services.eligibility.policy import NoRulebookInForce, Policies, Policy
from services.eligibility.received import referral_from
from services.eligibility.store import register_store
from services.eligibility.store.decision_store import row_of
from services.eligibility.store.live_register import LiveRegister
from services.eligibility.store.tables import decisions, withdrawals
from services.eligibility.told_provider import facts_from
from shared.contracts.catalogue import (
    ELIGIBILITY_DECIDED,
    EMERGENCY,
    PROVIDER_UPDATED,
    REFERRAL_RECEIVED,
    REFERRAL_WITHDRAWN,
)
from shared.contracts.event import Event, encode, event_id
from shared.contracts.provider import ProviderUpdated
from shared.contracts.referral import ReferralReceived, ReferralWithdrawn
from shared.errors import CannotSucceed, MayYetSucceed
from shared.framework.framework import Framework
from shared.messaging.message import EXCHANGE, Outgoing
from shared.messaging.work import Handler, Work

IMPORT_REGISTER = "Import the register: fosterframe register import PACK."


class Eligibility:
    """Decides referrals by the policy in force and the register as it is known."""

    def __init__(self, framework: Framework, policies: Policies) -> None:
        self._framework = framework
        self._policies = policies
        self._register = LiveRegister()
        self._writer = DecisionWriter(framework.digest)

    def decide_referral(self, work: Work, event: Event[ReferralReceived]) -> None:
        """Decide a referral, keep what the decision was made of, and tell it."""
        policy = self._policy_for(event.data)
        referral = referral_from(event.data, self._framework)
        register = self._register.current(work)
        if not register:
            raise MayYetSucceed("the register holds no agency", advice=IMPORT_REGISTER)
        decision = decide(referral, register.panel(referral.start_date), policy)
        self._tell(work, event, decision)

    def record_withdrawal(self, work: Work, event: Event[ReferralWithdrawn]) -> None:
        """Record that a home is no longer needed."""
        work.add(
            withdrawals,
            {
                "event_id": event.id,
                "referral_id": event.data.referral_id,
                "withdrawn_at": event.data.withdrawn_at,
                "reason": event.data.reason,
                "recorded_at": work.now,
            },
        )

    def update_provider(self, work: Work, event: Event[ProviderUpdated]) -> None:
        """Add what was told of an agency to the register, from now on known."""
        urn = event.data.agency
        facts = facts_from(event.data, self._framework)
        if urn not in self._register.current(work):
            raise MayYetSucceed("the agency is not on the register", advice=IMPORT_REGISTER)
        told = [(urn, fact) for fact in facts]
        version = register_store.append(
            work.connection, told, work.now, event.id, said_at=_said_at(work, event)
        )
        self._register.changed()
        work.record("register", urn, version.encode())

    def _policy_for(self, referral: ReferralReceived) -> Policy:
        try:
            return self._policies.in_force(referral.received_at)
        except NoRulebookInForce as none:
            raise CannotSucceed(
                "no rulebook is in force on the day of the referral",
                field="data.received_at",
                advice=str(none),
            ) from none

    def _tell(self, work: Work, event: Event[ReferralReceived], decision: Decision) -> None:
        referral_id = decision.referral.referral_id
        decision_id = event_id(event.id, ELIGIBILITY_DECIDED, referral_id)
        head = self._writer.head(decision, decision_id, work.now)
        body = self._writer.written(head, decision)
        digest = hashlib.sha256(body).hexdigest()
        if is_sampled(digest):
            cross_check(decision)
        told = work.follow(ELIGIBILITY_DECIDED, referral_id, head)
        if told.id != decision_id:
            raise AssertionError("a referral is decided once for each event; this one was before")
        work.add(decisions, row_of(decision, decision_id, work.now, self._framework.digest, digest))
        work.record("decision", decision_id, body, digest=digest)
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


def _said_at(work: Work, event: Event[ProviderUpdated]) -> datetime:
    """Return when it was said; what has no time, or one to come, was said when it came."""
    return event.time if 0 < event.time.timestamp() <= work.now.timestamp() else work.now


def handlers(framework: Framework, policies: Policies) -> Mapping[str, Handler]:
    """Return what is done about each type of event."""
    eligibility = Eligibility(framework, policies)
    return {
        REFERRAL_RECEIVED: eligibility.decide_referral,
        REFERRAL_WITHDRAWN: eligibility.record_withdrawal,
        PROVIDER_UPDATED: eligibility.update_provider,
    }
