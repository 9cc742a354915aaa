"""Which placements live on the day of a price review, and what each of them really pays."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import Connection

from services.pricing.adjusting import Due, adjustments_due, with_adjustments
from services.pricing.fee_book.spot_fee import NotSpot, spot_fee_on
from services.pricing.fees import FeeBook, FeeKey, Fees, position_on
from services.pricing.placement import Placement, placement_of
from services.pricing.reviews.review import LivePlacements, ReviewLine, SpotLine
from services.pricing.reviews.spot import spot_line
from services.pricing.reviews.tracks import ReviewRule
from services.pricing.store.fees import Numbers
from services.pricing.store.placements import Wanted, events_of, on_families
from shared.framework.age_bands import OutsideAgeBands
from shared.framework.framework import Framework
from shared.money import NOTHING, Money


class LiveOne(NamedTuple):
    """A placement that has a fee of the framework on a day, and what is due on top or off it."""

    service_line: str
    due: Due


LiveByKey = dict[FeeKey, list[LiveOne]]


def live_on_families(
    connection: Connection, numbers: Numbers, day: date, framework: Framework, fees: Fees
) -> LiveByKey:
    """Return the placements that have a fee of some families on a day, by fee key."""
    live: LiveByKey = {}
    for placement in _living(connection, on_families(numbers.first, numbers.last), day, framework):
        terms = placement.terms_on(day)
        if terms.agreed_weekly is not None:
            continue
        try:
            band = framework.age_bands.band_on(placement.date_of_birth, day)
        except OutsideAgeBands:
            # Who has reached adulthood has no fee any more.
            continue
        due = adjustments_due(placement, day, framework, fees)
        one = LiveOne(terms.account.service_line, due)
        live.setdefault(FeeKey(*terms.family, band), []).append(one)
    return live


def live_spot(
    connection: Connection,
    wanted: Wanted,
    rule: ReviewRule,
    framework: Framework,
    fees: Fees,
) -> Iterator[SpotLine]:
    """Yield what a review does to each of some placements that has an agreed fee on its day."""
    day = rule.effective_from
    for placement in _living(connection, wanted, day, framework):
        terms = placement.terms_on(day)
        is_adult = framework.age_bands.adulthood(placement.date_of_birth) <= day
        if terms.agreed_weekly is None or is_adult:
            continue
        held = spot_fee_on(placement, day, fees)
        yield spot_line(
            rule,
            placement.id,
            terms.family,
            terms.account.service_line,
            before=_spot_fee_before(placement, day, fees, held),
            agreed_from=terms.agreed_from,
            held=held,
        )


def with_live(line: ReviewLine, live: Sequence[LiveOne], fees: FeeBook, day: date) -> ReviewLine:
    """Return the line of a fee key with what its live placements pay, by line of the budget."""
    if not live:
        return line
    before, after = line.before, line.after
    if not line.moves:
        before = after = _standing(fees, line.key, day)
    paid = tuple(
        LivePlacements(name, len(dues), _paid(before, dues), _paid(after, dues))
        for name, dues in _by_service_line(live)
    )
    return line._replace(placements=len(live), service_lines=paid)


def _living(
    connection: Connection, wanted: Wanted, day: date, framework: Framework
) -> Iterator[Placement]:
    for known in events_of(connection, wanted).values():
        placement = placement_of(known.events, framework)
        if placement.start <= day and (placement.end is None or day < placement.end):
            yield placement


def _spot_fee_before(placement: Placement, day: date, fees: Fees, held: Money) -> Money:
    try:
        return spot_fee_on(placement, day - timedelta(days=1), fees)
    except NotSpot:
        # The framework's fee was due until then: the agreed one has no fee before it.
        return held


def _standing(fees: FeeBook, key: FeeKey, day: date) -> Money:
    """Return the fee that stands on a day; nothing where it only begins later."""
    points = fees.points(key.family, key.age_band)
    if points[0].valid_from > day:
        return NOTHING
    return points[position_on(key, points, day)].weekly


def _by_service_line(live: Sequence[LiveOne]) -> Iterable[tuple[str, list[Due]]]:
    dues: dict[str, list[Due]] = {}
    for one in sorted(live, key=attrgetter("service_line")):
        dues.setdefault(one.service_line, []).append(one.due)
    return dues.items()


def _paid(weekly: Money, dues: Iterable[Due]) -> Money:
    return Money(sum((with_adjustments(weekly, due) for due in dues), NOTHING))
