"""What is done about what commissioning says of an agency."""

from services.eligibility.concerns.impact import Impact
from services.eligibility.concerns.touched import Change
from services.eligibility.decisions.telling import DecisionTeller
from services.eligibility.handlers.referrals import IMPORT_REGISTER
from services.eligibility.occasion import said_at
from services.eligibility.register.register import Recorded, Register
from services.eligibility.register.told_provider import facts_from
from services.eligibility.rulebooks.in_use import PoliciesInUse
from services.eligibility.rulebooks.words import rulebooks_ahead
from services.eligibility.store import register_store
from services.eligibility.store.live_register import LiveRegister
from shared.contracts.event import Event
from shared.contracts.provider import ProviderUpdated
from shared.errors import MayYetSucceed
from shared.framework.framework import Framework
from shared.messaging.work import Work


class Agencies:
    """Adds what is said of agencies to the register, and follows what that touches."""

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
        self._impact = Impact(framework, policies, teller)

    def update_provider(self, work: Work, event: Event[ProviderUpdated]) -> None:
        """Add what was told of an agency to the register, from now on known; decide again.

        Each open referral whose shortlist it changes is decided again, and commissioners are told
        of an agency whose standing it makes worse.
        """
        urn = event.data.agency
        before = self._register.current(work)
        if urn not in before:
            raise MayYetSucceed("the agency is not on the register", advice=IMPORT_REGISTER)
        rulebooks = rulebooks_ahead(self._policies.current(work), work.today)
        facts = facts_from(event.data, self._framework, rulebooks)
        said = said_at(event.time, work.now)
        told = [(urn, fact) for fact in facts]
        version = register_store.append(work.connection, told, work.now, event.id, said_at=said)
        new = [Recorded(urn, fact, work.now, said) for fact in facts]
        after = Register([*before.recorded, *new], version=version)
        self._register.changed(after)
        work.record("register", urn, version.encode())
        self._impact.follow(work, Change(before, after, event.id, event.source))
