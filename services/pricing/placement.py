"""The life of one placement: what case management told about it, put in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from services.pricing.fees import FeeFamily
from shared.framework.framework import Framework
from shared.money import Money

Agreement = Literal["framework", "spot"]


class Account(NamedTuple):
    """Who is paid, who pays, and from which line of the budget."""

    agency: str
    purchaser: str
    service_line: str
    funding: str


@dataclass(frozen=True, slots=True)
class Started:
    """The child moved in."""

    told_at: datetime
    event_id: str
    placement_id: str
    date_of_birth: date
    family: FeeFamily
    start: date
    agreement: Agreement
    agreed_weekly: Money | None
    uasc: bool
    disability: bool


@dataclass(frozen=True, slots=True)
class Amended:
    """Something is otherwise than told, from a day on; what is None stays as it was.

    A corrected date of birth holds from the start of the placement.
    """

    told_at: datetime
    event_id: str
    effective_from: date
    agency: str | None = None
    purchaser: str | None = None
    placement_type: str | None = None
    need_category: str | None = None
    agreed_weekly: Money | None = None
    date_of_birth: date | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The child moved out; `end` is the first day that is not paid."""

    told_at: datetime
    event_id: str
    end: date


PlacementEvent = Started | Amended | Ended


class PlacementTerms(NamedTuple):
    """What a placement is bought as, from a day on, and the account that it is booked to."""

    valid_from: date
    family: FeeFamily
    agreed_weekly: Money | None
    account: Account


@dataclass(frozen=True, slots=True)
class Placement:
    """One placement as it is known now.

    Args:
        terms: by day, the first from the start of the placement.
        end: the first day that is not paid, if it is known.
    """

    id: str
    date_of_birth: date
    start: date
    end: date | None
    agreement: Agreement
    terms: tuple[PlacementTerms, ...]

    def families(self) -> set[FeeFamily]:
        """Return everything that the placement was ever bought as under the framework."""
        if self.agreement == "spot":
            return set()
        return {terms.family for terms in self.terms}


def placement_of(events: Iterable[PlacementEvent], framework: Framework) -> Placement:
    """Return the placement that some events tell of, in whatever order they arrived.

    What was told last counts: of two ends the later told, of two amendments of one thing from
    the same day the later told.

    Raises:
        ValueError: no event says that the placement started.
    """
    started: Started | None = None
    amended: list[Amended] = []
    ended: Ended | None = None
    for event in events:
        if isinstance(event, Started):
            started = event
        elif isinstance(event, Amended):
            amended.append(event)
        elif ended is None or _told(ended) < _told(event):
            ended = event
    if started is None:
        raise ValueError("a placement needs an event that starts it")
    line = framework.service_line(uasc=started.uasc, disability=started.disability)
    account = Account(*started.family[:2], line.id, line.funding)
    first = PlacementTerms(started.start, started.family, started.agreed_weekly, account)
    return Placement(
        id=started.placement_id,
        date_of_birth=_date_of_birth(started, amended) if amended else started.date_of_birth,
        start=started.start,
        end=ended.end if ended else None,
        agreement=started.agreement,
        terms=_amended_terms(first, amended) if amended else (first,),
    )


def _told(event: PlacementEvent) -> tuple[datetime, str]:
    return event.told_at, event.event_id


def _date_of_birth(started: Started, amended: list[Amended]) -> date:
    corrected = [each for each in amended if each.date_of_birth is not None]
    last = max(corrected, key=_told, default=None)
    return (last and last.date_of_birth) or started.date_of_birth


def _amended_terms(first: PlacementTerms, amended: list[Amended]) -> tuple[PlacementTerms, ...]:
    """Lay the amendments over the first terms, by the day from which they hold, then as told."""
    by_day = {first.valid_from: first}
    held = first
    for event in sorted(amended, key=lambda each: (each.effective_from, *_told(each))):
        day = max(event.effective_from, first.valid_from)
        held = _overlaid(held, event, day)
        by_day[day] = held
    return tuple(by_day.values())


def _overlaid(held: PlacementTerms, event: Amended, day: date) -> PlacementTerms:
    family = FeeFamily(
        event.agency or held.family.agency,
        event.purchaser or held.family.purchaser,
        event.placement_type or held.family.placement_type,
        event.need_category or held.family.need_category,
    )
    return PlacementTerms(
        day,
        family,
        held.agreed_weekly if event.agreed_weekly is None else event.agreed_weekly,
        held.account._replace(agency=family.agency, purchaser=family.purchaser),
    )
