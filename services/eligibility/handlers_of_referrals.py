"""What is done about a referral that was received or amended, and about one that was withdrawn."""

from typing import Final

from services.eligibility.decision import decide
from services.eligibility.policies_in_use import PoliciesInUse
from services.eligibility.policy import NoRulebookInForce, Policy
from services.eligibility.received import referral_from
from services.eligibility.store.live_register import LiveRegister
from services.eligibility.store.tables import withdrawals
from services.eligibility.telling_decisions import DecisionTeller, Occasion
from shared.contracts.event import Event
from shared.contracts.referral import ReferralReceived, ReferralWithdrawn
from shared.errors import CannotSucceed, MayYetSucceed
from shared.framework.framework import Framework
from shared.messaging.work import Work

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
        """Decide a referral, keep what the decision was made of, and tell it."""
        policy = self._policy_for(work, event.data)
        referral = referral_from(event.data, self._framework)
        register = self._register.current(work)
        if not register:
            raise MayYetSucceed("the register holds no agency", advice=IMPORT_REGISTER)
        decision = decide(referral, register.panel(referral.start_date), policy)
        self._teller.tell(work, decision, Occasion("received", event.id))

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

    def _policy_for(self, work: Work, referral: ReferralReceived) -> Policy:
        try:
            return self._policies.current(work).in_force(referral.received_at)
        except NoRulebookInForce as none:
            raise CannotSucceed(
                "no rulebook is in force on the day of the referral",
                field="data.received_at",
                advice=str(none),
            ) from none
