"""Looks at a placement again, and tells finance where its fee is otherwise than was told."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from services.pricing.changes import Change, changes
from services.pricing.fees import Fees
from services.pricing.placement import Placement
from services.pricing.store.placements import Known
from services.pricing.store.price_changes import price_change_row
from services.pricing.store.tables import PRICE_CHANGES
from services.pricing.store.told_again import arrears_line
from services.pricing.timeline import Cause, Timeline, timeline
from shared.contracts import price
from shared.contracts.catalogue import PRICE_CHANGED
from shared.framework.framework import Framework
from shared.messaging.work import Work
from shared.money import NOTHING, Money, money_text

DecisionOf = Callable[[str], str]
"""Gives the decision reference of a price review."""


class Telling(NamedTuple):
    """What came of looking at a placement again.

    Args:
        current: the timeline as it holds now, of which finance knows all.
        sequence: the number of the last message to finance.
        changes: how many messages were sent.
    """

    current: Timeline
    sequence: int
    changes: int
    arrears: Money


def horizon_of(work: Work, framework: Framework) -> date:
    """Return the last day whose birthdays finance hears of by now."""
    return work.today + timedelta(days=framework.conventions.notice_days)


def current_timeline(
    work: Work, placement: Placement, fees: Fees, framework: Framework
) -> Timeline:
    """Return the timeline as it holds now, with the birthdays of which finance is due to hear.

    Raises:
        NoFeeOn: the framework holds no fee for some of the days.
    """
    return timeline(placement, fees, framework, horizon_of(work, framework))


def tell(
    work: Work,
    placement: Placement,
    known: Known,
    fees: Fees,
    framework: Framework,
    decision_of: DecisionOf,
    because: Cause | None = None,
) -> Telling:
    """Send a message for each change of a placement's fee.

    Raises:
        NoFeeOn: the framework holds no fee for some of the days; nothing was sent.
    """
    current = current_timeline(work, placement, fees, framework)
    return tell_of(work, placement.id, known, current, decision_of, because)


def tell_of(
    work: Work,
    placement_id: str,
    known: Known,
    current: Timeline,
    decision_of: DecisionOf,
    because: Cause | None,
) -> Telling:
    """Send a message for each day on which a timeline differs from what finance was told."""
    arrears = NOTHING
    sender = because.reference if because is not None and because.word == "review" else None
    found = changes(known.told, current, work.today, because)
    for sequence, change in enumerate(found, start=known.sequence + 1):
        arrears = Money(arrears + _send(work, placement_id, sequence, change, decision_of, sender))
    return Telling(current, known.sequence + len(found), len(found), arrears)


def owed(change: Change) -> Money:
    """Return the arrears of a change: the sum of its lines."""
    if not change.arrears:
        return NOTHING
    return Money(sum((line.amount for line in change.arrears), NOTHING))


def _send(
    work: Work,
    placement_id: str,
    sequence: int,
    change: Change,
    decision_of: DecisionOf,
    review_id: str | None,
) -> Money:
    """Send one message to finance, keep that it was told, and return its arrears."""
    arrears = owed(change)
    message = price.PriceChanged(
        placement_id=placement_id,
        sequence=sequence,
        **change.account._asdict(),
        effective_from=change.start,
        effective_to=change.end,
        old_weekly=change.old_weekly,
        new_weekly=change.new_weekly,
        causes=tuple(
            price.Cause(cause=c.word, reference=c.reference, on=c.on) for c in change.causes
        ),
        arrears=tuple(map(arrears_line, change.arrears)),
        arrears_total=arrears,
        as_of=work.today,
        review_id=review_id,
        decision_reference=_decision(change, decision_of),
    )
    event = work.follow(PRICE_CHANGED, placement_id, message, sequence=sequence)
    work.send(event)
    work.add(PRICE_CHANGES, price_change_row(event, change, arrears, work.today))
    work.record(PRICE_CHANGED, placement_id, sealed(placement_id, sequence, change, arrears))
    return arrears


def _decision(change: Change, decision_of: DecisionOf) -> str | None:
    """Return the decision on which the fee of the first review among the causes rests."""
    for cause in change.causes:
        if cause.word == "review":
            return decision_of(cause.reference)
    return None


def sealed(placement_id: str, sequence: int, change: Change, arrears: Money) -> bytes:
    """Return what the log proves of a price change: its days, its account and its pounds."""
    days = f"{change.start}|{change.end or ''}"
    pounds = f"{money_text(change.old_weekly)}|{money_text(change.new_weekly)}"
    account = "|".join(change.account)
    text = f"{placement_id}|{sequence}|{days}|{account}|{pounds}|{money_text(arrears)}"
    return text.encode()
