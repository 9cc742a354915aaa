"""Reads where children live, from all that was said of their placements."""

from collections.abc import Collection
from typing import Any, Final
from zlib import crc32

from sqlalchemy import Connection, Select, select, text

from services.eligibility.concerns.stays import PlacementWord, Stay, stays
from services.eligibility.store.tables import placement_events

_KEY: Final = 0x_70_6C_61_63
"""Names the locks on placements among those of one database: any number will do."""

_CLAIM: Final = text(
    "SELECT pg_advisory_xact_lock(:key, placement)"
    " FROM unnest(CAST(:placements AS integer[])) AS placement"
)


def stays_with(connection: Connection, agencies: Collection[str]) -> list[Stay]:
    """Return every stay with one of some agencies, also those that are over."""
    theirs = select(placement_events.c.placement_id).where(
        placement_events.c.agency.in_(sorted(agencies))
    )
    said = select(placement_events).where(placement_events.c.placement_id.in_(theirs))
    return [stay for stay in stays(_words(connection, said)) if stay.agency in agencies]


def words_about(
    connection: Connection, placement_ids: Collection[str]
) -> dict[str, list[PlacementWord]]:
    """Return all that was said of some placements, by placement."""
    found: dict[str, list[PlacementWord]] = {each: [] for each in placement_ids}
    said = select(placement_events).where(placement_events.c.placement_id.in_(sorted(found)))
    for word in _words(connection, said):
        found[word.placement_id].append(word)
    return found


def claim_placements(connection: Connection, placement_ids: Collection[str]) -> None:
    """Let nobody else who claims one of some placements go on until the commit.

    Of two words on one placement, taken in beside each other, neither would be seen with the
    other one. Everybody claims in the same order, so that two do not wait for each other. SQLite
    has one writer anyhow.
    """
    if connection.dialect.name == "postgresql":
        # The server counts 32 bits from below zero; one number for two only makes one wait.
        numbers = sorted({crc32(each.encode()) - 2**31 for each in placement_ids})
        connection.execute(_CLAIM, {"key": _KEY, "placements": numbers})


def _words(connection: Connection, said: Select[Any]) -> list[PlacementWord]:
    return [
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
