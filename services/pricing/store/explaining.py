"""Reads what an explanation needs beside the fees: what was recorded before, and who counted."""

from datetime import date
from itertools import pairwise

from sqlalchemy import Connection, select

from services.pricing.explaining.links import Earlier
from services.pricing.fees import FeeCause, FeeKey, VolumeCount
from services.pricing.store.tables import FEE_FAMILIES, FEE_POINTS, VOLUME_COUNTS
from shared.days import london_day


def replaced_fees(connection: Connection, key: FeeKey, valid_from: date) -> list[Earlier]:
    """Return what was recorded of a fee from a day on, and replaced by something later."""
    family = select(FEE_FAMILIES.c.id).where(
        FEE_FAMILIES.c.agency == key.agency,
        FEE_FAMILIES.c.purchaser == key.purchaser,
        FEE_FAMILIES.c.placement_type == key.placement_type,
        FEE_FAMILIES.c.need_category == key.need_category,
    )
    recorded = (
        select(FEE_POINTS)
        .where(
            FEE_POINTS.c.family_id.in_(family),
            FEE_POINTS.c.age_band == key.age_band,
            FEE_POINTS.c.valid_from == valid_from,
        )
        .order_by(FEE_POINTS.c.number)
    )
    return [
        Earlier(
            row.weekly,
            FeeCause(row.cause, row.reference),
            london_day(row.recorded_at),
            london_day(then.recorded_at),
        )
        for row, then in pairwise(connection.execute(recorded).all())
    ]


def counted_by(connection: Connection, count: VolumeCount) -> str:
    """Return who made a count; its number is that of its row."""
    who = select(VOLUME_COUNTS.c.actor).where(VOLUME_COUNTS.c.id == count.number)
    return str(connection.execute(who).scalar_one())
