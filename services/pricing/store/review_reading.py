"""Reads reviews for those who look at them: a page of them, and the one that came before."""

from datetime import date
from typing import Final

from sqlalchemy import Connection, Select, select, tuple_

from services.pricing.reviews.review import ReviewLine, SpotLine
from services.pricing.store.fees import Numbers
from services.pricing.store.review_lines import lines_between, spot_lines_in
from services.pricing.store.review_tables import (
    REVIEW_LINES,
    REVIEW_SPOT_LINES,
    REVIEWS,
)
from services.pricing.store.reviews import Review, applied_reviews, review_named
from services.pricing.store.tables import PLACEMENT_EVENTS

_SPOT: Final = "spot:"
_BAND: Final = ":"
_LONGEST_NUMBER: Final = 18
"""What the place of a spot placement begins with, and what stands before the band of a fee key."""


def reviews_after(connection: Connection, after: str | None, limit: int) -> list[Review]:
    """Return some reviews in the order of their names, from the one after a name on."""
    names = select(REVIEWS.c.id).order_by(REVIEWS.c.id).limit(limit)
    if after is not None:
        names = names.where(REVIEWS.c.id > after)
    return [review_named(connection, name) for name in connection.scalars(names).all()]


def applied_before(connection: Connection, day: date) -> list[Review]:
    """Return the reviews of the last earlier day of which one holds, in order; the last holds."""
    by_day: dict[date, list[Review]] = {}
    for each in applied_reviews(connection):
        if each.effective_from < day:
            by_day.setdefault(each.effective_from, []).append(each)
    held = [day_of for day_of, every in by_day.items() if every[-1].reverses is None]
    return by_day[max(held)] if held else []


def spot_between(first: str, last: str) -> Select[tuple[str]]:
    """Return which placements from one id to another ever had a fee agreed for them."""
    return (
        select(PLACEMENT_EVENTS.c.placement_id)
        .where(
            PLACEMENT_EVENTS.c.placement_id.between(first, last),
            PLACEMENT_EVENTS.c.agreed_weekly.is_not(None),
        )
        .distinct()
    )


def lines_after(
    connection: Connection, review_id: str, after: str | None, limit: int
) -> list[tuple[str, ReviewLine]]:
    """Return some lines of fee keys in order, each with its place, after a place."""
    if after is not None and after.startswith(_SPOT):
        return []
    key = REVIEW_LINES.c.family_id, REVIEW_LINES.c.age_band
    of_review = REVIEW_LINES.c.review_id == review_id
    wanted = select(*key).where(of_review).order_by(*key).limit(limit)
    if after is not None:
        family, _, band = after.partition(_BAND)
        if not family.isdecimal() or len(family) > _LONGEST_NUMBER:
            return []
        wanted = wanted.where(tuple_(*key) > (int(family), band))
    page = [(family, band) for family, band in connection.execute(wanted)]
    if not page:
        return []
    first, last = page[0][0], page[-1][0]
    # Of the first and the last family some lines may be on other pages.
    every = select(*key).where(of_review, REVIEW_LINES.c.family_id.between(first, last))
    keys = [(family, band) for family, band in connection.execute(every.order_by(*key))]
    lines = lines_between(connection, review_id, Numbers(first, last, 0))
    on_page = set(page)
    return [
        (f"{family}{_BAND}{band}", line)
        for (family, band), line in zip(keys, lines, strict=True)
        if (family, band) in on_page
    ]


def spot_lines_after(
    connection: Connection, review_id: str, after: str | None, limit: int
) -> list[tuple[str, SpotLine]]:
    """Return some lines of spot placements in order, each with its place, after a place.

    After the place of a fee key they begin.
    """
    placement = REVIEW_SPOT_LINES.c.placement_id
    wanted = select(placement).where(REVIEW_SPOT_LINES.c.review_id == review_id)
    if after is not None and after.startswith(_SPOT):
        wanted = wanted.where(placement > after.removeprefix(_SPOT))
    page = list(connection.scalars(wanted.order_by(placement).limit(limit)))
    if not page:
        return []
    lines = spot_lines_in(connection, review_id, page[0], page[-1])
    return [(f"{_SPOT}{line.placement_id}", line) for line in lines]
