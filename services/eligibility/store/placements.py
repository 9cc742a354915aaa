"""Reads where children live, from all that was said of their placements."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from services.eligibility.concerns.stays import PlacementWord, Stay, stays
from services.eligibility.store.tables import placement_events


def stays_with(connection: Connection, agencies: Collection[str]) -> list[Stay]:
    """Return every stay with one of some agencies, also those that are over."""
    theirs = select(placement_events.c.placement_id).where(
        placement_events.c.agency.in_(sorted(agencies))
    )
    said = select(placement_events).where(placement_events.c.placement_id.in_(theirs))
    words = [
        PlacementWord(
            row.event_id,
            row.placement_id,
            row.word,
            row.said_at,
            row.agency,
            row.day,
            row.start_date,
        )
        for row in connection.execute(said)
    ]
    return [stay for stay in stays(words) if stay.agency in agencies]
