"""What is done about what commissioning says of an agency."""

from datetime import datetime

from services.eligibility.handlers_of_referrals import IMPORT_REGISTER
from services.eligibility.policies_in_use import PoliciesInUse
from services.eligibility.store import register_store
from services.eligibility.store.live_register import LiveRegister
from services.eligibility.telling_decisions import DecisionTeller
from services.eligibility.told_provider import facts_from
from shared.contracts.event import Event
from shared.contracts.provider import ProviderUpdated
from shared.errors import MayYetSucceed
from shared.framework.framework import Framework
from shared.messaging.work import Work


class Agencies:
    """Adds what is said of agencies to the register."""

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


def _said_at(work: Work, event: Event[ProviderUpdated]) -> datetime:
    """Return when it was said; what has no time, or one to come, was said when it came."""
    return event.time if 0 < event.time.timestamp() <= work.now.timestamp() else work.now
