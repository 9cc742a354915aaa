"""What pricing has told: price changes, reviews that were applied, and shortlists."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Row

from services.operating.audit.pricing import sealed_rows
from services.operating.resend.told import (
    Kept,
    Lost,
    Told,
    Wanted,
    again,
    told_by_the_log,
    unless_altered,
)
from services.pricing.store.old_placements import purged_among
from services.pricing.store.review_messages import applied_message_id
from services.pricing.store.reviews import decision_reference
from services.pricing.store.shortlists import purged_shortlists, told_json
from services.pricing.store.told_again import (
    Window,
    applied_cause,
    applied_json,
    price_changed,
    reviews_told,
    shortlists_told,
)
from shared.contracts.catalogue import EMERGENCY, PRICE_CHANGED, REVIEW_APPLIED, SHORTLIST_PRICED
from shared.contracts.event import Event
from shared.contracts.fields import Data
from shared.messaging.message import Outgoing
from shared.messaging.work import source_of
from shared.persistence.chain import Entry
from shared.persistence.database import Database
from shared.persistence.purges import Purge, purged_at
from shared.settings import Settings

_SOURCE: Final = source_of("pricing")
_WRITTEN: Final = Data()
"""Stands for the data of an event whose JSON is at hand."""


class PriceChanges:
    """Price changes, each made again from its row."""

    type: str = PRICE_CHANGED

    def __init__(self) -> None:
        self._decisions: dict[str, str] = {}

    def told(self, database: Database, wanted: Wanted) -> Iterator[Told]:
        """Yield the price changes that were told, in the order of the log."""
        subject = wanted.subject
        about = None if subject is None else [subject]
        look = partial(self._look, whole=wanted.whole)
        return told_by_the_log(database, PRICE_CHANGED, wanted, about, look)

    def _look(
        self,
        connection: Connection,
        entries: Sequence[Entry],
        known: Sequence[Purge],
        *,
        whole: bool,
    ) -> list[Told]:
        placements = {entry.subject for entry in entries}
        rows = sealed_rows(connection, placements, {entry.recorded_at for entry in entries})
        purged = purged_among(connection, placements)
        found = []
        for entry in entries:
            row = rows[entry.subject].get(entry.body_digest)
            if row is None:
                is_purged = entry.subject in purged and purged_at(known, entry.recorded_at)
                lost: Lost | None = Lost.PURGED if is_purged else Lost.ALTERED
            else:
                lost = Lost.TOO_OLD if row.correlation_id is None else None
            told = Told(self.type, entry.recorded_at, self.type, lost=lost)
            if whole and row is not None and lost is None:
                told = _whole(told, partial(self._message, connection, row))
            found.append(told)
        return found

    def _message(self, connection: Connection, row: Row[Any]) -> Outgoing:
        data = price_changed(row, partial(self._decision, connection))
        event = Event(
            id=row.event_id,
            type=self.type,
            source=_SOURCE,
            subject=row.placement_id,
            time=row.recorded_at,
            data=data,
            correlation_id=row.correlation_id,
            causation_id=row.caused_by,
            sequence=str(row.sequence),
            traceparent=row.traceparent,
        )
        return again(event, data.model_dump_json().encode(), self.type)

    def _decision(self, connection: Connection, review_id: str) -> str:
        if review_id not in self._decisions:
            self._decisions[review_id] = decision_reference(connection, review_id)
        return self._decisions[review_id]


class ReviewsApplied:
    """What finance was told at the end of each price review."""

    type: str = REVIEW_APPLIED

    def told(self, database: Database, wanted: Wanted) -> Iterator[Told]:
        """Yield what was told, in the order in which reviews were applied."""
        with database.reading() as connection:
            found = reviews_told(connection, _window(wanted))
        for one in found:
            written = unless_altered(partial(applied_json, one.step))
            if not written:
                lost = Lost.ALTERED if written is None else Lost.TOO_OLD
                yield Told(self.type, one.applied_at, lost=lost)
                continue
            event = Event(
                id=applied_message_id(one.review_id),
                type=self.type,
                source=_SOURCE,
                subject=one.review_id,
                time=one.applied_at,
                data=_WRITTEN,
                correlation_id=one.review_id,
                causation_id=applied_cause(one.review_id),
            )
            yield Told(self.type, one.applied_at, self.type, again(event, written, self.type))


class Shortlists:
    """Shortlists with their fees, as they are kept."""

    type: str = SHORTLIST_PRICED

    def told(self, database: Database, wanted: Wanted) -> Iterator[Told]:
        """Yield the shortlists that were told, in the order in which they were kept."""
        with database.reading() as connection:
            purged = purged_shortlists(connection, wanted.since)
        if purged and wanted.subject is None:
            yield Told(self.type, wanted.since, lost=Lost.PURGED, count=purged)
        number = 0
        while True:
            with database.reading() as connection:
                window = _window(wanted)
                rows = shortlists_told(connection, window, number, wanted.at_a_time)
            if not rows:
                return
            yield from (self._told(row, whole=wanted.whole) for row in rows)
            number = rows[-1].number

    def _told(self, row: Row[Any], *, whole: bool) -> Told:
        key = self.type + (EMERGENCY if row.emergency else "")
        if not whole:
            return Told(self.type, row.recorded_at, key)
        event = Event(
            id=row.event_id,
            type=self.type,
            source=_SOURCE,
            subject=row.referral_id,
            time=row.recorded_at,
            data=_WRITTEN,
            correlation_id=row.correlation_id,
            causation_id=row.caused_by,
            traceparent=row.traceparent,
        )
        told = Told(self.type, row.recorded_at, key)
        return _whole(told, lambda: again(event, told_json(row.told), key))


def _whole(told: Told, make: Callable[[], Outgoing]) -> Told:
    message = unless_altered(make)
    return replace(told, message=message, lost=Lost.ALTERED if message is None else None)


def _window(wanted: Wanted) -> Window:
    return Window(wanted.since, wanted.until, wanted.subject)


def kept(_settings: Settings) -> Sequence[Kept]:
    """Return what pricing keeps of what it has told."""
    return (PriceChanges(), ReviewsApplied(), Shortlists())
