"""Whether the pricing service has fees to price by, and how far a price review has come."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, case, func, select

from services.pricing.store.review_tables import REVIEW_CHUNKS
from services.pricing.store.reviews import unfinished
from services.pricing.store.tables import FEE_FAMILIES
from shared.clock import Clock
from shared.framework.framework import Framework
from shared.framework.pack import load_framework
from shared.health import Condition, Figure
from shared.persistence.database import Database

_NO_FEES: Final = (
    "no weekly fee is known, so no shortlist can be priced; import the fees: "
    "fosterframe fees import --as YOUR_NAME"
)


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far the reviews have come that are approved and not applied to the end."""

    approved: int = 0
    running: int = 0
    lines: int = 0
    lines_done: int = 0
    began_at: datetime | None = None
    moved_at: datetime | None = None


@dataclass(frozen=True)
class PricingCondition:
    """Looks at the fees and at the reviews that are being applied."""

    database: Database
    clock: Clock
    framework: Framework

    @classmethod
    def of(cls, database: Database, clock: Clock, pack: Path) -> "PricingCondition":
        """Return what looks at a database, for the framework of a pack."""
        return cls(database, clock, load_framework(pack))

    def now(self) -> Condition:
        """Return how it stands now.

        Raises:
            DatabaseAway: the database cannot be reached.
        """
        with self.database.reading() as connection:
            families = connection.scalar(select(func.count()).select_from(FEE_FAMILIES)) or 0
            progress = _progress(connection)
        pack = {"framework": self.framework.id, "digest": self.framework.digest}
        waiting = progress.lines - progress.lines_done
        figures = (
            Figure("fosterframe_framework_pack_info", 1, pack),
            Figure("fosterframe_fee_families", families),
            Figure("fosterframe_reviews", progress.approved, {"state": "approved"}),
            Figure("fosterframe_reviews", progress.running, {"state": "running"}),
            Figure("fosterframe_review_lines", progress.lines_done, {"state": "applied"}),
            Figure("fosterframe_review_lines", waiting, {"state": "waiting"}),
            Figure("fosterframe_review_running_seconds", self._since(progress.began_at)),
            Figure("fosterframe_review_stalled_seconds", self._since(progress.moved_at)),
        )
        return Condition(() if families else (_NO_FEES,), figures)

    def _since(self, at: datetime | None) -> float:
        return 0 if at is None else max((self.clock.now() - at).total_seconds(), 0)


def _progress(connection: Connection) -> _Progress:
    """A review runs from its first portion that is applied to its last step."""
    names = unfinished(connection)
    if not names:
        return _Progress()
    chunks = REVIEW_CHUNKS.c
    done = func.sum(case((chunks.applied_at.is_not(None), chunks.lines), else_=0))
    sums = (
        select(
            func.sum(chunks.lines),
            done,
            func.min(chunks.applied_at),
            func.max(chunks.applied_at),
        )
        .where(chunks.review_id.in_(names))
        .group_by(chunks.review_id)
    )
    running = [row for row in connection.execute(sums) if row[2] is not None]
    return _Progress(
        approved=len(names) - len(running),
        running=len(running),
        lines=sum(int(row[0]) for row in running),
        lines_done=sum(int(row[1]) for row in running),
        began_at=min((row[2] for row in running), default=None),
        # The one that has stood still for longest.
        moved_at=min((row[3] for row in running), default=None),
    )
