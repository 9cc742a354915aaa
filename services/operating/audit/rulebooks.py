"""Compares which rulebooks were put in use, by whom and why, with what the log knows of it."""

import hashlib
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, func, select

from services.eligibility.facts import Vocabulary
from services.eligibility.rulebooks.rulebook_yaml import rulebook_again
from services.eligibility.store.activations import steps_taken
from services.eligibility.store.tables import delivery, rulebook_activations, rulebooks
from services.operating.audit.verification import Placed, Seen
from shared.persistence.chain import Break

_RULEBOOK: Final = "rulebook"


class RulebooksKept:
    """Compares each step that was taken with a rulebook, and the rulebook itself, with the log."""

    kinds: Sequence[str] = (_RULEBOOK,)

    def __init__(self, known: Vocabulary) -> None:
        self._known = known

    def compare(self, connection: Connection, entries: Sequence[Placed], seen: Seen) -> list[Break]:
        """Return the first step that is gone or says something else now, or whose rulebook does."""
        steps = {_sha256(step.told()) for step, _ in steps_taken(connection).steps}
        for position, entry in entries:
            if entry.body_digest not in steps:
                reason = f"a step with the rulebook {entry.subject[:12]} was altered or removed"
                return [Break(position, reason)]
            if not self._is_as_written(connection, entry.subject):
                return [Break(position, f"the rulebook {entry.subject[:12]} was altered")]
            seen.compared[_RULEBOOK] += 1
        return []

    def unlogged(self, connection: Connection) -> str:
        """Say whether a step is kept that the log does not know."""
        kept = connection.execute(select(func.count()).select_from(rulebook_activations))
        of_steps = select(func.count()).where(delivery.log.c.kind == _RULEBOOK)
        logged = connection.execute(of_steps.select_from(delivery.log)).scalar_one()
        steps = kept.scalar_one()
        return "" if steps == logged else f"{steps} steps with rulebooks are kept, {logged} logged"

    def _is_as_written(self, connection: Connection, digest: str) -> bool:
        """Say whether a rulebook is what its digest says, and so are the days when it decides."""
        kept = select(rulebooks).where(rulebooks.c.digest == digest)
        row = connection.execute(kept).one_or_none()
        if row is None or _sha256(row.content.encode()) != digest:
            return False
        written = rulebook_again(row.content.encode(), self._known)
        days = (written.in_force.start, written.in_force.end)
        told = (row.name, row.version, row.in_force_from, row.in_force_to)
        return told == (written.name, written.version, *days)


def _sha256(written: bytes) -> str:
    return hashlib.sha256(written).hexdigest()
