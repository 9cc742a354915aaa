"""Keeps the lines of price reviews, in portions that are applied whole."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, true

from services.pricing.fees import FeeFamily, FeeKey
from services.pricing.reviews.review import ReviewLine, SpotLine
from services.pricing.store.fees import Numbers
from services.pricing.store.live_json import live_from, live_text
from services.pricing.store.review_tables import (
    REVIEW_CHUNKS,
    REVIEW_LINES,
    REVIEW_SPOT_LINES,
)
from services.pricing.store.tables import FEE_FAMILIES, PLACEMENT_EVENTS
from shared.money import NOTHING
from shared.persistence.bulk import insert_rows

_NO_FAMILIES: Final = Numbers(0, 0, 0)
_BY_PORTIONS: Final = {"yield_per": 1000}  # told before: afterwards, all rows are held already

_spot_columns = (
    REVIEW_SPOT_LINES.c.placement_id,
    REVIEW_SPOT_LINES.c.agency,
    REVIEW_SPOT_LINES.c.purchaser,
    REVIEW_SPOT_LINES.c.placement_type,
    REVIEW_SPOT_LINES.c.need_category,
    REVIEW_SPOT_LINES.c.service_line,
    REVIEW_SPOT_LINES.c.before,
    REVIEW_SPOT_LINES.c.after,
    REVIEW_SPOT_LINES.c.because,
    REVIEW_SPOT_LINES.c.outcome,
    REVIEW_SPOT_LINES.c.base,
)


class Chunk(NamedTuple):
    """A portion of a review: fee families from one to another, or spot placements.

    Args:
        first_placement, last_placement: empty where the portion is of families.
        lines: how many lines it has.
    """

    chunk: int
    numbers: Numbers
    lines: int
    spot: bool
    first_placement: str
    last_placement: str
    is_applied: bool


def forget_lines(connection: Connection, review_id: str) -> None:
    """Remove the lines of an earlier preview, none of which is applied."""
    for table in (REVIEW_LINES, REVIEW_SPOT_LINES, REVIEW_CHUNKS):
        connection.execute(delete(table).where(table.c.review_id == review_id))


def keep_lines(
    connection: Connection,
    review_id: str,
    chunk: int,
    numbers: Numbers,
    lines: Iterable[tuple[int, ReviewLine]],
) -> None:
    """Keep the lines of one portion of families."""
    rows = [
        {
            "review_id": review_id,
            "family_id": family_id,
            "age_band": line.key.age_band,
            "before": line.before,
            "after": line.after,
            "because": line.because,
            "placements": line.placements,
            "outcome": line.outcome,
            "unrounded": line.unrounded,
            "service_lines": live_text(line.service_lines) if line.service_lines else None,
            "base": line.base,
        }
        for family_id, line in lines
    ]
    insert_rows(connection, REVIEW_LINES, rows)
    _keep_chunk(connection, review_id, chunk, numbers._replace(keys=len(rows)))


def keep_spot_lines(
    connection: Connection,
    review_id: str,
    chunk: int,
    first: str,
    last: str,
    lines: Sequence[SpotLine],
) -> None:
    """Keep the lines of one portion of spot placements, whose ids run from one to another."""
    rows = [
        {
            "review_id": review_id,
            "placement_id": line.placement_id,
            **line.family._asdict(),
            "service_line": line.service_line,
            "before": line.before,
            "after": line.after,
            "because": line.because,
            "outcome": line.outcome,
            "base": line.base,
        }
        for line in lines
    ]
    insert_rows(connection, REVIEW_SPOT_LINES, rows)
    portion = _NO_FAMILIES._replace(keys=len(rows))
    _keep_chunk(connection, review_id, chunk, portion, first_placement=first, last_placement=last)


def lines_of(connection: Connection, review_id: str) -> Iterator[ReviewLine]:
    """Yield the lines of a review as they are kept, without holding them all."""
    return _lines(connection, REVIEW_LINES.c.review_id == review_id)


def lines_between(connection: Connection, review_id: str, numbers: Numbers) -> list[ReviewLine]:
    """Return the lines of the families from one number to another."""
    return list(_lines(connection, _between(review_id, numbers)))


def spot_lines_of(connection: Connection, review_id: str) -> Iterator[SpotLine]:
    """Yield the lines of the spot placements of a review, without holding them all."""
    return _spot_lines(connection, REVIEW_SPOT_LINES.c.review_id == review_id)


def spot_lines_in(connection: Connection, review_id: str, first: str, last: str) -> list[SpotLine]:
    """Return the lines of the spot placements whose ids run from one to another."""
    in_portion = and_(
        REVIEW_SPOT_LINES.c.review_id == review_id,
        REVIEW_SPOT_LINES.c.placement_id.between(first, last),
    )
    return list(_spot_lines(connection, in_portion))


def spot_portions(connection: Connection, each: int) -> Iterator[tuple[str, str]]:
    """Yield the ids from which to which some spot placements run; one portion at least.

    The last portion stays open when it is applied: a placement may yet start.
    """
    first = last = ""
    count = 0
    for placement_id in connection.scalars(_spot_ids(true())).all():
        if count == each:
            yield first, last
            count = 0
        first, last = (placement_id if count == 0 else first), placement_id
        count += 1
    yield first, last


def spot_ids(connection: Connection, after: str, upto: str | None) -> list[str]:
    """Return the placements that ever had an agreed fee, after one id and up to another.

    Without `upto`, all that follow.
    """
    condition = PLACEMENT_EVENTS.c.placement_id > after
    if upto is not None:
        condition = and_(condition, PLACEMENT_EVENTS.c.placement_id <= upto)
    return list(connection.scalars(_spot_ids(condition)))


def chunks_of(connection: Connection, review_id: str) -> list[Chunk]:
    """Return the portions of a review, in order."""
    found = select(REVIEW_CHUNKS).where(REVIEW_CHUNKS.c.review_id == review_id)
    return [
        Chunk(
            row.chunk,
            Numbers(row.first_family, row.last_family, row.lines),
            row.lines,
            bool(row.spot),
            row.first_placement or "",
            row.last_placement or "",
            row.applied_at is not None,
        )
        for row in connection.execute(found.order_by(REVIEW_CHUNKS.c.chunk))
    ]


def _keep_chunk(
    connection: Connection,
    review_id: str,
    chunk: int,
    numbers: Numbers,
    *,
    first_placement: str | None = None,
    last_placement: str | None = None,
) -> None:
    portion = {
        "review_id": review_id,
        "chunk": chunk,
        "first_family": numbers.first,
        "last_family": numbers.last,
        "lines": numbers.keys,
        "price_changes": 0,
        "arrears": NOTHING,
        "spot": first_placement is not None,
        "first_placement": first_placement,
        "last_placement": last_placement,
    }
    connection.execute(insert(REVIEW_CHUNKS), [portion])


def _between(review_id: str, numbers: Numbers) -> ColumnElement[bool]:
    return and_(
        REVIEW_LINES.c.review_id == review_id,
        REVIEW_LINES.c.family_id.between(numbers.first, numbers.last),
    )


def _joined(*columns: ColumnElement[Any]) -> Any:  # noqa: ANN401 - a select, whose row type SQLAlchemy cannot tell from *columns
    words = (
        FEE_FAMILIES.c.agency,
        FEE_FAMILIES.c.purchaser,
        FEE_FAMILIES.c.placement_type,
        FEE_FAMILIES.c.need_category,
    )
    return (
        select(*words, *columns)
        .join(FEE_FAMILIES, FEE_FAMILIES.c.id == REVIEW_LINES.c.family_id)
        .order_by(REVIEW_LINES.c.family_id, REVIEW_LINES.c.age_band)
    )


def _lines(connection: Connection, condition: ColumnElement[bool]) -> Iterator[ReviewLine]:
    found = _joined(
        REVIEW_LINES.c.age_band,
        REVIEW_LINES.c.before,
        REVIEW_LINES.c.after,
        REVIEW_LINES.c.because,
        REVIEW_LINES.c.placements,
        REVIEW_LINES.c.outcome,
        REVIEW_LINES.c.unrounded,
        REVIEW_LINES.c.service_lines,
        REVIEW_LINES.c.base,
    ).where(condition)
    for row in connection.execute(found, execution_options=_BY_PORTIONS):
        before, after, because, placements, outcome, unrounded, live, base = row[5:]
        yield ReviewLine(
            FeeKey(*row[:5]),
            before,
            after,
            because,
            placements,
            outcome or ("excluded" if because else "uplifted"),
            unrounded,
            live_from(live) if live else (),
            base,
        )


def _spot_lines(connection: Connection, condition: ColumnElement[bool]) -> Iterator[SpotLine]:
    found = select(*_spot_columns).where(condition).order_by(REVIEW_SPOT_LINES.c.placement_id)
    for row in connection.execute(found, execution_options=_BY_PORTIONS):
        family = FeeFamily(*row[1:5])
        yield SpotLine._make((row[0], family, *row[5:]))


def _spot_ids(condition: ColumnElement[bool]) -> Any:  # noqa: ANN401 - as above
    return (
        select(PLACEMENT_EVENTS.c.placement_id)
        .where(condition, PLACEMENT_EVENTS.c.agreed_weekly.is_not(None))
        .distinct()
        .order_by(PLACEMENT_EVENTS.c.placement_id)
    )
