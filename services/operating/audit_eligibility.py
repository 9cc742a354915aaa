"""Derives every decision again, and follows the register from its first fact to its last."""

import hashlib
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, exists, select

from services.eligibility.decisions.archive import Archive, PatientArchive
from services.eligibility.decisions.verifying import verified
from services.eligibility.facts import vocabulary
from services.eligibility.register.register import EMPTY_VERSION, version_after
from services.eligibility.store.register_store import read_register
from services.eligibility.store.tables import decisions, delivery, register_facts
from services.operating.audit import Comparison, Placed, Seen
from services.operating.audit_concerns import ConcernsKept
from services.operating.audit_rulebooks import RulebooksKept
from shared.framework.pack import load_framework
from shared.persistence.chain import Break, Entry
from shared.persistence.purges import purged_at
from shared.settings import Settings

_DECISION: Final = "decision"
_REGISTER: Final = "register"
_AT_A_TIME: Final = 100


class DecisionsKept:
    """Compares decisions, derived again from what they were made of, with the log."""

    kinds: Sequence[str] = (_DECISION,)

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def compare(self, connection: Connection, entries: Sequence[Placed], seen: Seen) -> list[Break]:
        """Return the first decision that is gone, or comes out otherwise than it was told."""
        for start in range(0, len(entries), _AT_A_TIME):
            some = entries[start : start + _AT_A_TIME]
            kept = connection.scalars(
                select(decisions.c.decision_id).where(
                    decisions.c.decision_id.in_([entry.subject for _, entry in some])
                )
            )
            here = set(kept)
            for position, entry in some:
                if entry.subject in here:
                    if reason := self._fault(connection, entry):
                        return [Break(position, reason)]
                    seen.compared[_DECISION] += 1
                elif purged_at(seen.purges, entry.recorded_at) is not None:
                    seen.purged[_DECISION] += 1
                else:
                    return [Break(position, f"the decision {entry.subject} was removed")]
        return []

    def unlogged(self, connection: Connection) -> str:
        """Say which decision is kept that was never logged, or nothing."""
        logged = exists().where(
            delivery.log.c.kind == _DECISION, delivery.log.c.subject == decisions.c.decision_id
        )
        strange = connection.scalar(select(decisions.c.decision_id).where(~logged).limit(1))
        return "" if strange is None else f"the decision {strange} is kept and was never logged"

    def _fault(self, connection: Connection, entry: Entry) -> str:
        altered = f"what is kept of the decision {entry.subject} was altered"
        found = verified(self._archive, connection, entry.subject)
        if found.fault:
            return f"{altered}: {found.fault}"
        return "" if found.body_digest == entry.body_digest else altered


class RegisterKept:
    """Follows the register fact by fact, and compares its versions with the log."""

    kinds: Sequence[str] = (_REGISTER,)

    def __init__(self) -> None:
        self._versions: set[str] | None = None

    def compare(self, connection: Connection, entries: Sequence[Placed], seen: Seen) -> list[Break]:
        """Return the first change of the register that cannot be found in it any more."""
        for position, entry in entries:
            if self._versions is None or entry.body_digest not in self._versions:
                # Facts may have been added since it was read.
                self._versions = _versions(connection)
            if entry.body_digest not in self._versions:
                return [Break(position, f"facts of the register were altered ({entry.subject})")]
            seen.compared[_REGISTER] += 1
        return []

    def unlogged(self, connection: Connection) -> str:
        """Say whether facts stand at the end of the register that were never logged."""
        last = select(register_facts.c.version).order_by(register_facts.c.number.desc()).limit(1)
        version = connection.scalar(last)
        if version is None:
            return ""
        logged = exists().where(
            delivery.log.c.kind == _REGISTER, delivery.log.c.body_digest == _sha256(version)
        )
        is_known = connection.scalar(select(logged))
        return "" if is_known else "facts at the end of the register were never logged"


def _versions(connection: Connection) -> set[str]:
    """Return the digests of the register's versions, up to the first fact that does not follow."""
    found: set[str] = set()
    version = EMPTY_VERSION
    rows = connection.execute(select(register_facts.c.version).order_by(register_facts.c.number))
    for told, recorded in zip(rows.scalars(), read_register(connection).recorded, strict=True):
        version = version_after(version, [recorded])
        if told != version:
            break
        found.add(_sha256(version))
    return found


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def comparisons(settings: Settings) -> Sequence[Comparison]:
    """Return what is compared in the eligibility service's database.

    Raises:
        FileRefused: the framework pack has faults.
    """
    # Each rulebook is read from the database: the pack may not hold it, or hold it otherwise.
    archive = PatientArchive(vocabulary(load_framework(settings.framework)))
    return (DecisionsKept(archive), RegisterKept(), RulebooksKept(), ConcernsKept())
