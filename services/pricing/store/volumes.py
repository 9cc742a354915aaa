"""Keeps how many live placements each agency had whenever they were counted."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import Connection, select

from services.pricing.fees import VolumeCount
from services.pricing.store.tables import VOLUME_COUNTS
from shared.persistence.bulk import insert_rows


def volume_counts(connection: Connection) -> Iterator[tuple[str, VolumeCount]]:
    """Yield every count with its agency, as it was recorded; its number is that of its row."""
    found = select(
        VOLUME_COUNTS.c.agency,
        VOLUME_COUNTS.c.effective_from,
        VOLUME_COUNTS.c.placements,
        VOLUME_COUNTS.c.counted_on,
        VOLUME_COUNTS.c.id,
    ).order_by(VOLUME_COUNTS.c.id)
    for agency, *count in connection.execute(found):
        yield agency, VolumeCount(*count)


def record_counts(
    connection: Connection,
    counted: Mapping[str, int],
    *,
    counted_on: date,
    effective_from: date,
    actor: str,
    now: datetime,
) -> None:
    """Record the count of each agency."""
    rows = [
        {
            "agency": agency,
            "counted_on": counted_on,
            "effective_from": effective_from,
            "placements": placements,
            "actor": actor,
            "recorded_at": now,
        }
        for agency, placements in sorted(counted.items())
    ]
    if rows:
        insert_rows(connection, VOLUME_COUNTS, rows)
