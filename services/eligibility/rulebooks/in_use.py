"""The policies that a worker decides by: always those that its transaction sees."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Final
from weakref import ReferenceType, ref

from sqlalchemy import Connection

from services.eligibility.facts import vocabulary
from services.eligibility.rulebooks.rulebook_yaml import rulebook_again
from services.eligibility.store import activations, rulebook_store
from services.eligibility.store.activations import Step
from services.eligibility.verdicts.engine import Engine
from services.eligibility.verdicts.policy import Policies, Policy, activate
from shared.errors import FosterframeError, MayYetSucceed
from shared.framework.framework import Framework
from shared.messaging.work import Work

_log = logging.getLogger(__name__)

_ADVICE: Final = (
    "Run the version of this service by which it was activated, or activate another one that "
    "begins on the same day: fosterframe rulebook activate FILE --as YOUR_NAME --reason TEXT."
)


class ProvedPolicies:
    """The policies of kept rulebooks: each is tabulated and proved once in a process.

    Threads may share it. A policy never changes, so what is remembered is never wrong.
    """

    def __init__(self, framework: Framework, policies: Iterable[Policy] = ()) -> None:
        self._known = vocabulary(framework)
        self._shortlist_order = framework.shortlist_order
        self._policies = {policy.rulebook.digest: policy for policy in policies}
        self._refused: dict[str, str] = {}
        self._one_at_a_time = Lock()

    def of(self, connection: Connection, digest: str) -> Policy:
        """Return the policy of a rulebook that is kept.

        Raises:
            NoSuchRulebook: none with that digest is kept.
            MayYetSucceed: this version of the service cannot read it, or not prove it.
        """
        found = self._policies.get(digest)
        if found is not None:
            return found
        content = rulebook_store.content(connection, digest)
        with self._one_at_a_time:
            # Another thread may have proved it, or failed to, while this one waited.
            if digest not in self._policies and digest not in self._refused:
                self._prove(digest, content)
        if digest in self._refused:
            reason = f"the rulebook {digest[:12]} in use cannot be read: {self._refused[digest]}"
            raise MayYetSucceed(reason, advice=_ADVICE)
        return self._policies[digest]

    def _prove(self, digest: str, content: bytes) -> None:
        try:
            rulebook = rulebook_again(content, self._known)
            policy = activate(rulebook, Engine(rulebook), self._shortlist_order)
        except (FosterframeError, ValueError) as fault:
            # A newer version may have kept what this one does not know. Asked for with each
            # message, it would be proved in vain each time.
            self._refused[digest] = str(fault)
        else:
            self._policies[digest] = policy


@dataclass(frozen=True, slots=True)
class InUse:
    """What is in use after a step: the policies that decide, and the one that is tried beside.

    Args:
        latest: the last step that was taken with any rulebook.
        shadow: the policy that is tried, if one is.
    """

    latest: Step | None
    policies: Policies
    shadow: Policy | None


class PoliciesInUse:
    """Gives what is in use in a transaction, and reads it again only after another step.

    Each worker has one of its own. One transaction decides by one set: it asks once, and again
    only after a message failed, which lets go of the register: somebody may have taken a rulebook
    back since. What is remembered beyond it goes by the whole last step, so that a step which was
    rolled back is not taken for the one that got its number afterwards.
    """

    def __init__(self, proved: ProvedPolicies) -> None:
        self._proved = proved
        self._last = InUse(None, Policies([]), None)
        self._asked: tuple[ReferenceType[Work], InUse] | None = None

    def current(self, work: Work) -> Policies:
        """Return the policies in use in the work's transaction.

        Raises:
            MayYetSucceed: this version of the service cannot read one of them.
        """
        return self._in_use(work).policies

    def shadow(self, work: Work) -> Policy | None:
        """Return the policy that is tried beside, if one is in the work's transaction.

        Raises:
            MayYetSucceed: this version of the service cannot read one of those in use.
        """
        return self._in_use(work).shadow

    def now(self, connection: Connection) -> InUse:
        """Return what is in use by what a connection sees at this moment; threads may share it.

        Raises:
            MayYetSucceed: this version of the service cannot read one of those in use.
        """
        last = self._last
        if activations.latest(connection) != last.latest:
            # Swapped as one: whoever asks has all of the old set, or all of the new one.
            last = self._last = self._read(connection)
        return last

    def ask_again(self) -> None:
        """Forget what the transaction was told of the rulebooks in use."""
        self._asked = None

    def _in_use(self, work: Work) -> InUse:
        if self._asked is None or self._asked[0]() is not work:
            self._asked = ref(work), self.now(work.connection)
        return self._asked[1]

    def _read(self, connection: Connection) -> InUse:
        taken = activations.steps_taken(connection)
        policies = [self._proved.of(connection, step.digest) for step in taken.in_force.values()]
        return InUse(taken.latest, Policies(policies), self._tried(connection, taken.shadow))

    def _tried(self, connection: Connection, shadow: Step | None) -> Policy | None:
        if shadow is None:
            return None
        try:
            return self._proved.of(connection, shadow.digest)
        except MayYetSucceed as unread:
            # What is only tried never keeps anybody from deciding.
            _log.warning("not tried beside: %s", unread)
            return None
