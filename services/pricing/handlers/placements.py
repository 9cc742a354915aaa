"""What pricing does when a placement starts, is amended or ends: tell finance what it costs."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.pricing.changes import stopped, told_of
from services.pricing.days_told import check_days
from services.pricing.fees import FeeBook, FeeFamily, NoFeeOn
from services.pricing.membership import NotOnFramework
from services.pricing.placement import Amended, Ended, Placement, Started, placement_of
from services.pricing.placements.refusals import (
    CORRECT_IT,
    check_age,
    check_amended,
    check_term,
    check_words,
)
from services.pricing.placements.repricing import decisions
from services.pricing.placements.telling import Telling, horizon_of, tell, tell_of
from services.pricing.store.fee_book import FeeShelf
from services.pricing.store.fees import POINTS, family_numbers
from services.pricing.store.numbers import stand_still
from services.pricing.store.placements import Known, event_row, known_placements, move_birthdays
from services.pricing.store.tables import PLACEMENT_EVENTS, PLACEMENT_FAMILIES, PLACEMENTS
from services.pricing.timeline import Cause, next_move_after
from shared.contracts.event import Event
from shared.contracts.fields import Data
from shared.contracts.placement import PlacementAmended, PlacementEnded, PlacementStarted
from shared.contracts.provider import ProviderUpdated
from shared.days import london_day
from shared.errors import CannotSucceed, MayYetSucceed
from shared.framework.framework import Framework
from shared.messaging.work import Work

_FEES: Final = "fees"
_FEES_MOVED: Final = "fees moved"
_PLACEMENTS: Final = "placements"


def start(
    framework: Framework, shelf: FeeShelf, work: Work, event: Event[PlacementStarted]
) -> None:
    """Keep a placement that started, and tell finance what it costs."""
    told = event.data
    check_days({"date_of_birth": told.date_of_birth, "start_date": told.start_date})
    content = _content(told)
    known = _known(work, shelf, told.placement_id)
    if known is not None:
        if known.content != content:
            raise CannotSucceed(
                "the placement has started already, and otherwise than this says",
                field="data.placement_id",
                advice="Send what is otherwise as placement.amended.v1.",
            )
        return
    check_words(framework, told)
    check_age(framework, told.date_of_birth, told.start_date)
    if told.agreement == "framework":
        check_term(framework, told.start_date, "data.start_date")
    started = _started_as(told, _told_at(work, event), event.id)
    new = Known(events=(started,), content=content)
    _look_again(framework, shelf, work, new, None, content, None)


def amend(
    framework: Framework, shelf: FeeShelf, work: Work, event: Event[PlacementAmended]
) -> None:
    """Keep what is otherwise about a placement, and tell finance what that changes."""
    told = event.data
    days = ("effective_from", "date_of_birth", "start_date")
    check_days({field: getattr(told, field) for field in days})
    known = _started(work, shelf, told.placement_id)
    if any(each.event_id == event.id for each in known.events):
        return
    check_words(framework, told)
    amended = _amended(told, _told_at(work, event), event.id)
    after = replace(known, events=(*known.events, amended))
    placement = placement_of(after.events, framework)
    check_amended(framework, told, placement)
    because = Cause("amended", told.placement_id, max(told.effective_from, placement.start))
    _look_again(framework, shelf, work, after, known, _content(told), because)


def end(framework: Framework, shelf: FeeShelf, work: Work, event: Event[PlacementEnded]) -> None:
    """Keep that a placement ended, or goes on after all, and tell finance what that changes."""
    told = event.data
    check_days({"end_date": told.end_date})
    known = _started(work, shelf, told.placement_id)
    if any(each.event_id == event.id for each in known.events):
        return
    before = placement_of(known.events, framework)
    if told.end_date is None:
        because = Cause("continued", told.placement_id, before.end or before.start)
    elif told.end_date < before.start:
        # Its start may have been corrected: that is told in another message.
        raise MayYetSucceed(
            "the placement cannot end before it starts",
            advice=f"It is about data.end_date. {CORRECT_IT}",
        )
    else:
        because = Cause("ended", told.placement_id, told.end_date)
    ended = Ended(_told_at(work, event), event.id, told.end_date)
    after = replace(known, events=(*known.events, ended))
    _look_again(framework, shelf, work, after, known, _content(told), because)


def fees_now(work: Work, shelf: FeeShelf) -> FeeBook:
    """Return the book of fees, kept up once in each transaction."""
    if _FEES not in work.memory:
        if any(isinstance(each.data, ProviderUpdated) for each in work.batch):
            # It may move fees: taken only then, while others rely on them too, both would wait.
            stand_still(work.connection, POINTS)
        # What this transaction recorded itself is not on the shelf before it is committed.
        mine = FeeShelf() if _FEES_MOVED in work.memory else shelf
        work.memory[_FEES] = mine.up_to_date(work.connection)
    book: FeeBook = work.memory[_FEES]
    return book


def fees_moved(work: Work) -> None:
    """Say that this transaction itself recorded fees, or what moves them, and priced by them.

    Fees and placements are read again: what was recorded is not on the shelf before it is
    committed, and what was remembered of placements is not what finance knows by now.
    """
    work.flush()
    work.memory.pop(_FEES, None)
    work.memory.pop(_PLACEMENTS, None)
    work.memory[_FEES_MOVED] = True


def _look_again(
    framework: Framework,
    shelf: FeeShelf,
    work: Work,
    after: Known,
    before: Known | None,
    content: str,
    because: Cause | None,
) -> None:
    """Keep the last event of a placement, and tell finance what it changes."""
    event = after.events[-1]
    placement = placement_of(after.events, framework)
    try:
        told = _tell(framework, shelf, work, placement, after, because)
    except MayYetSucceed:
        if not isinstance(event, Ended) or placement.end is None or not after.told:
            raise
        # Whatever is not known of its fee: from its end on nothing is paid.
        current = stopped(after.told, Cause("ended", placement.id, placement.end))
        told = tell_of(work, placement.id, after, current, decisions(work), because)
    numbers = _family_numbers(work, shelf, placement.families())
    birthday = next_move_after(placement, framework, horizon_of(work, framework))
    if before is None:
        row = {"id": placement.id, "next_birthday": birthday, "recorded_at": work.now}
        work.add(PLACEMENTS, row)
    elif birthday != before.next_birthday:
        work.flush()
        move_birthdays(work.connection, [(placement.id, birthday)])
    work.add(PLACEMENT_EVENTS, event_row(placement.id, event, content, work.now))
    for number in sorted(numbers - after.families):
        work.add(PLACEMENT_FAMILIES, {"placement_id": placement.id, "family_id": number})
    work.memory[_PLACEMENTS][placement.id] = replace(
        after,
        told=told_of(told.current),
        sequence=told.sequence,
        # What it was bought as once stays kept.
        families=numbers | after.families,
        next_birthday=birthday,
    )


def _tell(
    framework: Framework,
    shelf: FeeShelf,
    work: Work,
    placement: Placement,
    known: Known,
    because: Cause | None,
) -> Telling:
    fees = fees_now(work, shelf)
    try:
        return tell(work, placement, known, fees, framework, decisions(work), because)
    except NotOnFramework as left:
        raise MayYetSucceed(
            f"no weekly fee for {left.key}: {left.known}", advice=left.advice
        ) from None
    except NoFeeOn as missing:
        # Not the day: it may be the child's birthday.
        raise MayYetSucceed(
            f"no weekly fee for {missing.key} on some days of this placement",
            advice=missing.advice,
        ) from None


def _family_numbers(work: Work, shelf: FeeShelf, families: set[FeeFamily]) -> frozenset[int]:
    numbers = {family: shelf.family_number(family) for family in families}
    new = {family for family, number in numbers.items() if number is None}
    # One without any fee, bought for no day yet: it gets its number, so that a fee finds it.
    given = family_numbers(work.connection, new) if new else {}
    found = [given.get(family, number) for family, number in numbers.items()]
    return frozenset(number for number in found if number is not None)


def _known(work: Work, shelf: FeeShelf, placement_id: str) -> Known | None:
    """Return what is known of a placement; read once for all placements of the transaction."""
    # Fees are held before placements, in the order in which a review holds them.
    fees_now(work, shelf)
    remembered: dict[str, Known | None] = work.memory.setdefault(_PLACEMENTS, {})
    if placement_id not in remembered:
        told = (getattr(event.data, "placement_id", None) for event in work.batch)
        ids = {placement_id, *(each for each in told if each is not None)} - remembered.keys()
        known = known_placements(work.connection, ids)
        remembered.update({each: known.get(each) for each in ids})
    found = remembered[placement_id]
    if found is not None and found.purged_at is not None:
        raise CannotSucceed(
            f"the placement ended long ago and was purged on {london_day(found.purged_at)}",
            field="data.placement_id",
            advice="What is owed for it is settled by hand; a new placement has a new id.",
        )
    return found


def _started(work: Work, shelf: FeeShelf, placement_id: str) -> Known:
    known = _known(work, shelf, placement_id)
    if known is None:
        raise MayYetSucceed(
            "no placement of this id has started yet",
            advice="Send placement.started.v1 for it, or check the placement's id.",
        )
    return known


def _started_as(told: PlacementStarted, told_at: datetime, event_id: str) -> Started:
    return Started(
        told_at=told_at,
        event_id=event_id,
        placement_id=told.placement_id,
        date_of_birth=told.date_of_birth,
        family=FeeFamily(told.agency, told.purchaser, told.placement_type, told.need_category),
        start=told.start_date,
        agreement=told.agreement,
        agreed_weekly=told.agreed_weekly,
        uasc=told.uasc,
        disability=told.disability,
        duration=told.duration,
        solo=told.solo,
        sibling_number=told.sibling_number,
    )


def _amended(told: PlacementAmended, told_at: datetime, event_id: str) -> Amended:
    return Amended(
        told_at=told_at,
        event_id=event_id,
        effective_from=told.effective_from,
        agency=told.agency,
        purchaser=told.purchaser,
        placement_type=told.placement_type,
        need_category=told.need_category,
        agreed_weekly=told.agreed_weekly,
        date_of_birth=told.date_of_birth,
        start=told.start_date,
        duration=told.duration,
        solo=told.solo,
        sibling_number=told.sibling_number,
        disability=told.disability,
        uasc=told.uasc,
        agreement=told.agreement,
    )


def _told_at(work: Work, event: Event[Data]) -> datetime:
    """Return when it was said; an event without a time was said when it came."""
    return event.time if event.time.timestamp() > 0 else work.now


def _content(told: Data) -> str:
    """Return the digest of what an event says; what it could not say once is left out if usual."""
    unsaid = {"sibling_number"} if getattr(told, "sibling_number", None) == 1 else None
    return hashlib.sha256(told.model_dump_json(exclude=unsaid).encode()).hexdigest()
