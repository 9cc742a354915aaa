"""Reads the open referrals: decided, and still without a home."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import JSON, ColumnElement, Connection, String, and_, cast, func, or_, select

from services.eligibility.concerns.stays import STARTED
from services.eligibility.referral import Referral
from services.eligibility.store.tables import decisions, placement_events
from services.eligibility.store.words_on_referrals import standing_words

_AT_A_TIME: Final = 500


@dataclass(frozen=True, slots=True)
class OpenReferral:
    """A referral for which a home is still looked for.

    Args:
        decision_id: the decision that counts for it.
        rulebook_digest: of the rulebook by which that decision was made.
        version: that of the referral.
        said_at: when the referral was said; what was decided before that was kept was said by
            the time of its decision.
    """

    referral: Referral
    decision_id: str
    rulebook_digest: str
    version: int
    said_at: datetime


def open_referrals(connection: Connection, starting_from: date) -> list[OpenReferral]:
    """Return the open referrals that start on a day or later, the earliest start first.

    A referral is closed by a withdrawal that was said after it, and by a placement that started
    for it.
    """
    starting = or_(
        decisions.c.start_date >= starting_from,
        and_(
            decisions.c.start_date.is_(None),
            start_date_told(connection) >= starting_from.isoformat(),
        ),
    )
    # Any decision on a referral may name that day; only the one that counts tells when it starts.
    named = connection.scalars(select(decisions.c.referral_id).where(starting).distinct()).all()
    standing = standing_words(connection, named)
    placed = _placed(connection, named)
    found = [
        OpenReferral(
            word.decision.referral,
            word.decision.decision_id,
            word.decision.rulebook_digest,
            word.decision.version,
            word.decision.said_at or word.decision.decided_at,
        )
        for referral_id, word in standing.items()
        if not word.is_withdrawn
        and referral_id not in placed
        and word.decision.referral.start_date >= starting_from
    ]
    return sorted(found, key=lambda each: (each.referral.start_date, each.referral.referral_id))


def _placed(connection: Connection, referral_ids: Collection[str]) -> set[str]:
    """Return those of some referrals for which a placement started."""
    ids = sorted(referral_ids)
    found: set[str] = set()
    for first in range(0, len(ids), _AT_A_TIME):
        started = select(placement_events.c.referral_id).where(
            placement_events.c.referral_id.in_(ids[first : first + _AT_A_TIME]),
            placement_events.c.word == STARTED,
        )
        found.update(connection.scalars(started))
    return found


def start_date_told(connection: Connection) -> ColumnElement[str]:
    """Return the start date among the referral's facts: older rows have it there and only there."""
    if connection.dialect.name == "sqlite":
        return func.json_extract(decisions.c.referral, "$.start_date", type_=String)
    start_date: ColumnElement[str] = cast(decisions.c.referral, JSON)["start_date"].as_string()
    return start_date
