"""Keeps what case management told of placements, and what they were ever bought as."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, select, update

from services.pricing.changes import Told, told_after
from services.pricing.fees import FeeFamily
from services.pricing.placement import Account, Amended, Ended, PlacementEvent, Started
from services.pricing.store.tables import (
    PLACEMENT_EVENTS,
    PLACEMENT_FAMILIES,
    PLACEMENTS,
    PRICE_CHANGES,
)
from shared.days import london_day

AT_A_TIME: Final = 500
"""How many placements are read, worked on and let go of together."""

Wanted = Collection[str] | Select[tuple[str]]
"""Some placements by their ids, or by a question that the database answers."""

_events = (
    PLACEMENT_EVENTS.c.placement_id,
    PLACEMENT_EVENTS.c.kind,
    PLACEMENT_EVENTS.c.told_at,
    PLACEMENT_EVENTS.c.event_id,
    PLACEMENT_EVENTS.c.valid_from,
    PLACEMENT_EVENTS.c.date_of_birth,
    PLACEMENT_EVENTS.c.agency,
    PLACEMENT_EVENTS.c.purchaser,
    PLACEMENT_EVENTS.c.placement_type,
    PLACEMENT_EVENTS.c.need_category,
    PLACEMENT_EVENTS.c.agreement,
    PLACEMENT_EVENTS.c.agreed_weekly,
    PLACEMENT_EVENTS.c.uasc,
    PLACEMENT_EVENTS.c.disability,
    PLACEMENT_EVENTS.c.start_date,
    PLACEMENT_EVENTS.c.duration,
    PLACEMENT_EVENTS.c.solo,
    PLACEMENT_EVENTS.c.sibling_number,
    PLACEMENT_EVENTS.c.content,
)
_told = (
    PRICE_CHANGES.c.placement_id,
    PRICE_CHANGES.c.sequence,
    PRICE_CHANGES.c.effective_from,
    PRICE_CHANGES.c.effective_to,
    PRICE_CHANGES.c.new_weekly,
    PRICE_CHANGES.c.agency,
    PRICE_CHANGES.c.purchaser,
    PRICE_CHANGES.c.service_line,
    PRICE_CHANGES.c.funding,
)


@dataclass(slots=True)
class Known:
    """What is known of one placement, and what finance was told of it.

    Args:
        content: the digest of what the event that started it said.
        sequence: the number of the last message to finance, 0 before the first.
        purged_at: when everything else was purged.
        families: the numbers of everything that it was ever bought as.
    """

    events: tuple[PlacementEvent, ...] = ()
    content: str = ""
    told: Told = ()
    sequence: int = 0
    next_birthday: date | None = None
    purged_at: datetime | None = None
    families: frozenset[int] = field(default_factory=frozenset)


def known_placements(
    connection: Connection, wanted: Wanted, *, hold: bool = True
) -> dict[str, Known]:
    """Return what is known of placements.

    Args:
        connection: the transaction.
        wanted: which placements.
        hold: let nobody else work on them until the transaction ends.
    """
    found = select(PLACEMENTS.c.id, PLACEMENTS.c.next_birthday, PLACEMENTS.c.purged_at)
    found = found.where(PLACEMENTS.c.id.in_(wanted)).order_by(PLACEMENTS.c.id)
    known = {
        placement_id: Known(next_birthday=next_birthday, purged_at=purged_at)
        for placement_id, next_birthday, purged_at in connection.execute(
            found.with_for_update() if hold else found
        )
    }
    if known:
        _read_events(connection, wanted, known)
        _read_families(connection, wanted, known)
        _read_told(connection, wanted, known)
    return known


def events_of(connection: Connection, wanted: Wanted) -> dict[str, Known]:
    """Return what case management told of placements, to read only."""
    known: defaultdict[str, Known] = defaultdict(Known)
    for some in [wanted] if isinstance(wanted, Select) else portions(sorted(wanted)):
        _read_events(connection, some, known)
    return known


def on_families(first: int, last: int) -> Select[tuple[str]]:
    """Return which placements were ever bought as one of the families between two numbers."""
    return select(PLACEMENT_FAMILIES.c.placement_id).where(
        PLACEMENT_FAMILIES.c.family_id.between(first, last)
    )


def ids_on_numbers(connection: Connection, numbers: Collection[int]) -> list[str]:
    """Return the placements that were ever bought as one of some families."""
    found: set[str] = set()
    wanted = sorted(numbers)
    for start in range(0, len(wanted), AT_A_TIME):
        on_families = select(PLACEMENT_FAMILIES.c.placement_id).where(
            PLACEMENT_FAMILIES.c.family_id.in_(wanted[start : start + AT_A_TIME])
        )
        found.update(connection.scalars(on_families))
    return sorted(found)


def ids_with_birthday_by(connection: Connection, day: date) -> list[str]:
    """Return the placements that the calendar changes by a day, and that were not looked at."""
    due = select(PLACEMENTS.c.id).where(PLACEMENTS.c.next_birthday <= day)
    return list(connection.scalars(due.order_by(PLACEMENTS.c.id)))


def every_id(connection: Connection) -> list[str]:
    """Return every placement that was not purged."""
    kept = select(PLACEMENTS.c.id).where(PLACEMENTS.c.purged_at.is_(None))
    return list(connection.scalars(kept.order_by(PLACEMENTS.c.id)))


def move_birthdays(connection: Connection, moved: Iterable[tuple[str, date | None]]) -> None:
    """Keep the next birthday of placements that have another one now."""
    rows = [{"of": placement_id, "to": day} for placement_id, day in moved]
    if rows:
        statement = update(PLACEMENTS).where(PLACEMENTS.c.id == bindparam("of"))
        connection.execute(statement.values(next_birthday=bindparam("to")), rows)


def event_row(
    placement_id: str, event: PlacementEvent, content: str, now: datetime
) -> dict[str, Any]:
    """Return the row that keeps an event; what the event does not tell stays empty."""
    row: dict[str, Any] = {
        "placement_id": placement_id,
        "event_id": event.event_id,
        "told_at": event.told_at,
        "recorded_at": now,
        "content": content,
    }
    if isinstance(event, Started):
        told = {
            "kind": "started",
            "valid_from": event.start,
            **event.family._asdict(),
            **_in_both(event),
        }
    elif isinstance(event, Amended):
        told = {
            "kind": "amended",
            "valid_from": event.effective_from,
            "agency": event.agency,
            "purchaser": event.purchaser,
            "placement_type": event.placement_type,
            "need_category": event.need_category,
            "start_date": event.start,
            **_in_both(event),
        }
    elif event.end is None:
        # The day says nothing: every event has one.
        told = {"kind": "continued", "valid_from": london_day(event.told_at)}
    else:
        told = {"kind": "ended", "valid_from": event.end}
    return row | told


def _in_both(event: Started | Amended) -> dict[str, Any]:
    return {
        "date_of_birth": event.date_of_birth,
        "agreement": event.agreement,
        "agreed_weekly": event.agreed_weekly,
        "uasc": event.uasc,
        "disability": event.disability,
        "duration": event.duration,
        "solo": event.solo,
        "sibling_number": event.sibling_number,
    }


def portions(ids: list[str]) -> Iterator[list[str]]:
    """Yield ids, some at a time, so that memory stays bounded."""
    for start in range(0, len(ids), AT_A_TIME):
        yield ids[start : start + AT_A_TIME]


def _read_events(connection: Connection, wanted: Wanted, known: dict[str, Known]) -> None:
    found = select(*_events).where(PLACEMENT_EVENTS.c.placement_id.in_(wanted))
    for row in connection.execute(found).all():
        one = known[row[0]]
        event = _event(row)
        if isinstance(event, Started):
            one.content = row[-1]
        one.events = (*one.events, event)


def _event(row: Any) -> PlacementEvent:  # noqa: ANN401 - SQLAlchemy types a row by position only
    _, kind, told_at, event_id, valid_from, *told = row
    if kind == "ended":
        return Ended(told_at, event_id, valid_from)
    if kind == "continued":
        return Ended(told_at, event_id, None)
    return _started(row) if kind == "started" else _amended(told_at, event_id, valid_from, told)


def _started(row: Any) -> Started:  # noqa: ANN401 - as above
    placement_id, _, told_at, event_id, valid_from, born, *words = row
    agency, purchaser, placement_type, need_category, agreement, agreed, *rest = words
    uasc, disability, _, duration, solo, sibling_number, _ = rest
    return Started(
        told_at=told_at,
        event_id=event_id,
        placement_id=placement_id,
        date_of_birth=born,
        family=FeeFamily(agency, purchaser, placement_type, need_category),
        start=valid_from,
        agreement=agreement,
        agreed_weekly=agreed,
        uasc=uasc,
        disability=disability,
        # What was kept before these were told has none of them.
        duration=duration,
        solo=solo or False,
        sibling_number=sibling_number or 1,
    )


def _amended(told_at: datetime, event_id: str, valid_from: date, told: list[Any]) -> Amended:
    born, agency, purchaser, placement_type, need_category, agreement, agreed, *rest = told
    uasc, disability, start, duration, solo, sibling_number, _ = rest
    return Amended(
        told_at=told_at,
        event_id=event_id,
        effective_from=valid_from,
        agency=agency,
        purchaser=purchaser,
        placement_type=placement_type,
        need_category=need_category,
        agreed_weekly=agreed,
        date_of_birth=born,
        start=start,
        duration=duration,
        solo=solo,
        sibling_number=sibling_number,
        disability=disability,
        uasc=uasc,
        agreement=agreement,
    )


def _read_families(connection: Connection, wanted: Wanted, known: dict[str, Known]) -> None:
    found = select(PLACEMENT_FAMILIES.c.placement_id, PLACEMENT_FAMILIES.c.family_id)
    for placement_id, number in connection.execute(
        found.where(PLACEMENT_FAMILIES.c.placement_id.in_(wanted))
    ).all():
        known[placement_id].families |= {number}


def _read_told(connection: Connection, wanted: Wanted, known: dict[str, Known]) -> None:
    """Replay what finance was told, in sequence."""
    found = select(*_told).where(PRICE_CHANGES.c.placement_id.in_(wanted))
    for row in connection.execute(
        found.order_by(PRICE_CHANGES.c.placement_id, PRICE_CHANGES.c.sequence)
    ).all():
        placement_id, sequence, start, end, weekly, *account = row
        one = known[placement_id]
        one.told = told_after(one.told, start, end, weekly, Account(*account))
        one.sequence = sequence
