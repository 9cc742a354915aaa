"""Derives every decision again, and follows the register from its first fact to its last."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, select

from services.eligibility.decisions.archive import Archive, PatientArchive
from services.eligibility.decisions.verifying import verified
from services.eligibility.facts import vocabulary
from services.eligibility.provider import fact_from
from services.eligibility.register.register import EMPTY_VERSION, Recorded, version_after
from services.eligibility.store.tables import decisions, delivery, register_facts
from services.operating.audit.concerns import ConcernsKept
from services.operating.audit.rulebooks import RulebooksKept
from services.operating.audit.verification import Comparison, Placed, Seen
from shared.framework.pack import load_framework
from shared.persistence.chain import Break, Entry
from shared.persistence.purges import purged_at
from shared.settings import Settings

_DECISION: Final = "decision"
_REGISTER: Final = "register"
_AT_A_TIME: Final = 100

_FOUND_BY: Final = select(
    decisions.c.decision_id,
    decisions.c.referral_id,
    decisions.c.referral,
    decisions.c.decided_at,
    decisions.c.said_at,
    decisions.c.start_date,
)
"""What decisions are found by, beside the facts that they were made of."""

CLOCKS_DIFFER_BY: Final = timedelta(minutes=1)
"""So far apart the clocks of two workers may be, or one clock before and after it is set."""


class DecisionsKept:
    """Compares decisions, derived again from what they were made of, with the log."""

    kinds: Sequence[str] = (_DECISION,)

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def compare(self, connection: Connection, entries: Sequence[Placed], seen: Seen) -> list[Break]:
        """Return the first decision that is gone, or comes out otherwise than it was told."""
        for start in range(0, len(entries), _AT_A_TIME):
            some = entries[start : start + _AT_A_TIME]
            kept = connection.execute(
                _FOUND_BY.where(decisions.c.decision_id.in_([entry.subject for _, entry in some]))
            )
            here = {row.decision_id: row for row in kept}
            for position, entry in some:
                if entry.subject in here:
                    if reason := self._fault(connection, entry, here[entry.subject]):
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

    def _fault(self, connection: Connection, entry: Entry, row: Row[*tuple[Any, ...]]) -> str:
        altered = f"what is kept of the decision {entry.subject} was altered"
        found = verified(self._archive, connection, entry.subject)
        if found.fault:
            return f"{altered}: {found.fault}"
        if found.body_digest != entry.body_digest:
            return altered
        return f"{altered}: it would not be found by what it says" if _is_astray(row) else ""


def _is_astray(row: Row[*tuple[Any, ...]]) -> bool:
    """Say whether a decision is filed under another referral, day or instant than its own."""
    told = json.loads(row.referral)
    # Rows from before these were kept have none of them.
    days = {None, date.fromisoformat(told["start_date"])}
    # Two workers' clocks differ a little, and a clock may be set back.
    latest = row.decided_at + CLOCKS_DIFFER_BY
    is_to_come = row.said_at is not None and row.said_at > latest
    return row.referral_id != told["referral_id"] or row.start_date not in days or is_to_come


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
    for row in connection.execute(select(register_facts).order_by(register_facts.c.number)):
        try:
            fact = fact_from(row.kind, row.told)
        except (KeyError, TypeError, ValueError, AttributeError):
            # It says what no fact says.
            break
        version = version_after(version, [Recorded(row.urn, fact, row.recorded_at, row.said_at)])
        if row.version != version:
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
    known = vocabulary(load_framework(settings.framework))
    return (
        DecisionsKept(PatientArchive(known)),
        RegisterKept(),
        RulebooksKept(known),
        ConcernsKept(),
    )
