"""What a person's commands work with: the service's database, the clock and the framework."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.clock import Clock
from shared.framework.framework import Framework
from shared.messaging.work import Work, work_on
from shared.persistence.database import Database

SERVICE: Final = "pricing"
MIGRATIONS: Final = Path(__file__).parent / "migrations"

Progress = Callable[[int, int], None]
"""Hears how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a person, or the day's tick, works on prices."""

    database: Database
    clock: Clock
    framework: Framework

    def work(self, cause_id: str) -> AbstractContextManager[Work]:
        """Give one transaction's worth of work; the same cause makes the same events."""
        return work_on(self.database, self.clock, SERVICE, cause_id=cause_id)


def no_progress(_done: int, _of: int) -> None:
    """Tell nobody."""
