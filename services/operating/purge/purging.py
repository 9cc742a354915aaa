"""Removes what ended long ago, some at a time; the log keeps who did it, and what it was worth."""

import importlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from shared.clock import Clock
from shared.messaging.acts import keep_act
from shared.messaging.work import work_on
from shared.persistence.database import Database
from shared.persistence.old_rows import OLD_INBOX, Horizon, OldRows
from shared.persistence.purges import PURGE_BEGUN, PURGE_DONE

ROWS_AT_A_TIME: Final = 200
"""How much goes in one transaction: workers wait for the rows of one, and no longer."""

_STORES: Final = {
    "eligibility": "services.eligibility.store.old_decisions",
    "pricing": "services.pricing.store.old_placements",
}


@dataclass(frozen=True, slots=True)
class Purge:
    """What is to go from one service's database.

    It may be cut off at any time, and begun again: what is gone is gone, and the log says from
    its beginning that a purge was under way.
    """

    service: str
    database: Database
    clock: Clock
    horizon: Horizon

    def count(self) -> dict[str, int]:
        """Return how many rows would go, by table; nothing is changed."""
        counts: Counter[str] = Counter()
        with self.database.reading() as connection:
            for one in self._kinds():
                for table, number in one.count(connection, self.horizon).items():
                    counts[table] += number
        return dict(counts)

    def run(self, actor: str, progress: Callable[[int], None]) -> dict[str, int]:
        """Remove it, and return how many rows went, by table.

        Raises:
            DatabaseAway: what was removed so far stays removed; begin again.
        """
        counts: Counter[str] = Counter()
        told: dict[str, object] = {"horizon": self.horizon.instant.isoformat(), "by": actor}
        cause = f"purge:{uuid4()}"
        self._keep(cause, PURGE_BEGUN, told)
        for one in self._kinds():
            after: str | None = ""
            while after is not None:
                with self.database.transaction() as connection:
                    removed = one.remove(connection, self.horizon, after, ROWS_AT_A_TIME)
                for table, number in removed.counts.items():
                    counts[table] += number
                progress(sum(counts.values()))
                after = removed.next
        self._keep(cause, PURGE_DONE, {**told, "rows": dict(counts)})
        return dict(counts)

    def _keep(self, cause: str, kind: str, told: dict[str, object]) -> None:
        with work_on(self.database, self.clock, self.service, cause_id=cause) as work:
            keep_act(work, kind, cause, told)

    def _kinds(self) -> Sequence[OldRows]:
        of_service: Sequence[OldRows] = importlib.import_module(_STORES[self.service]).OLD_ROWS
        # The inbox goes last: a purge that is cut off leaves nothing of which it knows no message.
        return (*of_service, OLD_INBOX)
