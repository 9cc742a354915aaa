"""Keeps the concerns that commissioners were told of, as they were told."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    tuple_,
)

from services.eligibility.store.tables import concerns
from shared.contracts.concern import ProviderConcern
from shared.contracts.event import Event
from shared.contracts.fields import Data
from shared.errors import FosterframeError

_ADDS: Final = '"adds_to":['
"""How a concern that adds a placement to earlier ones is written; no sentence can hold it."""


_NEAR: Final = concerns.c.told.like(bindparam("near"))
_NAMING: Final = select(concerns.c.concern_id, case((_NEAR, concerns.c.told))).where(
    concerns.c.agency == bindparam("agency"),
    _NEAR | concerns.c.concern_id.in_(bindparam("ids", expanding=True)),
)
"""Made once: each word on a placement with an agency that became worse asks it."""


class NoSuchConcern(FosterframeError):  # noqa: N818 - a fact about the store
    """No concern with that id was ever told."""


def concern_row(concern: ProviderConcern, told: Event[Data]) -> Mapping[str, object]:
    """Return the row of a concern that an event tells."""
    return {
        "concern_id": concern.concern_id,
        "agency": concern.agency,
        "told": concern.model_dump_json(),
        "recorded_at": told.time,
        "caused_by": told.causation_id,
        "correlation_id": told.correlation_id,
        "traceparent": told.traceparent,
    }


def concerns_told(
    connection: Connection,
    *,
    agency: str | None = None,
    since: datetime | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> list[ProviderConcern]:
    """Return the concerns that were told, the latest first; of one agency, or since an instant.

    Args:
        connection: reads.
        agency: about this agency only.
        since: told then or later only.
        after: the last concern of the page before, by its id.
        limit: how many at most.

    Raises:
        NoSuchConcern: there is no concern `after`.
    """
    asked = select(concerns.c.told).order_by(
        concerns.c.recorded_at.desc(), concerns.c.agency, concerns.c.concern_id
    )
    if agency is not None:
        asked = asked.where(concerns.c.agency == agency)
    if since is not None:
        asked = asked.where(concerns.c.recorded_at >= since)
    if after is not None:
        asked = asked.where(_later_in_the_list(connection, after))
    told = connection.scalars(asked.limit(limit))
    return [ProviderConcern.model_validate_json(each) for each in told]


def agencies_with_concerns(connection: Connection) -> frozenset[str]:
    """Return the agencies of which any concern was told."""
    return frozenset(connection.scalars(select(concerns.c.agency).distinct()))


def changes_told(connection: Connection, agency: str) -> list[ProviderConcern]:
    """Return what was told of an agency when it became worse, the earliest first."""
    asked = (
        select(concerns.c.told)
        .where(concerns.c.agency == agency, ~concerns.c.told.contains(_ADDS, autoescape=True))
        .order_by(concerns.c.recorded_at, concerns.c.concern_id)
    )
    return [ProviderConcern.model_validate_json(each) for each in connection.scalars(asked)]


def concerns_without(
    connection: Connection, agency: str, placement_id: str, concern_ids: Collection[str]
) -> set[str]:
    """Return those of some concerns about an agency that name a placement neither first nor later.

    What was purged is none of them: nobody knows any more what it named.
    """
    # The database finds too much: an underscore stands for any sign, and to SQLite small letters
    # are large ones. So what it finds is looked at again.
    near = f'%"placement_id":"{placement_id}"%'
    asked = {"agency": agency, "near": near, "ids": sorted(concern_ids)}
    kept, named = set(), set()
    for concern_id, told in connection.execute(_NAMING, asked):
        kept.add(concern_id)
        concern = None if told is None else ProviderConcern.model_validate_json(told)
        if concern and any(each.placement_id == placement_id for each in concern.placements):
            named |= {concern_id, *concern.adds_to}
    return kept & set(concern_ids) - named


def _later_in_the_list(connection: Connection, concern_id: str) -> ColumnElement[bool]:
    one = select(concerns.c.recorded_at, concerns.c.agency)
    found = connection.execute(one.where(concerns.c.concern_id == concern_id)).one_or_none()
    if found is None:
        raise NoSuchConcern(f"There is no concern {concern_id}.")
    named = tuple_(concerns.c.agency, concerns.c.concern_id)
    last = tuple_(literal(found.agency), literal(concern_id))
    told_before = concerns.c.recorded_at < found.recorded_at
    return or_(told_before, and_(concerns.c.recorded_at == found.recorded_at, named > last))
