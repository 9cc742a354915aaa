"""What a probe or a scrape is told of a service: is it ready, and how do its tables stand?"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from services.fresh_answer import FreshAnswer
from shared.clock import Clock
from shared.errors import DatabaseAway
from shared.health import Condition, Health, Readiness
from shared.messaging.worker import Worker
from shared.persistence.database import Database

DATABASE_ASKED_EVERY_SECONDS: Final = 1.0
TABLES_READ_EVERY_SECONDS: Final = 15.0
ANSWERS_WITHIN_SECONDS: Final = 1.5
"""Nobody waits longer for one answer, whatever the database does; a probe asks for two."""

_NO_DATABASE: Final = "the database does not answer"
_BLOCKED: Final = "the broker takes no messages for now: it is short of memory or disk"


class Watch:
    """Looks at one service of this process; any thread may ask.

    Args:
        condition: reads the service's own tables.
        worker: the service's worker, where it runs in this process.
    """

    def __init__(
        self,
        service: str,
        clock: Clock,
        database: Database,
        condition: Callable[[], Condition],
        worker: Worker | None = None,
    ) -> None:
        self.service = service
        self.clock = clock
        self.worker = worker
        self.health = Health() if worker is None else worker.health
        self._answers: FreshAnswer[bool] = FreshAnswer(
            database.answers,
            keeps_seconds=DATABASE_ASKED_EVERY_SECONDS,
            within_seconds=ANSWERS_WITHIN_SECONDS,
            otherwise=lambda _: False,
        )
        self._condition: FreshAnswer[Condition] = FreshAnswer(
            lambda: _read(condition),
            keeps_seconds=TABLES_READ_EVERY_SECONDS,
            within_seconds=ANSWERS_WITHIN_SECONDS,
            otherwise=lambda last: last or Condition(),
        )

    def parts(self) -> dict[str, bool]:
        """Return the parts that the service needs, and whether each of them works now."""
        known = self.health.parts()
        return {**known, "database": known.get("database", True) and self._answers.now()}

    def condition(self) -> Condition:
        """Return how the tables stood a few seconds ago; nothing where they cannot be read."""
        return self._condition.now() if self._answers.now() else self._condition.known()

    def is_blocked(self) -> bool:
        """Say whether the broker refuses to take messages for now."""
        return self.worker is not None and self.worker.is_blocked

    def readiness(self) -> Readiness:
        """Return whether the service is ready now; the database is really asked."""
        found = self.health.readiness(self.clock.now())
        reasons = list(found.reasons)
        if self.health.parts().get("database", True) and not self._answers.now():
            reasons.append(_NO_DATABASE)
        if self.is_blocked():
            reasons.append(_BLOCKED)
        return replace(found, reasons=tuple(reasons))


def _read(condition: Callable[[], Condition]) -> Condition:
    try:
        return condition()
    except DatabaseAway:
        return Condition()
