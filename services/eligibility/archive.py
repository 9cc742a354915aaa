"""The archive: every decision, derived again from what it was made of, byte for byte."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from services.eligibility.decided import DecisionWriter
from services.eligibility.decision import Decision, decide
from services.eligibility.engine import Engine
from services.eligibility.facts import Vocabulary
from services.eligibility.policy import Policy, activate
from services.eligibility.register import Register
from services.eligibility.rulebook_yaml import rulebook_again
from services.eligibility.store import decision_store, rulebook_store
from services.eligibility.store.decision_store import StoredDecision
from services.eligibility.store.register_store import read_register


@dataclass(frozen=True, slots=True)
class Derived:
    """A decision that was derived again.

    Args:
        body: the JSON of the `EligibilityDecided`.
        is_same: it is what was decided and told then, byte for byte.
    """

    stored: StoredDecision
    decision: Decision
    body: bytes
    is_same: bool


class Archive:
    """Derives stored decisions again, by the rulebook and the register of their time."""

    def __init__(self, known: Vocabulary, policies: Iterable[Policy] = ()) -> None:
        self._known = known
        self._policies = {
            (policy.rulebook.digest, policy.shortlist_order): policy for policy in policies
        }

    def by_id(self, connection: Connection, decision_id: str) -> Derived:
        """Return a decision by its id, derived again.

        Raises:
            NoSuchDecision: there is none.
        """
        return self._derived(connection, decision_store.decision(connection, decision_id))

    def latest(self, connection: Connection, referral_id: str) -> Derived:
        """Return the last decision on a referral, derived again.

        Raises:
            NoSuchDecision: there is none.
        """
        return self._derived(connection, decision_store.latest_decision(connection, referral_id))

    def derived(self, connection: Connection, stored: StoredDecision) -> Derived:
        """Return a decision that was read from the store, derived again."""
        return self._derived(connection, stored)

    def register(self, connection: Connection, version: str) -> Register:
        """Return the register as it was at a version; read anew each time, as it stands now."""
        return read_register(connection, version=version)

    def _derived(self, connection: Connection, stored: StoredDecision) -> Derived:
        policy = self._policy(connection, stored)
        register = self.register(connection, stored.register_version)
        decision = decide(stored.referral, register.panel(stored.referral.start_date), policy)
        writer = DecisionWriter(stored.pack_digest)
        head = writer.head(decision, stored.decision_id, stored.decided_at)
        body = writer.written(head, decision)
        digest = hashlib.sha256(body).hexdigest()
        return Derived(stored, decision, body, is_same=digest == stored.body_digest)

    def _policy(self, connection: Connection, stored: StoredDecision) -> Policy:
        key = (stored.rulebook_digest, stored.shortlist_order)
        if key not in self._policies:
            written = rulebook_store.content(connection, stored.rulebook_digest)
            rulebook = rulebook_again(written, self._known)
            self._policies[key] = activate(rulebook, Engine(rulebook), stored.shortlist_order)
        return self._policies[key]
