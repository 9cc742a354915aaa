"""Works out what an agency's joining or leaving changes: later reviews, and its placements."""

import logging
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, select

from services.pricing.fee_book.recompounding import recompound, rules_from
from services.pricing.membership import left_on
from services.pricing.placements.repricing import Repriced, reprice
from services.pricing.store.memberships import agencies_told_after, memberships_of
from services.pricing.store.placements import ids_on_numbers
from services.pricing.store.reviews import APPROVED, Review
from services.pricing.store.tables import FEE_FAMILIES
from services.pricing.timeline import Cause
from shared.days import Period
from shared.framework.framework import Framework
from shared.messaging.work import Work

_log = logging.getLogger(__name__)


def is_moved(before: Sequence[Period], after: Sequence[Period]) -> bool:
    """Say whether an agency has left on other days than was known before."""
    ends = {each.end for each in (*before, *after) if each.end is not None}
    starts = {each.start for each in (*before, *after)}
    return any(left_on(before, day) != left_on(after, day) for day in ends | starts)


def look_at_agencies(work: Work, framework: Framework, agencies: Iterable[str]) -> Repriced:
    """Work the reviews of agencies' fees out again, and tell finance what that moves.

    Done again it changes nothing. Who does this holds the counter of the points until the commit.
    """
    work.flush()
    sum_ = Repriced()
    rules = rules_from(work.connection, date.min)
    for agency in agencies:
        numbers = _families(work.connection, agency)
        recompound(work, numbers, rules)
        periods = memberships_of(work.connection, agency)
        day = left_on(periods, date.max) or (periods[-1].start if periods else work.today)
        ids = ids_on_numbers(work.connection, numbers)
        because = Cause("left_framework", agency, day)
        sum_.include(reprice(work, framework, ids, because))
    if sum_.unpriced:
        _log.error(
            "no fee for some days of %d placements of agencies that left or joined",
            len(set(sum_.unpriced)),
        )
    return sum_


def look_at_those_told_since(work: Work, framework: Framework, review: Review) -> Repriced:
    """Catch up on memberships that were told while a review waited to be applied.

    Meanwhile no fee may be recorded beside those that the approver saw; so that waits till now.
    """
    facts_last = review.last(APPROVED).body.get("facts_last", 0)
    return look_at_agencies(work, framework, agencies_told_after(work.connection, facts_last))


def _families(connection: Connection, agency: str) -> list[int]:
    of_agency = select(FEE_FAMILIES.c.id).where(FEE_FAMILIES.c.agency == agency)
    return list(connection.scalars(of_agency.order_by(FEE_FAMILIES.c.id)))
