"""What eligibility has told: decisions, derived again byte for byte, and concerns as they were."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from sqlalchemy import Connection

from services.eligibility.decisions.archive import Archive, PatientArchive
from services.eligibility.facts import vocabulary
from services.eligibility.store.told_again import (
    Envelope,
    concerns_about,
    concerns_told,
    decisions_about,
    decisions_told,
)
from services.operating.resend.told import (
    Kept,
    Lost,
    Told,
    Wanted,
    again,
    told_by_the_log,
    unless_altered,
)
from shared.contracts.catalogue import ELIGIBILITY_DECIDED, EMERGENCY, PROVIDER_CONCERN
from shared.contracts.event import Event
from shared.contracts.fields import Data
from shared.framework.pack import load_framework
from shared.messaging.message import Outgoing
from shared.messaging.work import source_of
from shared.persistence.chain import Entry
from shared.persistence.database import Database
from shared.persistence.purges import Purge, purged_at
from shared.settings import Settings

_SOURCE: Final = source_of("eligibility")
_WRITTEN: Final = Data()
"""Stands for the data of an event whose JSON is at hand."""


class Decisions:
    """Decisions, each derived again from what it was made of."""

    type: str = ELIGIBILITY_DECIDED

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def told(self, database: Database, wanted: Wanted) -> Iterator[Told]:
        """Yield the decisions that were told, in the order of the log."""
        about = None if wanted.subject is None else decisions_about(wanted.subject)
        look = partial(self._look, whole=wanted.whole)
        return told_by_the_log(database, "decision", wanted, about, look)

    def _look(
        self,
        connection: Connection,
        entries: Sequence[Entry],
        known: Sequence[Purge],
        *,
        whole: bool,
    ) -> list[Told]:
        kept = decisions_told(connection, [entry.subject for entry in entries])
        found = []
        for entry in entries:
            one = kept.get(entry.subject)
            if one is None or one.envelope.correlation_id is None:
                found.append(_lost(self.type, entry, known, is_kept=one is not None))
                continue
            if one.emergency is None:
                found.append(Told(self.type, entry.recorded_at, lost=Lost.ALTERED))
                continue
            key = self.type + (EMERGENCY if one.emergency else "")
            told = Told(self.type, entry.recorded_at, key)
            if whole:
                body = self._body(connection, entry)
                event = _event(self.type, entry, one.referral_id, one.envelope)
                told = _whole(told, again(event, body, key) if body else None)
            found.append(told)
        return found

    def _body(self, connection: Connection, entry: Entry) -> bytes:
        """Return a decision as it was told, or nothing where it comes out otherwise now."""
        derived = unless_altered(lambda: self._archive.by_id(connection, entry.subject))
        if derived is None or hashlib.sha256(derived.body).hexdigest() != entry.body_digest:
            return b""
        return derived.body


class Concerns:
    """Concerns about agencies, as commissioners were told of them."""

    type: str = PROVIDER_CONCERN

    def told(self, database: Database, wanted: Wanted) -> Iterator[Told]:
        """Yield the concerns that were told, in the order of the log."""
        about = None if wanted.subject is None else concerns_about(wanted.subject)
        return told_by_the_log(database, "concern", wanted, about, self._look)

    def _look(
        self, connection: Connection, entries: Sequence[Entry], known: Sequence[Purge]
    ) -> list[Told]:
        kept = concerns_told(connection, [entry.subject for entry in entries])
        found = []
        for entry in entries:
            one = kept.get(entry.subject)
            if one is None or one.envelope.correlation_id is None:
                found.append(_lost(self.type, entry, known, is_kept=one is not None))
                continue
            body = one.told.encode()
            is_same = hashlib.sha256(body).hexdigest() == entry.body_digest
            event = _event(self.type, entry, one.agency, one.envelope)
            told = Told(self.type, entry.recorded_at, self.type)
            found.append(_whole(told, again(event, body, self.type) if is_same else None))
        return found


def _event(type_: str, entry: Entry, subject: str, envelope: Envelope) -> Event[Data]:
    return Event(
        id=entry.subject,
        type=type_,
        source=_SOURCE,
        subject=subject,
        time=entry.recorded_at,
        data=_WRITTEN,
        correlation_id=envelope.correlation_id or "",
        causation_id=envelope.caused_by or "",
        traceparent=envelope.traceparent or "",
    )


def _whole(told: Told, message: Outgoing | None) -> Told:
    lost = Lost.ALTERED if message is None else None
    return Told(told.type, told.told_at, told.routing_key, message, lost)


def _lost(type_: str, entry: Entry, known: Sequence[Purge], *, is_kept: bool) -> Told:
    if is_kept:
        lost = Lost.TOO_OLD
    elif purged_at(known, entry.recorded_at) is not None:
        lost = Lost.PURGED
    else:
        lost = Lost.ALTERED
    return Told(type_, entry.recorded_at, lost=lost)


def kept(settings: Settings) -> Sequence[Kept]:
    """Return what eligibility keeps of what it has told.

    Raises:
        FileRefused: the framework pack has faults.
    """
    archive = PatientArchive(vocabulary(load_framework(settings.framework)))
    return (Decisions(archive), Concerns())
