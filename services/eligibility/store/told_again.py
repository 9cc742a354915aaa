"""Reads what stood around decisions and concerns when they were told, so that they can be again."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Select, select

from services.eligibility.store.tables import concerns, decisions


class Envelope(NamedTuple):
    """What stood around a message; nothing is known of it where older code told it."""

    caused_by: str | None
    correlation_id: str | None
    traceparent: str | None


class DecisionTold(NamedTuple):
    """A decision, as far as it is kept beside what it was made of.

    Nobody knows whether it was an emergency where its facts were altered so that none can be read.
    """

    referral_id: str
    decided_at: datetime
    emergency: bool | None
    envelope: Envelope


class ConcernTold(NamedTuple):
    """A concern, as it was told."""

    agency: str
    recorded_at: datetime
    told: str
    envelope: Envelope


def decisions_told(connection: Connection, ids: Collection[str]) -> dict[str, DecisionTold]:
    """Return those of some decisions that are kept."""
    found = connection.execute(select(decisions).where(decisions.c.decision_id.in_(ids)))
    return {
        row.decision_id: DecisionTold(
            row.referral_id,
            row.decided_at,
            _is_emergency(row.referral),
            Envelope(row.caused_by, row.correlation_id, row.traceparent),
        )
        for row in found
    }


def _is_emergency(referral: str) -> bool | None:
    try:
        facts = json.loads(referral)
    except ValueError:
        return None
    return facts.get("emergency") is True if isinstance(facts, dict) else None


def concerns_told(connection: Connection, ids: Collection[str]) -> dict[str, ConcernTold]:
    """Return those of some concerns that are kept."""
    found = connection.execute(select(concerns).where(concerns.c.concern_id.in_(ids)))
    return {
        row.concern_id: ConcernTold(
            row.agency,
            row.recorded_at,
            row.told,
            Envelope(row.caused_by, row.correlation_id, row.traceparent),
        )
        for row in found
    }


def decisions_about(referral_id: str) -> Select[tuple[str]]:
    """Return the ids of all decisions on a referral."""
    return select(decisions.c.decision_id).where(decisions.c.referral_id == referral_id)


def concerns_about(agency: str) -> Select[tuple[str]]:
    """Return the ids of all concerns about an agency."""
    return select(concerns.c.concern_id).where(concerns.c.agency == agency)
