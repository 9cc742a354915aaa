"""Reads the decisions that count, page by page, in the order in which they were made."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Tuple,
    and_,
    exists,
    func,
    literal,
    not_,
    select,
    tuple_,
)

from services.eligibility.store.decision_store import StoredDecision, stored_decisions
from services.eligibility.store.tables import decisions
from shared.persistence.columns import Instant

PAGE_ROWS: Final = 500
"""How many decisions are held at once."""

_NEVER_SAID: Final = literal(datetime(1970, 1, 1, tzinfo=UTC), Instant)
"""Stands for when a referral was said whose decision was made before that was kept."""


def counting_since(connection: Connection, since: datetime) -> int:
    """Return how many of the decisions that were made since an instant count."""
    counted = select(func.count()).select_from(decisions)
    return connection.execute(counted.where(*_since(since))).scalar_one()


def pages_since(
    connection: Connection, since: datetime, rows: int = PAGE_ROWS
) -> Iterator[list[StoredDecision]]:
    """Yield the decisions that count and were made since an instant, a page at a time.

    A referral comes once: with the decision that counts for it.
    """
    made = (decisions.c.decided_at, decisions.c.decision_id)
    page = select(*made).order_by(*made).limit(rows)
    decided_at, decision_id = since, ""
    while True:
        last = tuple_(literal(decided_at, Instant), literal(decision_id))
        found = connection.execute(page.where(tuple_(*made) > last, *_since(decided_at))).all()
        if not found:
            return
        decided_at, decision_id = found[-1]
        kept = stored_decisions(connection, [row.decision_id for row in found])
        yield [kept[row.decision_id] for row in found]


def counts() -> ColumnElement[bool]:
    """Whether a decision counts for its referral: there is none that counts more.

    What is superseded never counts, even by a decision of an earlier instant: a transaction may
    have waited for the one that made what it supersedes.
    """
    other = decisions.alias("other")
    counts_more = and_(
        other.c.referral_id == decisions.c.referral_id,
        _standing(other) > _standing(decisions),
        not_(_is_superseded(other)),
    )
    return and_(not_(_is_superseded(decisions)), not_(exists().where(counts_more)))


def _is_superseded(of: FromClause) -> ColumnElement[bool]:
    later = decisions.alias()
    return exists().where(
        later.c.referral_id == of.c.referral_id, later.c.supersedes == of.c.decision_id
    )


def _since(since: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return decisions.c.decided_at >= since, counts()


def _standing(of: FromClause) -> Tuple:
    """The version of the referral, when it was said, when it was decided, and the id."""
    said_at = func.coalesce(of.c.said_at, _NEVER_SAID)
    return tuple_(of.c.version, said_at, of.c.decided_at, of.c.decision_id)
