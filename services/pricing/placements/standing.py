"""Reads back what stands: what a placement costs, what finance was told, how a fee came about."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from services.pricing.desk import Desk
from services.pricing.explaining.explain import Explanation, explain
from services.pricing.explaining.links import Sources
from services.pricing.fees import FeeBook, FeeKey, FeePoint
from services.pricing.finance.reconcile import ToldChange
from services.pricing.placement import Placement, placement_of
from services.pricing.store.explaining import counted_by, replaced_fees
from services.pricing.store.fee_book import complete
from services.pricing.store.fees import add_points_of, every_point
from services.pricing.store.placements import known_placements
from services.pricing.store.price_changes import told_changes
from services.pricing.store.reviews import award_named
from services.pricing.timeline import Timeline, timeline
from shared.days import london_day
from shared.errors import FosterframeError


class NoPlacement(FosterframeError):  # noqa: N818 - the lookup's answer
    """There is no placement of that id."""


class Standing(NamedTuple):
    """A placement with the fees that it may have, and what finance was told of it."""

    placement: Placement
    fees: FeeBook
    told: tuple[ToldChange, ...]


def standing(connection: Connection, desk: Desk, placement_id: str) -> Standing:
    """Return what is known of a placement.

    Raises:
        NoPlacement: nobody told of a placement of that id.
    """
    known = known_placements(connection, [placement_id], hold=False).get(placement_id)
    if known is None:
        raise NoPlacement(f"There is no placement {placement_id}.")
    if known.purged_at is not None:
        raise NoPlacement(
            f"The placement {placement_id} ended long ago and was purged on "
            f"{london_day(known.purged_at)}: what it cost is no longer kept here."
        )
    fees = complete(connection, FeeBook())
    add_points_of(connection, fees, known.families)
    told = tuple(told_changes(connection, placement_id))
    return Standing(placement_of(known.events, desk.framework), fees, told)


def timeline_now(desk: Desk, placement_id: str) -> Timeline:
    """Return what a placement costs on each day, as far as finance hears of it by now.

    Raises:
        NoPlacement: as `standing`.
        NoFeeOn: the framework holds no fee for some of the days.
    """
    horizon = desk.clock.today() + timedelta(days=desk.framework.conventions.notice_days)
    with desk.database.reading() as connection:
        known = standing(connection, desk, placement_id)
    return timeline(known.placement, known.fees, desk.framework, horizon)


def explained(desk: Desk, placement_id: str, day: date) -> Explanation:
    """Return how the fee of a placement on a day came about.

    Raises:
        NoPlacement: as `standing`.
        NothingDue: nothing is paid on that day.
        NoFeeOn: the framework holds no fee for that day.
    """
    horizon = desk.clock.today() + timedelta(days=desk.framework.conventions.notice_days)
    with desk.database.reading() as connection:
        known = standing(connection, desk, placement_id)
        sources = Sources(
            award=partial(award_named, connection),
            history=partial(replaced_fees, connection),
            counted_by=partial(counted_by, connection),
        )
        found = explain(known.placement, day, known.fees, desk.framework, sources, horizon)
    told = [each for each in known.told if each.covers(day)]
    return replace(found, told=tuple(told))


def fees_of(desk: Desk, agency: str) -> Iterator[tuple[FeeKey, FeePoint]]:
    """Yield every fee point of an agency, as it was recorded."""
    with desk.database.reading() as connection:
        for key, point in every_point(connection):
            if key.agency == agency:
                yield key, point
