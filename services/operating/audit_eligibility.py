"""Derives every decision again, and follows the register from its first fact to its last."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, exists, select

from services.eligibility.archive import Archive
from services.eligibility.facts import vocabulary
from services.eligibility.register import EMPTY_VERSION, Register, version_after
from services.eligibility.service import read_policies
from services.eligibility.store.decision_store import stored_decisions
from services.eligibility.store.register_store import read_register
from services.eligibility.store.tables import decisions, delivery, register_facts
from services.operating.audit import Comparison, Placed, Seen
from shared.framework.pack import load_framework
from shared.persistence.chain import Break, Entry
from shared.persistence.purges import purged_at
from shared.settings import Settings

_DECISION: Final = "decision"
_REGISTER: Final = "register"
_REGISTERS_KEPT: Final = 4
_AT_A_TIME: Final = 100


class _PatientArchive(Archive):
    """An archive that remembers the last few registers: an audit asks for each many times."""

    _remembered: OrderedDict[str, Register]

    def register(self, connection: Connection, version: str) -> Register:
        """Return the register as it was at a version."""
        kept = self.__dict__.setdefault("_remembered", OrderedDict())
        found: Register | None = kept.get(version)
        if found is None:
            found = kept[version] = read_register(connection, version=version)
            if len(kept) > _REGISTERS_KEPT:
                kept.popitem(last=False)
        else:
            kept.move_to_end(version)
        return found


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
        try:
            stored = stored_decisions(connection, [entry.subject])[entry.subject]
            if stored.body_digest != entry.body_digest:
                return altered
            derived = self._archive.derived(connection, stored)
        except Exception as error:  # noqa: BLE001 - altered facts may fail anywhere; each is a find
            return f"{altered}: it cannot be derived again ({type(error).__name__})"
        return "" if derived.is_same else f"{altered}: derived again, it is another one"


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
    framework = load_framework(settings.framework)
    policies = read_policies(settings.framework, framework)
    archive = _PatientArchive(vocabulary(framework), policies)
    return (DecisionsKept(archive), RegisterKept())
