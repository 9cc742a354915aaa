"""Keeps what finance has said that it has booked."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from services.pricing.finance.acknowledgement import Acknowledgement
from services.pricing.store.tables import ACKNOWLEDGEMENTS, PRICE_CHANGES

_AT_A_TIME = 500
_kept = ACKNOWLEDGEMENTS.c


def acknowledgement_row(told: Acknowledgement, now: datetime) -> dict[str, Any]:
    """Return the row that keeps an acknowledgement."""
    return {**told._asdict(), "recorded_at": now}


def acknowledged_events(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return those of some events of finance's that are kept already."""
    return set(connection.scalars(select(_kept.event_id).where(_kept.event_id.in_(ids))))


def acknowledgements_of(
    connection: Connection, message_ids: Collection[str]
) -> Iterator[Acknowledgement]:
    """Yield what finance has said of some messages; of each, as it was kept."""
    wanted = sorted(message_ids)
    for start in range(0, len(wanted), _AT_A_TIME):
        some = wanted[start : start + _AT_A_TIME]
        found = select(ACKNOWLEDGEMENTS).where(_kept.message_id.in_(some)).order_by(_kept.id)
        for row in connection.execute(found):
            yield acknowledgement_from(row)


def messages_told(
    connection: Connection, placements: Collection[str], sequences: Collection[int]
) -> dict[tuple[str, int], str]:
    """Return the ids of the price changes of some placements with some of their numbers."""
    of_both = select(
        PRICE_CHANGES.c.placement_id, PRICE_CHANGES.c.sequence, PRICE_CHANGES.c.event_id
    ).where(PRICE_CHANGES.c.placement_id.in_(placements), PRICE_CHANGES.c.sequence.in_(sequences))
    return {(row[0], row[1]): row[2] for row in connection.execute(of_both)}


def acknowledgement_from(row: Row[Any]) -> Acknowledgement:
    """Return the acknowledgement that a row keeps."""
    return Acknowledgement(
        event_id=row.event_id,
        message_id=row.message_id,
        told_at=row.told_at,
        arrears=row.arrears,
        placement_id=row.placement_id,
        sequence=row.sequence,
        new_weekly=row.new_weekly,
        review_id=row.review_id,
        price_changes=row.price_changes,
    )
