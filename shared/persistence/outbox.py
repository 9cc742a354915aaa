"""Which messages wait to be published: they leave only when the broker has confirmed them."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    any_,
    delete,
    func,
    literal,
    select,
    tuple_,
)

from shared.messaging.message import Outgoing
from shared.persistence.bulk import insert_rows
from shared.persistence.tables import DELIVERY

LARGEST_READ_BYTES: Final = 8 * 1024 * 1024
"""How much of the bodies is read at a time, unless one alone is larger; it bounds memory."""

_REMOVED_AT_A_TIME: Final = 5_000
_NO_HEADERS: Final = "{}"
_NUMBERS: Final = ARRAY(BigInteger)

Route = tuple[str, str]
"""An exchange and a routing key."""

_outbox = DELIVERY.outbox


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits, by the number that the outbox gave it."""

    id: int
    message: Outgoing

    @property
    def route(self) -> Route:
        """Return where it goes."""
        return self.message.exchange, self.message.routing_key


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many messages wait, and since when the oldest does."""

    count: int
    oldest: datetime | None


def write(connection: Connection, messages: Sequence[Outgoing], now: datetime) -> None:
    """Put messages at the end of the outbox, in order."""
    rows: list[dict[str, Any]] = [
        {
            "message_id": one.message_id,
            "exchange": one.exchange,
            "routing_key": one.routing_key,
            "type": one.type,
            "correlation_id": one.correlation_id,
            "headers": json.dumps(dict(one.headers)) if one.headers else _NO_HEADERS,
            "body": one.body,
            "created_at": now,
        }
        for one in messages
    ]
    insert_rows(connection, _outbox, rows)


def next_in_line(
    connection: Connection,
    *,
    limit: int,
    after: int = 0,
    besides: Collection[int] = (),
    not_to: Collection[Route] = (),
) -> list[Waiting]:
    """Return the first messages in order, besides those on their way and those whose way is shut.

    It looks from the start unless told that nothing is left up to a number. A transaction may
    commit late and bring a low number after a high one; a mark of how far one had come would then
    skip that message for ever.
    """
    sizes = select(_outbox.c.id, func.length(_outbox.c.body)).order_by(_outbox.c.id)
    if after:
        sizes = sizes.where(_outbox.c.id > after)
    if not_to:
        routes = tuple_(_outbox.c.exchange, _outbox.c.routing_key)
        sizes = sizes.where(routes.not_in(list(not_to)))
    taken = set(besides)
    rows = connection.execute(sizes.limit(limit + len(taken)))
    wanted = _within_bounds([(id_, size) for id_, size in rows if id_ not in taken][:limit])
    if not wanted:
        return []
    whole = connection.execute(
        select(_outbox).where(_among(connection, wanted)).order_by(_outbox.c.id)
    )
    return [_waiting(row) for row in whole]


def remove(connection: Connection, ids: Collection[int]) -> None:
    """Forget messages that the broker has confirmed."""
    waiting = sorted(ids)
    for first in range(0, len(waiting), _REMOVED_AT_A_TIME):
        some = waiting[first : first + _REMOVED_AT_A_TIME]
        connection.execute(delete(_outbox).where(_among(connection, some)))


def backlog(connection: Connection) -> Backlog:
    """Return how much waits."""
    row = connection.execute(select(func.count(), func.min(_outbox.c.created_at))).one()
    return Backlog(row[0], row[1])


def _among(connection: Connection, ids: Sequence[int]) -> ColumnElement[bool]:
    """Ask for some numbers; PostgreSQL is given them as one value, and reads the words once."""
    if connection.dialect.name == "sqlite":
        return _outbox.c.id.in_(ids)
    return _outbox.c.id == any_(literal(ids, _NUMBERS))


def _within_bounds(sizes: Sequence[tuple[int, int]]) -> list[int]:
    """Return the first numbers whose bodies together are not too large; the first in any case."""
    ids: list[int] = []
    total = 0
    for id_, size in sizes:
        total += size
        if ids and total > LARGEST_READ_BYTES:
            break
        ids.append(id_)
    return ids


def _waiting(row: Any) -> Waiting:  # noqa: ANN401 - a row of the outbox, which SQLAlchemy types by position only
    return Waiting(
        row.id,
        Outgoing(
            exchange=row.exchange,
            routing_key=row.routing_key,
            body=row.body,
            message_id=row.message_id,
            type=row.type,
            correlation_id=row.correlation_id,
            headers={} if row.headers == _NO_HEADERS else json.loads(row.headers),
        ),
    )
