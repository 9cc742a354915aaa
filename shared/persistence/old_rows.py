"""What of a service's data is old enough to go, a portion at a time; its inbox, for any service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, func, select

from shared.persistence.inbox import Fate
from shared.persistence.tables import DELIVERY

SHORTEST: Final = timedelta(days=90)
"""Nothing younger is ever purged.

A message may come once more as long as a copy of it lies somewhere: in a queue of a worker that
stands still, in the outbox of a sender that was down, or in a backup of either that is restored.
Only its row in the inbox stops it from being taken as new.
"""

_inbox = DELIVERY.inbox


@dataclass(frozen=True, slots=True)
class Horizon:
    """What ended before it goes, and is marked as purged at an instant."""

    instant: datetime
    day: date
    purged_at: datetime


@dataclass(frozen=True, slots=True)
class Removed:
    """What one portion took away, by table, and after which key the next one goes on."""

    counts: Mapping[str, int]
    next: str | None


@dataclass(frozen=True, slots=True)
class OldRows:
    """One kind of what may go.

    Args:
        count: tells how much there is, by table, and changes nothing.
        remove: takes some away, after a key and no more than a number.
    """

    count: Callable[[Connection, Horizon], Mapping[str, int]]
    remove: Callable[[Connection, Horizon, str, int], Removed]


def _count(connection: Connection, horizon: Horizon) -> Mapping[str, int]:
    old = select(func.count()).where(*_is_old(horizon))
    return {"inbox": connection.execute(old.select_from(_inbox)).scalar_one()}


def _remove(connection: Connection, horizon: Horizon, _after: str, limit: int) -> Removed:
    old = select(_inbox.c.message_id).where(*_is_old(horizon))
    ids = connection.scalars(old.order_by(_inbox.c.received_at).limit(limit)).all()
    if ids:
        connection.execute(delete(_inbox).where(_inbox.c.message_id.in_(ids)))
    return Removed({"inbox": len(ids)}, "" if len(ids) == limit else None)


def _is_old(horizon: Horizon) -> "tuple[ColumnElement[bool], ...]":
    """What waits for another try, or is parked, may still come back whenever somebody mends it."""
    return (_inbox.c.received_at < horizon.instant, _inbox.c.fate == Fate.HANDLED.value)


OLD_INBOX: Final = OldRows(_count, _remove)
