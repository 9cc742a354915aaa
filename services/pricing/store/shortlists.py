"""Keeps shortlists as they were told, so that they can be told again; what is old may go."""

import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, select

from services.pricing.store.tables import DELIVERY, SHORTLISTS
from shared.contracts.event import Event
from shared.contracts.shortlist import ShortlistPriced
from shared.persistence.old_rows import Horizon, OldRows, Removed
from shared.persistence.purges import PURGE_DONE

_FAST: Final = 1
"""How hard it is compressed: every referral pays for it, and few are ever told again."""

_kept = SHORTLISTS.c
_acts = DELIVERY.acts


def shortlist_json(shortlist: ShortlistPriced) -> bytes:
    """Return a shortlist as it is told."""
    written: bytes = shortlist.__pydantic_serializer__.to_json(shortlist)
    return written


def shortlist_row(event: Event[ShortlistPriced], written: bytes) -> Mapping[str, object]:
    """Return the row that keeps a shortlist with what stands around it in its event.

    Args:
        event: what tells it.
        written: its JSON.
    """
    return {
        "event_id": event.id,
        "referral_id": event.subject,
        "caused_by": event.causation_id,
        "correlation_id": event.correlation_id,
        "traceparent": event.traceparent,
        "emergency": event.data.emergency,
        "told": zlib.compress(written, _FAST),
        "recorded_at": event.time,
    }


def told_json(told: bytes) -> bytes:
    """Return the JSON of a shortlist from its row."""
    return zlib.decompress(told)


def purged_shortlists(connection: Connection, since: datetime) -> int:
    """Return how many shortlists were purged that may have been told since an instant, at most."""
    found = select(_acts.c.told).where(_acts.c.kind == PURGE_DONE)
    told = [json.loads(each) for each in connection.scalars(found)]
    return sum(
        one["rows"].get(SHORTLISTS.name, 0)
        for one in told
        if since < datetime.fromisoformat(one["horizon"])
    )


def _count(connection: Connection, horizon: Horizon) -> Mapping[str, int]:
    old = select(func.count()).select_from(SHORTLISTS).where(_kept.recorded_at < horizon.instant)
    return {SHORTLISTS.name: connection.execute(old).scalar_one()}


def _remove(connection: Connection, horizon: Horizon, _after: str, limit: int) -> Removed:
    old = select(_kept.number).where(_kept.recorded_at < horizon.instant)
    numbers = connection.scalars(old.order_by(_kept.recorded_at).limit(limit)).all()
    if numbers:
        connection.execute(delete(SHORTLISTS).where(_kept.number.in_(numbers)))
    return Removed({SHORTLISTS.name: len(numbers)}, "" if len(numbers) == limit else None)


OLD_SHORTLISTS: Final = OldRows(_count, _remove)
"""A shortlist is over when it is told: it goes by its age."""
