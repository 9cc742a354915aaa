"""Which messages were received, and what became of each: what stops a second delivery."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import sqlite

from shared.persistence.tables import DELIVERY

_inbox = DELIVERY.inbox
_insert: Final = sqlite.insert(_inbox).on_conflict_do_nothing().returning(_inbox.c.message_id)
_insert_at_once: Final = (
    "INSERT INTO inbox (message_id, type, body_digest, received_at, fate, next_attempt) "
    "SELECT message_id, type, body_digest, %b::timestamptz, %s, next_attempt "
    "FROM unnest(%b::text[], %b::text[], %b::bytea[], %b::int[]) "
    "AS arrival (message_id, type, body_digest, next_attempt) "
    "ON CONFLICT DO NOTHING RETURNING message_id"
)
"""For PostgreSQL: the same words however many arrive, so that nobody reads them each time."""

_remember: Final = (
    update(_inbox)
    .where(_inbox.c.message_id == bindparam("id"))
    .values(
        body_digest=bindparam("digest"),
        fate=bindparam("became"),
        next_attempt=bindparam("next"),
    )
)


class Fate(StrEnum):
    """What became of a message."""

    HANDLED = "handled"
    WAITING = "waiting"
    PARKED = "parked"


class Verdict(StrEnum):
    """What to do with a delivery, by what is known of its id."""

    HANDLE = "handle"
    DUPLICATE = "duplicate"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery, as the inbox knows it."""

    message_id: str
    type: str
    digest: bytes
    attempt: int
    is_redelivered: bool


@dataclass(slots=True)
class Claim:
    """What is known of one message id, held by this transaction until it ends."""

    digest: bytes
    fate: Fate | None
    next_attempt: int = 1
    is_changed: bool = False

    def verdict(self, arrival: Arrival) -> Verdict:
        """Say what to do with a delivery under this id.

        A parked message did nothing, so its id is free: whoever sends it again, corrected or not,
        is heard. But where only the acknowledgement was lost, it is not parked a second time. So is
        one heard that is sent anew while it waits: its copy for the next attempt may have been lost
        with the broker. Where it was not, whichever comes second does nothing.
        """
        if self.fate is None:
            return Verdict.HANDLE
        is_behind = arrival.attempt < self.next_attempt
        if self.fate is Fate.PARKED:
            is_same_again = arrival.digest == self.digest and arrival.is_redelivered and is_behind
            return Verdict.DUPLICATE if is_same_again else Verdict.HANDLE
        if arrival.digest != self.digest:
            return Verdict.CONTRADICTION
        is_sent_anew = arrival.attempt == 1 and not arrival.is_redelivered
        if self.fate is Fate.WAITING and (is_sent_anew or not is_behind):
            return Verdict.HANDLE
        return Verdict.DUPLICATE

    def becomes(self, fate: Fate, arrival: Arrival) -> None:
        """Keep what became of a delivery under this id."""
        # A new row stands in the database as handled already, at the first attempt.
        self.is_changed = self.fate is not None or fate is not Fate.HANDLED
        self.digest, self.fate, self.next_attempt = arrival.digest, fate, arrival.attempt + 1


def claim(connection: Connection, arrivals: Sequence[Arrival], now: datetime) -> dict[str, Claim]:
    """Return what is known of each id, so that no other worker handles it in the meantime."""
    # In the order of the ids: two workers that meet wait for each other, and never in a circle.
    first = {one.message_id: one for one in reversed(arrivals)}
    arrived = [first[message_id] for message_id in sorted(first)]
    if connection.dialect.name == "sqlite":
        new = _entered_in_sqlite(connection, arrived, now)
    else:
        new = _entered_in_postgresql(connection, arrived, now)
    claims = {message_id: Claim(first[message_id].digest, None) for message_id in new}
    if len(new) < len(first):
        claims |= _known(connection, sorted(first.keys() - new))
    return claims


def settle(connection: Connection, claims: Iterable[tuple[str, Claim]]) -> None:
    """Write what became of the messages whose rows do not say so yet."""
    rows = [
        {
            "id": message_id,
            "digest": one.digest,
            "became": str(one.fate),
            "next": one.next_attempt,
        }
        for message_id, one in claims
        if one.is_changed
    ]
    if rows:
        connection.execute(_remember, rows)


def _entered_in_sqlite(
    connection: Connection, arrived: Sequence[Arrival], now: datetime
) -> set[str]:
    rows = [
        {
            "message_id": one.message_id,
            "type": one.type,
            "body_digest": one.digest,
            "received_at": now,
            "fate": Fate.HANDLED.value,
            "next_attempt": one.attempt + 1,
        }
        for one in arrived
    ]
    return set(connection.scalars(_insert, rows))


def _entered_in_postgresql(
    connection: Connection, arrived: Sequence[Arrival], now: datetime
) -> set[str]:
    told = (
        now,
        Fate.HANDLED.value,
        [one.message_id for one in arrived],
        [one.type for one in arrived],
        [one.digest for one in arrived],
        [one.attempt + 1 for one in arrived],
    )
    return set(connection.exec_driver_sql(_insert_at_once, told).scalars())


def _known(connection: Connection, message_ids: Sequence[str]) -> dict[str, Claim]:
    columns = (_inbox.c.message_id, _inbox.c.body_digest, _inbox.c.fate, _inbox.c.next_attempt)
    held = select(*columns).where(_inbox.c.message_id.in_(message_ids))
    rows = connection.execute(held.order_by(_inbox.c.message_id).with_for_update()).all()
    return {
        row.message_id: Claim(row.body_digest, Fate(row.fate), row.next_attempt) for row in rows
    }
