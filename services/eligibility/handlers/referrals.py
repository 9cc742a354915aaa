"""What is done about a referral that was received or amended, and about one that was withdrawn."""

import json
import logging
from datetime import datetime
from typing import Final

from services.eligibility.decisions.deciding import decided
from services.eligibility.decisions.telling import DecisionTeller
from services.eligibility.decisions.words_known import remember_withdrawal, words_known
from services.eligibility.occasion import Occasion, said_at
from services.eligibility.received import referral_from
from services.eligibility.rulebooks.in_use import PoliciesInUse
from services.eligibility.store.live_register import LiveRegister
from services.eligibility.store.tables import withdrawals
from services.eligibility.store.words_on_referrals import LastWords
from services.eligibility.verdicts.policy import NoRulebookInForce, Policy
from shared.contracts.event import Event
from shared.contracts.referral import ReferralReceived, ReferralWithdrawn
from shared.errors import CannotSucceed, MayYetSucceed
from shared.framework.framework import Framework
from shared.messaging.work import Work

_log = logging.getLogger(__name__)

IMPORT_REGISTER: Final = "Import the register: fosterframe register import PACK."


class Referrals:
    """Decides referrals by the policy in force and the register as it is known."""

    def __init__(
        self,
        framework: Framework,
        policies: PoliciesInUse,
        register: LiveRegister,
        teller: DecisionTeller,
    ) -> None:
        self._framework = framework
        self._policies = policies
        self._register = register
        self._teller = teller

    def decide_referral(self, work: Work, event: Event[ReferralReceived]) -> None:
        """Decide a referral, keep what the decision was made of, and tell it.

        A word that is older than what was said or decided on the referral since is not decided.
        """
        # A change of the register that is decided beside this waits from here on. What it brought
        # about before is read below, and superseded.
        register = self._register.current(work)
        at = said_at(event.time, work.now)
        known = words_known(work, event.data.referral_id)
        if known.overtake(event.data.version, at):
            _leave(work, event)
            return
        policy = self._policy_for(work, event.data)
        referral = referral_from(event.data, self._framework)
        if not register:
            raise MayYetSucceed("the register holds no agency", advice=IMPORT_REGISTER)
        decision = decided(referral, register.panel(referral.start_date), policy)
        self._teller.tell(work, decision, _occasion(known, event, at))

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
                "said_at": said_at(event.time, work.now),
            },
        )
        remember_withdrawal(work, event)

    def _policy_for(self, work: Work, referral: ReferralReceived) -> Policy:
        try:
            return self._policies.current(work).in_force(referral.received_at)
        except NoRulebookInForce as none:
            raise CannotSucceed(
                "no rulebook is in force on the day of the referral",
                field="data.received_at",
                advice=str(none),
            ) from none


def _occasion(known: LastWords, event: Event[ReferralReceived], at: datetime) -> Occasion:
    before = known.decision
    # What is said again after it was withdrawn is received again, and no amendment.
    is_amended = before is not None and not known.is_withdrawn
    return Occasion(
        word="amended" if is_amended else "received",
        reference=event.id,
        version=event.data.version,
        said_at=at,
        supersedes=None if before is None else before.decision_id,
    )


def _leave(work: Work, event: Event[ReferralReceived]) -> None:
    """Record that a word came too late to count, and do nothing about it."""
    referral = event.data
    told = {"referral_id": referral.referral_id, "version": referral.version}
    work.record("overtaken", event.id, json.dumps(told).encode())
    _log.info("not decided: a newer word on the referral, or its withdrawal, came before")
