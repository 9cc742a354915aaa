"""The archive: every decision, derived again from what it was made of, byte for byte."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from services.eligibility.decision import Decision, decide
from services.eligibility.decisions.decided import DecisionWriter
from services.eligibility.facts import Vocabulary
from services.eligibility.register.register import Register
from services.eligibility.rulebooks.rulebook_yaml import rulebook_again
from services.eligibility.store import decision_store, rulebook_store
from services.eligibility.store.decision_store import DecisionAltered, StoredDecision
from services.eligibility.store.register_store import read_register
from services.eligibility.verdicts.engine import Engine
from services.eligibility.verdicts.policy import Policy, activate

REGISTERS_KEPT: Final = 4
"""How many registers a patient archive remembers."""


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
            DecisionAltered: what is kept of it makes no decision any more.
        """
        return self._derived(connection, decision_store.decision(connection, decision_id))

    def latest(self, connection: Connection, referral_id: str) -> Derived:
        """Return the decision on a referral that counts, derived again.

        Raises:
            NoSuchDecision: there is none.
            DecisionAltered: what is kept of the decisions on it makes none any more.
        """
        return self._derived(connection, decision_store.latest_decision(connection, referral_id))

    def derived(self, connection: Connection, stored: StoredDecision) -> Derived:
        """Return a decision that was read from the store, derived again.

        Raises:
            DecisionAltered: what is kept of it makes no decision any more.
        """
        return self._derived(connection, stored)

    def register(self, connection: Connection, version: str) -> Register:
        """Return the register as it was at a version; read anew each time, as it stands now."""
        return read_register(connection, version=version)

    def writer(self, pack_digest: str) -> DecisionWriter:
        """Return what writes decisions that were made with a framework pack."""
        return DecisionWriter(pack_digest)

    def decided(self, connection: Connection, stored: StoredDecision) -> Decision:
        """Return a decision as it is decided again, without its message."""
        policy = self.policy_of(connection, stored)
        register = self.register(connection, stored.register_version)
        return decide(stored.referral, register.panel(stored.referral.start_date), policy)

    def _derived(self, connection: Connection, stored: StoredDecision) -> Derived:
        with naming_the_altered(stored):
            decision = self.decided(connection, stored)
            writer = self.writer(stored.pack_digest)
            head = writer.head(decision, stored.decision_id, stored.decided_at)
            body = writer.written(head, decision, stored.occasion, form=stored.form)
        digest = hashlib.sha256(body).hexdigest()
        return Derived(stored, decision, body, is_same=digest == stored.body_digest)

    def policy_of(self, connection: Connection, stored: StoredDecision) -> Policy:
        """Return the policy that a decision was made by, as its rulebook was written then."""
        key = (stored.rulebook_digest, stored.shortlist_order)
        if key not in self._policies:
            written = rulebook_store.content(connection, stored.rulebook_digest)
            rulebook = rulebook_again(written, self._known)
            self._policies[key] = activate(rulebook, Engine(rulebook), stored.shortlist_order)
        return self._policies[key]


@contextmanager
def naming_the_altered(stored: StoredDecision) -> Iterator[None]:
    """Turn whatever deriving a decision again fails at into DecisionAltered."""
    try:
        yield
    except SQLAlchemyError:
        raise
    except Exception as fault:  # noqa: BLE001 - what was altered may fail anywhere
        # Not as its cause: that may repeat what is kept of a child.
        said = f"it cannot be derived again ({type(fault).__name__})"
        raise DecisionAltered(stored.decision_id, said) from None


class PatientArchive(Archive):
    """An archive that remembers the last few registers: for many decisions, one after the other.

    What is altered in the register while it is at work may stay unseen.
    """

    def __init__(self, known: Vocabulary, policies: Iterable[Policy] = ()) -> None:
        super().__init__(known, policies)
        self._registers: OrderedDict[str, Register] = OrderedDict()
        self._writers: dict[str, DecisionWriter] = {}

    def register(self, connection: Connection, version: str) -> Register:
        """Return the register as it was at a version."""
        found = self._registers.get(version)
        if found is None:
            found = self._registers[version] = super().register(connection, version)
            if len(self._registers) > REGISTERS_KEPT:
                self._registers.popitem(last=False)
        else:
            self._registers.move_to_end(version)
        return found

    def writer(self, pack_digest: str) -> DecisionWriter:
        """Return what writes decisions, with the pieces that it wrote before."""
        if pack_digest not in self._writers:
            self._writers[pack_digest] = super().writer(pack_digest)
        return self._writers[pack_digest]
