"""Compares the concerns that are kept, as commissioners were told of them, with the log."""

import hashlib
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, exists, select

from services.eligibility.store.tables import concerns, delivery
from services.operating.audit import Placed, Seen
from shared.persistence.chain import Break
from shared.persistence.purges import purged_at

_CONCERN: Final = "concern"


class ConcernsKept:
    """Compares each concern about an agency with the log."""

    kinds: Sequence[str] = (_CONCERN,)

    def compare(self, connection: Connection, entries: Sequence[Placed], seen: Seen) -> list[Break]:
        """Return the first concern that is gone, or says something else than it was told."""
        ids = {entry.subject for _, entry in entries}
        found = connection.execute(
            select(concerns.c.concern_id, concerns.c.told).where(concerns.c.concern_id.in_(ids))
        )
        kept = {row.concern_id: hashlib.sha256(row.told.encode()).hexdigest() for row in found}
        for position, entry in entries:
            digest = kept.get(entry.subject)
            if digest == entry.body_digest:
                seen.compared[_CONCERN] += 1
            elif digest is not None:
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
