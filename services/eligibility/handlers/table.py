"""What the eligibility service does about each type of event."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from services.eligibility.concerns.heard_later import HeardLater, forget_what_was_said
from services.eligibility.decisions.telling import DecisionTeller
from services.eligibility.decisions.words_known import back_to, mark_of
from services.eligibility.handlers.agencies import Agencies
from services.eligibility.handlers.placements import Placements
from services.eligibility.handlers.referrals import Referrals
from services.eligibility.rulebooks.in_use import PoliciesInUse
from services.eligibility.store.live_register import LiveRegister
from shared.contracts.catalogue import (
    PLACEMENT_AMENDED,
    PLACEMENT_ENDED,
    PLACEMENT_STARTED,
    PROVIDER_UPDATED,
    REFERRAL_RECEIVED,
    REFERRAL_WITHDRAWN,
)
from shared.contracts.event import Event
from shared.framework.framework import Framework
from shared.messaging.work import Handler, Work


def handlers(framework: Framework, policies: PoliciesInUse) -> Mapping[str, Handler]:
    """Return what is done about each type of event; each worker asks for its own."""
    register = LiveRegister()
    teller = DecisionTeller(framework.digest, policies)
    referrals = Referrals(framework, policies, register, teller)
    agencies = Agencies(framework, policies, register, teller)
    placements = Placements(HeardLater(policies, register))
    known: Mapping[str, Handler] = {
        REFERRAL_RECEIVED: referrals.decide_referral,
        REFERRAL_WITHDRAWN: referrals.record_withdrawal,
        PROVIDER_UPDATED: agencies.update_provider,
        PLACEMENT_STARTED: placements.record_start,
        PLACEMENT_AMENDED: placements.record_amendment,
        PLACEMENT_ENDED: placements.record_end,
    }
    return {
        type_: partial(_forgetting_on_failure, handler, register, policies)
        for type_, handler in known.items()
    }


def _forgetting_on_failure(
    handler: Handler,
    register: LiveRegister,
    policies: PoliciesInUse,
    work: Work,
    event: Event[Any],
) -> None:
    """Handle an event; if that fails, forget what was said for it, and ask for all else again.

    What a message that fails has held is let go of with its savepoint: another may change the
    register, or the rulebooks in use, before the next message of the batch.
    """
    mark = mark_of(work)
    try:
        handler(work, event)
    except Exception:
        back_to(work, mark)
        forget_what_was_said(work)
        register.changed()
        policies.ask_again()
        raise
