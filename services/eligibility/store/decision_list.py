"""Lists decisions, the last one first, a page at a time; and names those to go through in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Tuple, func, literal, select, true, tuple_

from services.eligibility.store.decision_store import (
    NoSuchDecision,
    StoredDecision,
    stored_decisions,
)
from services.eligibility.store.decision_stream import counts
from services.eligibility.store.tables import decisions
from shared.persistence.columns import Instant

PAGE_ROWS: Final = 500
_MADE: Final = (decisions.c.decided_at, decisions.c.decision_id)


@dataclass(frozen=True, slots=True)
class ListedDecision:
    """A decision in short.

    Args:
        counts: it is the one that counts for its referral.
    """

    stored: StoredDecision
    counts: bool

    def told(self) -> dict[str, Any]:
        """Return it as a program reads it."""
        stored, occasion = self.stored, self.stored.occasion
        return {
            "decision_id": stored.decision_id,
            "referral_id": stored.referral.referral_id,
            "decided_at": stored.decided_at.isoformat(),
            "version": occasion.version,
            "occasion": occasion.word,
            "reference": occasion.reference,
            "supersedes": occasion.supersedes,
            "counts": self.counts,
            "placement_type": stored.referral.placement_type,
            "start_date": stored.referral.start_date.isoformat(),
        }


def decisions_listed(
    connection: Connection,
    *,
    limit: int,
    referral_id: str | None = None,
    since: datetime | None = None,
    after: str | None = None,
) -> list[ListedDecision]:
    """Return some decisions, the last one first.

    Args:
        connection: reads.
        limit: how many at most.
        referral_id: on this referral only.
        since: made then or later only.
        after: the last decision of the page before, by its id.

    Raises:
        NoSuchDecision: there is no decision `after`.
    """
    page = select(decisions.c.decision_id, counts().label("counts"))
    if referral_id is not None:
        page = page.where(decisions.c.referral_id == referral_id)
    if since is not None:
        page = page.where(decisions.c.decided_at >= since)
    if after is not None:
        page = page.where(tuple_(*_MADE) < _place(connection, after))
    page = page.order_by(*[column.desc() for column in _MADE]).limit(limit)
    found = connection.execute(page).all()
    kept = stored_decisions(connection, [row.decision_id for row in found])
    return [ListedDecision(kept[row.decision_id], row.counts) for row in found]


def decision_ids_on(connection: Connection, referral_id: str) -> list[str]:
    """Return every decision on a referral, in the order in which they were made, by its id."""
    found = select(decisions.c.decision_id).where(decisions.c.referral_id == referral_id)
    return list(connection.scalars(found.order_by(*_MADE)))


def decision_count(connection: Connection, since: datetime) -> int:
    """Return how many decisions were made since an instant, whether they count or not."""
    made = select(func.count()).select_from(decisions).where(decisions.c.decided_at >= since)
    return connection.execute(made).scalar_one()


def decision_ids(
    connection: Connection, since: datetime, after: str | None = None
) -> Iterator[str]:
    """Yield every decision that was made since an instant, in order, by its id.

    Args:
        connection: reads.
        since: made then or later.
        after: later in that order than the decision of this id, where one is named.

    Raises:
        NoSuchDecision: there is no decision `after`.
    """
    last = tuple_(literal(since, Instant), literal(""))
    later = true() if after is None else tuple_(*_MADE) > _place(connection, after)
    while True:
        page = select(*_MADE).where(tuple_(*_MADE) > last, later)
        found = connection.execute(page.order_by(*_MADE).limit(PAGE_ROWS)).all()
        if not found:
            return
        yield from (row.decision_id for row in found)
        last = tuple_(literal(found[-1].decided_at, Instant), literal(found[-1].decision_id))


def _place(connection: Connection, decision_id: str) -> Tuple:
    """Return where in the order of deciding a decision stands, without reading what it holds."""
    found = select(decisions.c.decided_at).where(decisions.c.decision_id == decision_id)
    made = connection.scalars(found).one_or_none()
    if made is None:
        raise NoSuchDecision(f"There is no decision {decision_id}.")
    return tuple_(literal(made, Instant), literal(decision_id))
