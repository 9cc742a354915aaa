"""What the eligibility service does about each type of event."""

from collections.abc import Mapping

from services.eligibility.handlers_of_agencies import Agencies
from services.eligibility.handlers_of_placements import Placements
from services.eligibility.handlers_of_referrals import Referrals
from services.eligibility.policies_in_use import PoliciesInUse
from services.eligibility.store.live_register import LiveRegister
from services.eligibility.telling_decisions import DecisionTeller
from shared.contracts.catalogue import (
    PLACEMENT_AMENDED,
    PLACEMENT_ENDED,
    PLACEMENT_STARTED,
    PROVIDER_UPDATED,
    REFERRAL_RECEIVED,
    REFERRAL_WITHDRAWN,
)
from shared.framework.framework import Framework
from shared.messaging.work import Handler


def handlers(framework: Framework, policies: PoliciesInUse) -> Mapping[str, Handler]:
    """Return what is done about each type of event; each worker asks for its own."""
    register = LiveRegister()
    teller = DecisionTeller(framework.digest)
    referrals = Referrals(framework, policies, register, teller)
    agencies = Agencies(framework, policies, register, teller)
    placements = Placements()
    return {
        REFERRAL_RECEIVED: referrals.decide_referral,
        REFERRAL_WITHDRAWN: referrals.record_withdrawal,
        PROVIDER_UPDATED: agencies.update_provider,
        PLACEMENT_STARTED: placements.record_start,
        PLACEMENT_AMENDED: placements.record_amendment,
        PLACEMENT_ENDED: placements.record_end,
    }
