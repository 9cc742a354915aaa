"""What a spot placement costs: the fee that was agreed, lifted by the reviews since."""

from datetime import date
from typing import NamedTuple

from services.pricing.fees import Fees
from services.pricing.placement import Placement, PlacementTerms
from shared.days import next_day
from shared.errors import FosterframeError
from shared.money import Money


class NotSpot(FosterframeError):  # noqa: N818 - the lookup's answer
    """On that day the framework's fee is due, and no agreed one."""


class SpotStep(NamedTuple):
    """A spot fee from a day on, and the review that brought it there, if one did."""

    day: date
    weekly: Money
    review_id: str | None


def spot_steps(
    terms: PlacementTerms,
    agreed: Money,
    before: SpotStep | None,
    fees: Fees,
    until: date,
    awarded_before: date | None,
) -> list[SpotStep]:
    """Return the fees of one stretch of terms, by day.

    A review lifts what was agreed before its day. What is agreed from that very day is not
    lifted: it was agreed with the review in sight.

    Args:
        terms: what the placement is bought as.
        agreed: its agreed fee.
        before: the last step before, of the same agreement; none where this is the first.
        fees: where the reviews are.
        until: the day after the stretch.
        awarded_before: reviews that were applied on or after this day do not count, if given.
    """
    weekly = agreed if before is None else before.weekly
    steps = [SpotStep(terms.valid_from, weekly, None)]
    for award in fees.spot_awards(awarded_before):
        day = award.effective_from
        if day >= until:
            break
        if day < terms.valid_from or day <= terms.agreed_from:
            continue
        weekly = award.lifted(terms.family, weekly, terms.agreed_from)
        if day == terms.valid_from:
            steps.clear()
        steps.append(SpotStep(day, weekly, award.review_id))
    return steps


def spot_fee_on(
    placement: Placement, day: date, fees: Fees, awarded_before: date | None = None
) -> Money:
    """Return the weekly fee of a spot placement on a day, with the reviews up to it.

    Raises:
        NotSpot: the framework's fee is due on that day.
    """
    held: SpotStep | None = None
    agreed_from = date.min
    every = placement.terms
    for position, terms in enumerate(every):
        if terms.valid_from > day and position:
            break
        if terms.agreed_weekly is None or terms.agreed_from != agreed_from:
            held, agreed_from = None, terms.agreed_from
        if terms.agreed_weekly is not None:
            ends = every[position + 1].valid_from if position + 1 < len(every) else date.max
            until = min(ends, next_day(day))
            steps = spot_steps(terms, terms.agreed_weekly, held, fees, until, awarded_before)
            held = steps[-1]
    if held is None:
        raise NotSpot(
            f"The placement {placement.id} has the framework's fee on {day}, and no agreed one."
        )
    return held.weekly
