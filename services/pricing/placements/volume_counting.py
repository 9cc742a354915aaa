"""Counts placements for the volume discount, records the counts, and tells finance."""

from collections import Counter
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from services.pricing.desk import Desk, Progress, no_progress
from services.pricing.fees import FeeBook, VolumeCount
from services.pricing.placement import placement_of
from services.pricing.placements.repricing import Repriced, reprice_each
from services.pricing.store.fee_book import move_all
from services.pricing.store.placements import events_of, every_id, portions
from services.pricing.store.volumes import record_counts, volume_counts
from services.pricing.timeline import Cause
from services.pricing.volume import Counted, counted, live_placements
from shared.errors import FosterframeError


class CountRefused(FosterframeError):  # noqa: N818 - what became of the request
    """Placements cannot be counted so; nothing is recorded."""


class VolumeCounted(NamedTuple):
    """What was counted, and what it moved."""

    counts: list[Counted]
    repriced: Repriced


def count_volume(
    desk: Desk,
    counted_on: date,
    effective_from: date,
    *,
    actor: str,
    progress: Progress = no_progress,
) -> VolumeCounted:
    """Count the live placements of each agency on a day, and let the discount go by it.

    It may be done again: figures that are recorded already are not recorded twice, and what
    finance was told is not told again.

    Raises:
        CountRefused: the day is yet to come.
    """
    if counted_on > desk.clock.today():
        raise CountRefused(
            f"What is live on {counted_on} is not known yet. Count on a day up to today."
        )
    live = _live(desk, counted_on)
    with desk.database.transaction() as connection:
        # Nobody prices a placement until the commit, so that none is missed by the second look.
        move_all(connection)
        counts = counted(live, _before(connection), counted_on, effective_from)
        record_counts(
            connection,
            {each.agency: each.placements for each in counts if each.is_new},
            counted_on=counted_on,
            effective_from=effective_from,
            actor=actor,
            now=desk.clock.now(),
        )
    because = Cause("volume", f"count-of-{counted_on}", effective_from)
    cause_id = f"volume:{actor}:{counted_on}:{effective_from}"
    return VolumeCounted(counts, reprice_each(desk, cause_id, because, progress=progress))


def _live(desk: Desk, day: date) -> Counter[str]:
    live: Counter[str] = Counter()
    with desk.database.reading() as connection:
        for some in portions(every_id(connection)):
            known = events_of(connection, some).values()
            placements = (placement_of(one.events, desk.framework) for one in known)
            live.update(live_placements(placements, desk.framework, day))
    return live


def _before(connection: Connection) -> dict[str, tuple[VolumeCount, ...]]:
    book, agencies = FeeBook(), set()
    for agency, count in volume_counts(connection):
        book.count_volume(agency, count)
        agencies.add(agency)
    return {agency: book.volumes(agency) for agency in agencies}
