"""Which placements ended long enough ago to go, children's facts and all, a portion at a time."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, delete, func, select, update

from services.pricing.store.shortlists import OLD_SHORTLISTS
from services.pricing.store.tables import (
    ACKNOWLEDGEMENTS,
    PLACEMENT_EVENTS,
    PLACEMENT_FAMILIES,
    PLACEMENTS,
    PRICE_CHANGES,
)
from shared.persistence.old_rows import Horizon, OldRows, Removed

_AT_A_TIME: Final = 500
_OF_A_PLACEMENT: Final = (
    PLACEMENT_FAMILIES,
    ACKNOWLEDGEMENTS,
    PRICE_CHANGES,
    PLACEMENT_EVENTS,
)


def purged_placements(connection: Connection) -> dict[str, datetime]:
    """Return every placement that was purged, with the instant of it."""
    purged = select(PLACEMENTS.c.id, PLACEMENTS.c.purged_at)
    found = connection.execute(purged.where(PLACEMENTS.c.purged_at.is_not(None)))
    return {row.id: row.purged_at for row in found}


def purged_among(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return those of some placements that were purged."""
    purged = select(PLACEMENTS.c.id).where(PLACEMENTS.c.purged_at.is_not(None))
    return set(connection.scalars(purged.where(PLACEMENTS.c.id.in_(ids))))


def _count(connection: Connection, horizon: Horizon) -> Mapping[str, int]:
    counts: Counter[str] = Counter({"placements": 0, **{t.name: 0 for t in _OF_A_PLACEMENT}})
    after = ""
    while ended := _ended_after(connection, after, _AT_A_TIME):
        old = _old_of(connection, ended, horizon)
        counts["placements"] += len(old)
        for table in _OF_A_PLACEMENT:
            of_old = select(func.count()).where(table.c.placement_id.in_(old))
            counts[table.name] += connection.execute(of_old.select_from(table)).scalar_one()
        after = ended[-1]
    return counts


def _remove(connection: Connection, horizon: Horizon, after: str, limit: int) -> Removed:
    """Leave the row of a placement, empty, so that it is never taken for a new one.

    The price changes go too: their days are birthdays, and the age bands give the years.
    """
    ended = _ended_after(connection, after, limit)
    held = select(PLACEMENTS.c.id).where(PLACEMENTS.c.id.in_(ended)).order_by(PLACEMENTS.c.id)
    connection.execute(held.with_for_update()).all()
    old = _old_of(connection, ended, horizon)
    counts = {"placements": len(old)}
    for table in _OF_A_PLACEMENT:
        gone = connection.execute(delete(table).where(table.c.placement_id.in_(old)))
        counts[table.name] = gone.rowcount
    connection.execute(
        update(PLACEMENTS)
        .where(PLACEMENTS.c.id.in_(old))
        .values(purged_at=horizon.purged_at, next_birthday=None)
    )
    return Removed(counts, ended[-1] if len(ended) == limit else None)


def _ended_after(connection: Connection, after: str, limit: int) -> Sequence[str]:
    """Return placements of which an end was told, in the order of their ids."""
    of = PLACEMENT_EVENTS.c.placement_id
    ended = select(of).distinct().where(PLACEMENT_EVENTS.c.kind == "ended", of > after)
    return connection.scalars(ended.order_by(of).limit(limit)).all()


def _old_of(connection: Connection, ids: Collection[str], horizon: Horizon) -> list[str]:
    """Return those that ended before the horizon, and of which nobody told anything since.

    What was told last is the end that counts.
    """
    told = select(
        PLACEMENT_EVENTS.c.placement_id,
        PLACEMENT_EVENTS.c.kind,
        PLACEMENT_EVENTS.c.valid_from,
        PLACEMENT_EVENTS.c.recorded_at,
    ).where(PLACEMENT_EVENTS.c.placement_id.in_(ids))
    in_order = told.order_by(PLACEMENT_EVENTS.c.told_at, PLACEMENT_EVENTS.c.event_id)
    ends: dict[str, date] = {}
    young: set[str] = set()
    for placement_id, kind, valid_from, recorded_at in connection.execute(in_order):
        if kind == "ended":
            ends[placement_id] = valid_from
        elif kind == "continued":
            ends.pop(placement_id, None)
        if recorded_at >= horizon.instant:
            young.add(placement_id)
    for table in (PRICE_CHANGES, ACKNOWLEDGEMENTS):
        since = select(table.c.placement_id).where(
            table.c.placement_id.in_(ids), table.c.recorded_at >= horizon.instant
        )
        young.update(connection.scalars(since))
    return sorted(one for one, end in ends.items() if end < horizon.day and one not in young)


OLD_ROWS: Final = (OldRows(_count, _remove), OLD_SHORTLISTS)
