"""What pricing does when a placement starts, is amended or ends: tell finance what it costs."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.pricing.changes import told_of
from services.pricing.fees import IMPORT_FEES, FeeBook, FeeFamily, NoFeeOn
from services.pricing.placement import Agreement, Amended, Ended, Started, placement_of
from services.pricing.repricing import decisions
from services.pricing.store.fees import FeeShelf, family_numbers
from services.pricing.store.placements import Known, event_row, known_placements, move_birthdays
from services.pricing.store.tables import PLACEMENT_EVENTS, PLACEMENT_FAMILIES, PLACEMENTS
from services.pricing.telling import horizon_of, tell
from services.pricing.timeline import Cause, next_birthday_after
from shared.contracts.event import Event
from shared.contracts.fields import Data
from shared.contracts.placement import PlacementAmended, PlacementEnded, PlacementStarted
from shared.days import london_day
from shared.errors import CannotSucceed, MayYetSucceed
from shared.framework.age_bands import OutsideAgeBands
from shared.framework.framework import Framework
from shared.messaging.work import Work
from shared.money import Money

_FEES: Final = "fees"
_PLACEMENTS: Final = "placements"
_CORRECT_IT: Final = "Correct the field and send the event again under a new id."


def start(
    framework: Framework, shelf: FeeShelf, work: Work, event: Event[PlacementStarted]
) -> None:
    """Keep a placement that started, and tell finance what it costs."""
    told = event.data
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
    _check_words(framework, told)
    try:
        framework.age_bands.band_on(told.date_of_birth, told.start_date)
    except OutsideAgeBands as outside:
        raise CannotSucceed(str(outside), field="data.date_of_birth", advice=_CORRECT_IT) from None
    started = Started(
        told_at=_told_at(work, event),
        event_id=event.id,
        placement_id=told.placement_id,
        date_of_birth=told.date_of_birth,
        family=FeeFamily(told.agency, told.purchaser, told.placement_type, told.need_category),
        start=told.start_date,
        agreement=told.agreement,
        agreed_weekly=told.agreed_weekly,
        uasc=told.uasc,
        disability=told.disability,
    )
    new = Known(events=(started,), content=content)
    _look_again(framework, shelf, work, new, None, content, None)


def amend(
    framework: Framework, shelf: FeeShelf, work: Work, event: Event[PlacementAmended]
) -> None:
    """Keep what is otherwise about a placement, and tell finance what that changes."""
    told = event.data
    known = _started(work, shelf, told.placement_id)
    if any(each.event_id == event.id for each in known.events):
        return
    _check_words(framework, told)
    placement = placement_of(known.events, framework)
    if told.date_of_birth is not None and told.date_of_birth > placement.start:
        raise CannotSucceed(
            "the date of birth is after the start of the placement",
            field="data.date_of_birth",
            advice=_CORRECT_IT,
        )
    if told.agreed_weekly is not None:
        _check_agreed(told.agreed_weekly, placement.agreement)
    amended = Amended(
        told_at=_told_at(work, event),
        event_id=event.id,
        effective_from=told.effective_from,
        agency=told.agency,
        purchaser=told.purchaser,
        placement_type=told.placement_type,
        need_category=told.need_category,
        agreed_weekly=told.agreed_weekly,
        date_of_birth=told.date_of_birth,
    )
    because = Cause("amended", told.placement_id, max(told.effective_from, placement.start))
    after = replace(known, events=(*known.events, amended))
    _look_again(framework, shelf, work, after, known, _content(told), because)


def end(framework: Framework, shelf: FeeShelf, work: Work, event: Event[PlacementEnded]) -> None:
    """Keep that a placement ended, and tell finance from which day nothing is due."""
    told = event.data
    known = _started(work, shelf, told.placement_id)
    if any(each.event_id == event.id for each in known.events):
        return
    if told.end_date < placement_of(known.events, framework).start:
        raise CannotSucceed(
            "the placement cannot end before it starts", field="data.end_date", advice=_CORRECT_IT
        )
    ended = Ended(_told_at(work, event), event.id, told.end_date)
    because = Cause("ended", told.placement_id, told.end_date)
    after = replace(known, events=(*known.events, ended))
    _look_again(framework, shelf, work, after, known, _content(told), because)


def fees_now(work: Work, shelf: FeeShelf) -> FeeBook:
    """Return the book of fees, kept up once in each transaction."""
    if _FEES not in work.memory:
        work.memory[_FEES] = shelf.up_to_date(work.connection)
    book: FeeBook = work.memory[_FEES]
    return book


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
    fees = fees_now(work, shelf)
    try:
        told = tell(work, placement, after, fees, framework, decisions(work), because)
    except NoFeeOn as missing:
        # Not the day: it may be the child's birthday.
        raise MayYetSucceed(
            f"no weekly fee for {missing.key} on some days of this placement", advice=IMPORT_FEES
        ) from None
    numbers = _family_numbers(work, shelf, placement.families())
    birthday = next_birthday_after(placement, framework.age_bands, horizon_of(work, framework))
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
        families=numbers,
        next_birthday=birthday,
    )


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


def _check_words(framework: Framework, told: PlacementStarted | PlacementAmended) -> None:
    """Refuse words that the framework does not know, by the first field that has one."""
    for field, words in (
        ("purchaser", framework.purchasers),
        ("placement_type", framework.placement_types),
        ("need_category", framework.need_categories),
    ):
        word = getattr(told, field)
        if word is not None and word not in words:
            raise CannotSucceed(
                f"the framework has no such {field.replace('_', ' ')}",
                field=f"data.{field}",
                advice=f"Known are: {', '.join(words)}.",
            )


def _check_agreed(weekly: Money, agreement: Agreement) -> None:
    """Refuse an agreed fee where the framework's is due, and one that is no fee."""
    if agreement == "framework":
        raise CannotSucceed(
            "a framework placement has the framework's fee",
            field="data.agreed_weekly",
            advice="A fee of the framework is corrected in its pack: fosterframe fees import PACK.",
        )
    if weekly <= 0:
        raise CannotSucceed(
            "the agreed weekly fee is not above zero",
            field="data.agreed_weekly",
            advice=_CORRECT_IT,
        )


def _told_at(work: Work, event: Event[Data]) -> datetime:
    """Return when it was said; an event without a time was said when it came."""
    return event.time if event.time.timestamp() > 0 else work.now


def _content(told: Data) -> str:
    return hashlib.sha256(told.model_dump_json().encode()).hexdigest()
