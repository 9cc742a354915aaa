"""Verifies decisions: derived again from what they were made of, they are the same, or are not."""

from dataclasses import dataclass

from sqlalchemy import Connection

from services.eligibility.decisions.archive import Archive
from services.eligibility.store.decision_store import DecisionAltered, decision


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a decision is what was decided.

    Args:
        fault: what is wrong; empty where the decision is the same, byte for byte.
        body_digest: of what was told, as it is kept; empty where that cannot be read.
    """

    decision_id: str
    fault: str
    body_digest: str = ""

    @property
    def is_same(self) -> bool:
        """Whether it is the same, byte for byte."""
        return not self.fault

    def told(self) -> dict[str, object]:
        """Return it as a program reads it."""
        return {"decision_id": self.decision_id, "is_same": self.is_same, "fault": self.fault}


def verified(archive: Archive, connection: Connection, decision_id: str) -> Verified:
    """Return whether a decision comes out as its digest says that it was told.

    Whether that is the digest which the log seals, only a walk through the log can tell.

    Raises:
        NoSuchDecision: there is none.
    """
    try:
        stored = decision(connection, decision_id)
        derived = archive.derived(connection, stored)
    except DecisionAltered as altered:
        return Verified(decision_id, altered.fault)
    if not derived.is_same:
        return Verified(decision_id, "derived again, it is another one")
    return Verified(decision_id, "", stored.body_digest)
