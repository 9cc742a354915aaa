"""Compares the concerns that are kept, as commissioners were told of them, with the log."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, select

from services.eligibility.store.tables import concerns, delivery
from services.operating.audit.verification import Placed, Seen
from shared.persistence.chain import Break, Entry
from shared.persistence.purges import purged_at

_CONCERN: Final = "concern"


class ConcernsKept:
    """Compares each concern about an agency with the log."""

    kinds: Sequence[str] = (_CONCERN,)

    def compare(self, connection: Connection, entries: Sequence[Placed], seen: Seen) -> list[Break]:
        """Return the first concern that is gone, or says something else than it was told."""
        ids = {entry.subject for _, entry in entries}
        found = connection.execute(select(concerns).where(concerns.c.concern_id.in_(ids)))
        kept = {row.concern_id: row for row in found}
        for position, entry in entries:
            row = kept.get(entry.subject)
            if row is not None and _is_as_told(row, entry):
                seen.compared[_CONCERN] += 1
            elif row is not None:
                reason = f"what is kept of the concern {entry.subject} was altered"
                return [Break(position, reason)]
            elif purged_at(seen.purges, entry.recorded_at) is not None:
                seen.purged[_CONCERN] += 1
            else:
                return [Break(position, f"the concern {entry.subject} was removed")]
        return []

    def unlogged(self, connection: Connection) -> str:
        """Say which concern is kept that was never logged, or nothing."""
        logged = exists().where(
            delivery.log.c.kind == _CONCERN, delivery.log.c.subject == concerns.c.concern_id
        )
        strange = connection.scalar(select(concerns.c.concern_id).where(~logged).limit(1))
        return "" if strange is None else f"the concern {strange} is kept and was never logged"


def _is_as_told(row: Row[*tuple[Any, ...]], entry: Entry) -> bool:
    """Say whether a concern says what it said, and is filed under its own agency and instant."""
    if hashlib.sha256(row.told.encode()).hexdigest() != entry.body_digest:
        return False
    filed = (row.agency, row.recorded_at)
    return filed == (json.loads(row.told)["agency"], entry.recorded_at)
