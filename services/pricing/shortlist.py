"""What the agencies of a shortlist would cost, in the order of the decision."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.pricing.adjusting import Due, due_on, with_adjustments
from services.pricing.fees import FeeFamily, FeeKey, FeePoint, Fees, NoFeeOn, fee_on
from services.pricing.membership import check_member
from shared.framework.framework import Framework
from shared.money import NOTHING, Money


class PricedChild(NamedTuple):
    """A child of a referral, or the unit of a parent and child, with its age band on the start.

    Args:
        sibling_number: which child of a group in one home it would be, the eldest being 1.
    """

    child_ref: str
    age_band: str
    sibling_number: int = 1


@dataclass(frozen=True, slots=True)
class Need:
    """What is asked for: who pays, what for, from which day, and how the children would live."""

    purchaser: str
    placement_type: str
    need_category: str
    start_date: date
    children: tuple[PricedChild, ...]
    duration: str | None = None
    solo: bool = False


class PricedFee(NamedTuple):
    """What one child would cost a week on the first day, and how that was made.

    Args:
        point: the fee of the framework.
        due: what is due on top of it or off it.
    """

    child: PricedChild
    weekly: Money
    point: FeePoint
    due: Due


class Quote(NamedTuple):
    """One agency's weekly fees on the start date, for each child, and their sum.

    Without fees, `missing` says what keeps the agency from having a price.
    """

    total: Money
    fees: tuple[PricedFee, ...]
    missing: str = ""


class _Stay(NamedTuple):
    """How a child would live with an agency from the first day on."""

    family: FeeFamily
    with_agency_since: date
    duration: str | None
    solo: bool
    sibling_number: int


def quote(need: Need, agency: str, fees: Fees, framework: Framework) -> Quote:
    """Return what an agency would cost on the first day, or what is missing."""
    family = FeeFamily(agency, need.purchaser, need.placement_type, need.need_category)
    day = need.start_date
    priced = []
    for child in need.children:
        key = FeeKey(*family, child.age_band)
        try:
            check_member(fees, key, day, day)
            point = fee_on(fees, key, day)
        except NoFeeOn as missing:
            return Quote(NOTHING, (), str(missing))
        stay = _Stay(family, day, need.duration, need.solo, child.sibling_number)
        due = due_on(stay, framework, fees, day)
        priced.append(PricedFee(child, with_adjustments(point.weekly, due), point, due))
    total = Money(sum((fee.weekly for fee in priced), NOTHING))
    return Quote(total, tuple(priced))
