"""The life of one placement: what case management told about it, put in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from services.pricing.fees import FeeFamily
from shared.framework.framework import Framework
from shared.money import Money

Agreement = Literal["framework", "spot"]
Duration = Literal["short_term", "long_term"]


class Account(NamedTuple):
    """Who is paid, who pays, and from which line of the budget."""

    agency: str
    purchaser: str
    service_line: str
    funding: str


@dataclass(frozen=True, slots=True)
class Started:
    """The child moved in. Where nobody said how long the placement is for, no duration."""

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
    duration: Duration | None = None
    solo: bool = False
    sibling_number: int = 1


@dataclass(frozen=True, slots=True)
class Amended:
    """Something is otherwise than told, from a day on; what is None stays as it was.

    A corrected date of birth or start holds for the whole placement, whatever the day.
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
    start: date | None = None
    duration: Duration | None = None
    solo: bool | None = None
    sibling_number: int | None = None
    disability: bool | None = None
    uasc: bool | None = None
    agreement: Agreement | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The child moved out; `end` is the first day that is not paid.

    No `end` takes back one that was told: the placement goes on after all.
    """

    told_at: datetime
    event_id: str
    end: date | None


PlacementEvent = Started | Amended | Ended


class PlacementTerms(NamedTuple):
    """What a placement is bought as, from a day on, and the account that it is booked to.

    Args:
        agreed_weekly: the fee of a spot placement; none where the framework's fee is due.
        agreed_from: the day from which the spot fee was agreed; under the framework, the day from
            which the child has been with that agency under it.
        with_agency_since: from when the child has been with that agency, whatever the fee.
        sibling_number: which child of a sibling group in one home this is.
    """

    valid_from: date
    family: FeeFamily
    agreed_weekly: Money | None
    account: Account
    agreed_from: date
    with_agency_since: date
    duration: Duration | None = None
    solo: bool = False
    sibling_number: int = 1

    @property
    def agreement(self) -> Agreement:
        """Whether the framework's fee is due, or one that was agreed for this placement."""
        return "framework" if self.agreed_weekly is None else "spot"


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
    terms: tuple[PlacementTerms, ...]

    def families(self) -> set[FeeFamily]:
        """Return everything that the placement was ever bought as under the framework."""
        return {terms.family for terms in self.terms if terms.agreed_weekly is None}

    def terms_on(self, day: date) -> PlacementTerms:
        """Return what holds on a day; before the start, what holds from it."""
        for terms in reversed(self.terms):
            if terms.valid_from <= day:
                return terms
        return self.terms[0]


def placement_of(events: Iterable[PlacementEvent], framework: Framework) -> Placement:
    """Return the placement that some events tell of, in whatever order they arrived.

    What is told of a day holds until the day of which something else is told. Of the same day,
    what was told last counts: of two ends the later told, of two amendments of one thing from
    the same day the later told. What is amended from before the start holds from the start.

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
    end = ended.end if ended else None
    if not amended:
        terms = (_first_terms(started, framework),)
        return Placement(started.placement_id, started.date_of_birth, started.start, end, terms)
    amended.sort(key=_told)
    start = started.start
    born = started.date_of_birth
    for each in amended:
        start = each.start or start
        born = each.date_of_birth or born
    return Placement(
        started.placement_id, born, start, end, _amended_terms(started, start, amended, framework)
    )


def _told(event: PlacementEvent) -> tuple[datetime, str]:
    return event.told_at, event.event_id


def _first_terms(started: Started, framework: Framework) -> PlacementTerms:
    line = framework.service_line(uasc=started.uasc, disability=started.disability)
    return PlacementTerms(
        started.start,
        started.family,
        started.agreed_weekly,
        Account(started.family[0], started.family[1], line.id, line.funding),
        started.start,
        started.start,
        started.duration,
        started.solo,
        started.sibling_number,
    )


class _Facts(NamedTuple):
    """Everything that is told of a placement for one day.

    Args:
        agreed: the event that agreed the spot fee.
    """

    family: FeeFamily
    agreement: Agreement
    agreed_weekly: Money | None
    agreed: str
    uasc: bool
    disability: bool
    duration: Duration | None
    solo: bool
    sibling_number: int


def _amended_terms(
    started: Started, start: date, amended: list[Amended], framework: Framework
) -> tuple[PlacementTerms, ...]:
    """Lay the amendments over what was told at the start, by their days and then as told."""
    held = _Facts(
        started.family,
        started.agreement,
        started.agreed_weekly,
        started.event_id,
        started.uasc,
        started.disability,
        started.duration,
        started.solo,
        started.sibling_number,
    )
    by_day = {start: held}
    # Sorted before in the order in which they were told, which stays for each day.
    for event in sorted(amended, key=_effective_from):
        held = _overlaid(held, event)
        by_day[max(event.effective_from, start)] = held
    terms: list[PlacementTerms] = []
    before: _Facts | None = None
    for day, facts in by_day.items():
        terms.append(_terms(day, facts, before, terms[-1] if terms else None, framework))
        before = facts
    return tuple(terms)


def _effective_from(event: Amended) -> date:
    return event.effective_from


def _overlaid(held: _Facts, event: Amended) -> _Facts:
    family = FeeFamily(
        event.agency or held.family.agency,
        event.purchaser or held.family.purchaser,
        event.placement_type or held.family.placement_type,
        event.need_category or held.family.need_category,
    )
    agreement = event.agreement or held.agreement
    agreed_weekly, agreed = held.agreed_weekly, held.agreed
    if agreement == "framework":
        agreed_weekly, agreed = None, ""
    elif event.agreed_weekly is not None:
        agreed_weekly, agreed = event.agreed_weekly, event.event_id
    return _Facts(
        family,
        agreement,
        agreed_weekly,
        agreed,
        held.uasc if event.uasc is None else event.uasc,
        held.disability if event.disability is None else event.disability,
        event.duration or held.duration,
        held.solo if event.solo is None else event.solo,
        event.sibling_number or held.sibling_number,
    )


def _terms(
    day: date,
    facts: _Facts,
    before: _Facts | None,
    last: PlacementTerms | None,
    framework: Framework,
) -> PlacementTerms:
    """Return the terms from a day on; what goes on from the day before keeps its first day."""
    line = framework.service_line(uasc=facts.uasc, disability=facts.disability)
    since = agreed_from = day
    if before is not None and last is not None:
        if before.family.agency == facts.family.agency:
            since = last.with_agency_since
        if facts.agreement == before.agreement and (
            facts.agreed == before.agreed if facts.agreement == "spot" else since < day
        ):
            agreed_from = last.agreed_from
    return PlacementTerms(
        day,
        facts.family,
        facts.agreed_weekly,
        Account(facts.family.agency, facts.family.purchaser, line.id, line.funding),
        agreed_from,
        since,
        facts.duration,
        facts.solo,
        facts.sibling_number,
    )
