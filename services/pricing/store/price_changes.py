"""Keeps what finance was told of placements, and reads it back."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from services.pricing.changes import Arrears, Change
from services.pricing.finance.acknowledgement import Acknowledgement
from services.pricing.finance.reconcile import ToldChange
from services.pricing.finance.review_reconcile import Figures, Sent
from services.pricing.finance.statement import Told
from services.pricing.placement import Account
from services.pricing.store.acknowledgements import acknowledgement_from
from services.pricing.store.review_messages import cause_of
from services.pricing.store.review_tables import REVIEW_CHUNKS
from services.pricing.store.tables import ACKNOWLEDGEMENTS, PRICE_CHANGES
from shared.contracts.event import Event
from shared.contracts.price import PriceChanged
from shared.days import Period, london_day
from shared.money import Money, money_text, pounds

_BY_PORTIONS: Final = {"yield_per": 1000}  # told before: afterwards, all rows are held already
_told = PRICE_CHANGES.c


def price_change_row(
    event: Event[PriceChanged], change: Change, arrears: Money, as_of: date
) -> dict[str, Any]:
    """Return the row that keeps a message to finance."""
    return {
        "placement_id": event.subject,
        "sequence": event.data.sequence,
        "event_id": event.id,
        "caused_by": event.causation_id,
        "effective_from": change.start,
        "effective_to": change.end,
        "old_weekly": change.old_weekly,
        "new_weekly": change.new_weekly,
        **change.account._asdict(),
        "arrears": arrears,
        "causes": "; ".join(f"{c.word} {c.reference} {c.on}" for c in change.causes),
        "recorded_at": event.time,
        "as_of": as_of,
        "lines": _lines_text(change.arrears) if change.arrears else "[]",
        "correlation_id": event.correlation_id,
        "traceparent": event.traceparent,
    }


def placements_changed_by(connection: Connection, review_id: str) -> int:
    """Return of how many placements a review has told finance anything."""
    changed = select(func.count(_told.placement_id.distinct()))
    return connection.execute(changed.where(_sent_by(connection, review_id))).scalar_one()


def told_changes(connection: Connection, placement_id: str) -> Iterator[ToldChange]:
    """Yield everything that finance was told of one placement, in sequence."""
    found = (
        select(PRICE_CHANGES)
        .where(PRICE_CHANGES.c.placement_id == placement_id)
        .order_by(PRICE_CHANGES.c.sequence)
    )
    for row in connection.execute(found):
        yield ToldChange(
            placement_id=row.placement_id,
            sequence=row.sequence,
            start=row.effective_from,
            end=row.effective_to,
            account=_account(row),
            old_weekly=row.old_weekly,
            new_weekly=row.new_weekly,
        )


def told_to_agency(connection: Connection, agency: str, period: Period) -> Iterator[Told]:
    """Yield what finance was told up to the end of a period of the accounts of one agency.

    The messages of each placement come together and in sequence, read as they are asked for. What
    was told after the period changes nothing in it.
    """
    found = (
        select(PRICE_CHANGES)
        .where(_told.agency == agency)
        .order_by(_told.placement_id, _told.sequence)
    )
    if period.end is not None:
        found = found.where(or_(_told.as_of.is_(None), _told.as_of < period.end))
    for row in connection.execute(found, execution_options=_BY_PORTIONS):
        told = _told_to_agency(row)
        if period.end is None or told.as_of < period.end:
            yield told


def sent_changes(
    connection: Connection, *, review_id: str | None = None, since: datetime | None = None
) -> Iterator[tuple[Sent, list[Acknowledgement]]]:
    """Yield price changes that finance was sent, each with all that finance has said of it.

    What finance has said comes as it was kept.

    Args:
        connection: the transaction.
        review_id: only those that this review has sent.
        since: only those that were sent then or later.
    """
    found = (
        select(
            _told.event_id.label("sent_id"),
            _told.placement_id.label("sent_about"),
            _told.sequence.label("sent_sequence"),
            _told.recorded_at.label("sent_at"),
            _told.new_weekly.label("sent_weekly"),
            _told.arrears.label("sent_arrears"),
            ACKNOWLEDGEMENTS,
        )
        .outerjoin(ACKNOWLEDGEMENTS, ACKNOWLEDGEMENTS.c.message_id == _told.event_id)
        .order_by(_told.placement_id, _told.sequence, ACKNOWLEDGEMENTS.c.id)
    )
    if review_id is not None:
        found = found.where(_sent_by(connection, review_id))
    if since is not None:
        found = found.where(_told.recorded_at >= since)
    rows = connection.execute(found, execution_options=_BY_PORTIONS)
    for _, copies in groupby(rows, key=attrgetter("sent_id")):
        some = list(copies)
        first = some[0]
        figures = Figures(first.sent_arrears, first.sent_weekly)
        sent = Sent(first.sent_id, first.sent_about, first.sent_sequence, first.sent_at, figures)
        yield sent, [acknowledgement_from(row) for row in some if row.id is not None]


def _sent_by(connection: Connection, review_id: str) -> ColumnElement[bool]:
    """Return what is so of the messages of one review: a portion of it has caused them.

    The causes are named whole. What only begins like them may be another's: the id of an event of
    case management is whatever case management likes, but for these (see `is_cause`).
    """
    portions = select(REVIEW_CHUNKS.c.chunk).where(REVIEW_CHUNKS.c.review_id == review_id)
    causes = [f"{cause_of(review_id)}{chunk}" for chunk in connection.scalars(portions)]
    return _told.caused_by.in_(causes)


def arrears_told(row: Row[Any]) -> tuple[Arrears, ...]:
    """Return the arrears lines of a message, as they are kept."""
    return _lines_from(row.lines)


def _account(row: Row[Any]) -> Account:
    return Account(row.agency, row.purchaser, row.service_line, row.funding)


def _told_to_agency(row: Row[Any]) -> Told:
    as_of = row.as_of or london_day(row.recorded_at)
    return Told(
        placement_id=row.placement_id,
        sequence=row.sequence,
        start=row.effective_from,
        end=row.effective_to,
        account=_account(row),
        old_weekly=row.old_weekly,
        new_weekly=row.new_weekly,
        as_of=as_of,
        arrears=_rederived(row, as_of) if row.lines is None else _lines_from(row.lines),
        is_rederived=row.lines is None,
    )


def _rederived(row: Row[Any], as_of: date) -> tuple[Arrears, ...]:
    """Return the arrears line of a message that was told before such lines were kept.

    There was one at most: from the first day of the change up to the day of the message.
    """
    end = as_of if row.effective_to is None else min(as_of, row.effective_to)
    if end <= row.effective_from:
        return ()
    return (Arrears(row.effective_from, end, row.old_weekly, row.new_weekly, row.arrears),)


def _lines_text(lines: Sequence[Arrears]) -> str:
    return json.dumps(
        [
            [
                line.first_day.isoformat(),
                line.day_after_last.isoformat(),
                money_text(line.old_weekly),
                money_text(line.new_weekly),
                money_text(line.amount),
            ]
            for line in lines
        ]
    )


def _lines_from(text: str) -> tuple[Arrears, ...]:
    return tuple(
        Arrears(
            date.fromisoformat(first),
            date.fromisoformat(after),
            pounds(old),
            pounds(new),
            pounds(amount),
        )
        for first, after, old, new, amount in json.loads(text)
    )
