"""Keeps the concerns that commissioners were told of, as they were told."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, literal, or_, select, tuple_

from services.eligibility.store.tables import concerns
from shared.contracts.concern import ProviderConcern
from shared.contracts.event import Event
from shared.contracts.fields import Data
from shared.errors import FosterframeError


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


def _later_in_the_list(connection: Connection, concern_id: str) -> ColumnElement[bool]:
    one = select(concerns.c.recorded_at, concerns.c.agency)
    found = connection.execute(one.where(concerns.c.concern_id == concern_id)).one_or_none()
    if found is None:
        raise NoSuchConcern(f"There is no concern {concern_id}.")
    named = tuple_(concerns.c.agency, concerns.c.concern_id)
    last = tuple_(literal(found.agency), literal(concern_id))
    told_before = concerns.c.recorded_at < found.recorded_at
    return or_(told_before, and_(concerns.c.recorded_at == found.recorded_at, named > last))
