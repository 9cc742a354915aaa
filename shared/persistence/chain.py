"""The log of decisions and price changes, in which no row can be altered or left out unseen."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from pydantic_core import to_json
from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.persistence.bulk import insert_rows
from shared.persistence.tables import DELIVERY

BEFORE_THE_FIRST: Final = "0" * 64
"""What stands as the digest before the first row."""

_ROWS_AT_A_TIME: Final = 1000
_log = DELIVERY.log
_head = DELIVERY.log_head


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be logged: what kind, about whom, and the digest of what was said."""

    kind: str
    subject: str
    body_digest: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the log is not what it was when it was written."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the log: the position of a row, and its digest, which seals all before it."""

    position: int
    digest: str


@dataclass(frozen=True, slots=True)
class Portion:
    """Some entries of the log with their positions, the mark after them, and the first fault."""

    entries: Sequence[tuple[int, Entry]]
    mark: Mark
    fault: Break | None


def entry(kind: str, subject: str, body: bytes, recorded_at: datetime, digest: str = "") -> Entry:
    """Return what the log keeps of a body: its digest, so that purging the body harms no proof."""
    return Entry(kind, subject, digest or hashlib.sha256(body).hexdigest(), recorded_at)


def append(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add entries at the end of the log, in order.

    Do this last in a transaction: nobody else can append until it ends.
    """
    if not entries:
        return
    position, previous = _hold_head(connection)
    rows = []
    for position, one in enumerate(entries, start=position + 1):  # noqa: B020 - counts on from the head
        digest = _seal(position, one, previous)
        rows.append(
            {
                "position": position,
                "kind": one.kind,
                "subject": one.subject,
                "body_digest": one.body_digest,
                "recorded_at": one.recorded_at,
                "previous": previous,
                "digest": digest,
            }
        )
        previous = digest
    insert_rows(connection, _log, rows)
    connection.execute(update(_head).values(position=position, digest=previous))


def verify(connection: Connection) -> Break | None:
    """Walk the whole log; return the first break, or None when every row is as it was written."""
    end = head(connection)
    mark = Mark(0, BEFORE_THE_FIRST)
    while mark != end:
        portion = walk(connection, mark, end)
        if portion.fault is not None:
            return portion.fault
        mark = portion.mark
    if beyond := connection.scalar(select(_log.c.position).where(_log.c.position > end.position)):
        return Break(beyond, "rows stand after the end of the log")
    return None


def head(connection: Connection) -> Mark:
    """Return where the log ends, as it says itself."""
    row = connection.execute(select(_head.c.position, _head.c.digest)).one_or_none()
    return Mark(0, BEFORE_THE_FIRST) if row is None else Mark(row.position, row.digest)


def walk(connection: Connection, mark: Mark, end: Mark) -> Portion:
    """Return some more entries after a mark and up to an end, as far as each is as it was written.

    Call it again with the mark that it returns, until that is the end or it found a fault.
    """
    entries: list[tuple[int, Entry]] = []
    position, previous = mark.position, mark.digest
    for row in _after(connection, position, end.position):
        position += 1
        if reason := _fault(row, position, previous):
            return Portion(entries, mark, Break(position, reason))
        entries.append((position, Entry(row.kind, row.subject, row.body_digest, row.recorded_at)))
        previous = row.digest
    reached = Mark(position, previous)
    if not entries or (position == end.position and previous != end.digest):
        fault = Break(position + 1, "rows at the end of the log are missing")
        return Portion(entries, reached, fault)
    return Portion(entries, reached, None)


def _after(connection: Connection, position: int, last: int) -> Sequence[Row[*tuple[object, ...]]]:
    following = select(_log).where(_log.c.position > position, _log.c.position <= last)
    following = following.order_by(_log.c.position)
    return connection.execute(following.limit(_ROWS_AT_A_TIME)).all()


def _fault(row: Row[*tuple[object, ...]], position: int, previous: str) -> str:
    """Say what is wrong with a row, or nothing."""
    if row.position != position:
        return "a row is missing"
    if row.previous != previous:
        return "it does not follow from the row before"
    one = Entry(row.kind, row.subject, row.body_digest, row.recorded_at)
    if row.digest != _seal(position, one, previous):
        return "its content was changed after it was written"
    return ""


def _seal(position: int, one: Entry, previous: str) -> str:
    recorded_at = _text(one.recorded_at)
    sealed = [position, one.kind, one.subject, one.body_digest, recorded_at, previous]
    return hashlib.sha256(to_json(sealed)).hexdigest()


@lru_cache(maxsize=256)
def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _hold_head(connection: Connection) -> tuple[int, str]:
    """Return where the log ends, held until the transaction ends.

    SQLite has one writer anyhow; PostgreSQL locks the row of the head.
    """
    held = select(_head.c.position, _head.c.digest).with_for_update()
    row = connection.execute(held).one_or_none()
    if row is None:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        first = dialect.insert(_head).values(only=1, position=0, digest=BEFORE_THE_FIRST)
        connection.execute(first.on_conflict_do_nothing())
        row = connection.execute(held).one()
    return row.position, row.digest
