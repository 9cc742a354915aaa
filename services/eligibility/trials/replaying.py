"""Replays what was decided since a day: each decision again, by its own rulebook and register."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Connection

from services.eligibility.decision import Decision, decide
from services.eligibility.decisions.archive import Archive, naming_the_altered
from services.eligibility.store import decision_stream
from services.eligibility.store.decision_store import StoredDecision
from services.eligibility.store.past_registers import PastRegisters
from shared.days import LONDON, london_day
from shared.persistence.purges import purges

Progress = Callable[[int, int], None]
"""Hears how many decisions were replayed, and of how many."""


def no_progress(_done: int, _of: int) -> None:
    """Hear nothing."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A decision as it is kept, and as it was made."""

    stored: StoredDecision
    decision: Decision


class Replay:
    """Replays stored decisions, holding a page of them at a time.

    Each referral comes once, with the decision that counts for it.

    Args:
        connection: reads one consistent state.
        archive: gives the rulebooks that decided.
        progress: hears after each page how far it is.
        page_rows: how many decisions make a page.
    """

    def __init__(
        self,
        connection: Connection,
        archive: Archive,
        progress: Progress = no_progress,
        page_rows: int = decision_stream.PAGE_ROWS,
    ) -> None:
        self._connection = connection
        self._archive = archive
        self._progress = progress
        self._page_rows = page_rows

    def since(self, day: date) -> Iterator[Replayed]:
        """Yield each decision that counts and was made since a day, in the order of deciding.

        Raises:
            DecisionAltered: what is kept of one makes no decision any more.
        """
        registers = PastRegisters(self._connection)
        begins = _midnight(day)
        done, of = 0, decision_stream.counting_since(self._connection, begins)
        self._progress(done, of)
        for page in decision_stream.pages_since(self._connection, begins, self._page_rows):
            for stored in page:
                yield self._replayed(stored, registers)
            done += len(page)
            self._progress(done, of)

    def _replayed(self, stored: StoredDecision, registers: PastRegisters) -> Replayed:
        with naming_the_altered(stored):
            policy = self._archive.policy_of(self._connection, stored)
            panel = registers.at(stored.register_version).panel(stored.referral.start_date)
            return Replayed(stored, decide(stored.referral, panel, policy))


def purged_since(connection: Connection, day: date) -> str:
    """Say what of the time since a day was purged, and so cannot be replayed; empty if nothing."""
    known = [each for each in purges(connection) if each.horizon > _midnight(day)]
    if not known:
        return ""
    last = max(known, key=lambda each: each.horizon)
    return (
        f"What was decided before {london_day(last.horizon)} was purged on "
        f"{london_day(last.begun_at)} and is not counted."
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, LONDON)
