"""Is everything that was logged still what it was? The log itself, and what is kept beside it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from sqlalchemy import Connection, func, select

from shared.messaging.acts import KINDS
from shared.persistence import chain
from shared.persistence.chain import BEFORE_THE_FIRST, Break, Entry, Mark
from shared.persistence.database import Database
from shared.persistence.purges import Purge, purges
from shared.persistence.tables import DELIVERY

_acts = DELIVERY.acts
_log = DELIVERY.log

Placed = tuple[int, Entry]
"""An entry with its position in the log."""


@dataclass(slots=True)
class Seen:
    """What was compared so far, by kind of entry; and what is not there because it was purged."""

    compared: Counter[str] = field(default_factory=Counter)
    purged: Counter[str] = field(default_factory=Counter)
    unchecked: Counter[str] = field(default_factory=Counter)
    purges: Sequence[Purge] = ()


class Comparison(Protocol):
    """Compares entries of some kinds with what a service keeps beside its log."""

    kinds: Sequence[str]

    def compare(self, connection: Connection, entries: Sequence[Placed], seen: Seen) -> list[Break]:
        """Return where an entry and what is kept do not agree; at least the first place."""

    def unlogged(self, connection: Connection) -> str:
        """Say what is kept and was never logged, or nothing; in one look at one state."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit came to: where the log ends, what was compared, and the first break."""

    end: Mark
    seen: Seen
    broken: Break | None


class ActsKept:
    """Compares what operators did, in words, with the log."""

    kinds: Sequence[str] = KINDS

    def compare(self, connection: Connection, entries: Sequence[Placed], seen: Seen) -> list[Break]:
        """Return the first act that is gone or says something else now."""
        subjects = {entry.subject for _, entry in entries}
        found = connection.execute(select(_acts).where(_acts.c.subject.in_(subjects)))
        kept = {(row.kind, row.subject, _sha256(row.told)) for row in found}
        for position, entry in entries:
            if (entry.kind, entry.subject, entry.body_digest) not in kept:
                return [Break(position, f"the record of {entry.kind} was altered or removed")]
            seen.compared[entry.kind] += 1
        return []

    def unlogged(self, connection: Connection) -> str:
        """Say whether an act is kept that the log does not know."""
        # What a newer version did, and this one does not know, is no find.
        known = select(func.count()).select_from(_acts).where(_acts.c.kind.in_(self.kinds))
        acts = connection.execute(known).scalar_one()
        of_acts = select(func.count()).where(_log.c.kind.in_(self.kinds))
        logged = connection.execute(of_acts.select_from(_log)).scalar_one()
        return "" if acts == logged else f"{acts} acts of operators are kept, and {logged} logged"


def audit(
    database: Database,
    comparisons: Sequence[Comparison],
    progress: Callable[[int, int], None],
) -> Audit:
    """Walk the log from its first entry to the end that it has now, some entries at a time.

    Workers may go on meanwhile, and so may a purge.

    Raises:
        DatabaseAway: the database was lost; audit again.
    """
    with database.reading() as connection:
        end = chain.head(connection)
        if beyond := _beyond(connection, end):
            return Audit(end, Seen(), beyond)
    mark, seen = Mark(0, BEFORE_THE_FIRST), Seen()
    by_kind = {kind: one for one in comparisons for kind in one.kinds}
    while mark != end:
        with database.reading() as connection:
            portion = chain.walk(connection, mark, end)
            seen.purges = purges(connection)
            broken = _compare(connection, portion.entries, by_kind, seen)
        if broken or portion.fault is not None:
            breaks = [each for each in (broken, portion.fault) if each is not None]
            return Audit(end, seen, min(breaks, key=lambda each: each.position))
        mark = portion.mark
        progress(mark.position, end.position)
    with database.reading() as connection:
        for one in comparisons:
            if strange := one.unlogged(connection):
                return Audit(end, seen, Break(0, strange))
    return Audit(end, seen, None)


def _beyond(connection: Connection, end: Mark) -> Break | None:
    """Entries after the end that the log has by its own word; both are read from one state."""
    beyond = select(func.min(_log.c.position)).where(_log.c.position > end.position)
    position = connection.scalar(beyond)
    return None if position is None else Break(position, "entries stand after the end of the log")


def _compare(
    connection: Connection,
    entries: Sequence[Placed],
    by_kind: Mapping[str, Comparison],
    seen: Seen,
) -> Break | None:
    sorted_out: dict[int, tuple[Comparison, list[Placed]]] = {}
    for placed in entries:
        comparison = by_kind.get(placed[1].kind)
        if comparison is None:
            seen.unchecked[placed[1].kind] += 1
        else:
            sorted_out.setdefault(id(comparison), (comparison, []))[1].append(placed)
    breaks = [
        each
        for comparison, some in sorted_out.values()
        for each in comparison.compare(connection, some, seen)
    ]
    return min(breaks, key=lambda each: each.position, default=None)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


MEANS: Final = (
    "Somebody, or a fault of the disk, changed what was written. Do not repair it: keep the "
    "database as it is, compare it with the last backup that verifies, and tell the owner of the "
    "information."
)
"""What a break means to whoever finds it."""
