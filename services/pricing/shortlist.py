"""What the agencies of a shortlist would cost, in the order of the decision."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.pricing.fees import FeeKey, FeePoint, Fees, NoFeeOn, fee_on
from shared.money import NOTHING, Money


class PricedChild(NamedTuple):
    """A child of a referral, or the unit of a parent and child, with its age band on the start."""

    child_ref: str
    age_band: str


@dataclass(frozen=True, slots=True)
class Need:
    """What is asked for: who pays, what for, from which day."""

    purchaser: str
    placement_type: str
    need_category: str
    start_date: date
    children: tuple[PricedChild, ...]


class Quote(NamedTuple):
    """One agency's weekly fees on the start date, for each child, and their sum.

    Without fees, `missing` says what keeps the agency from having a price.
    """

    total: Money
    fees: tuple[tuple[PricedChild, FeePoint], ...]
    missing: str = ""


def quote(need: Need, agency: str, fees: Fees) -> Quote:
    """Return what an agency would cost, or what is missing."""
    priced = []
    for child in need.children:
        family = (agency, need.purchaser, need.placement_type, need.need_category)
        try:
            point = fee_on(fees, FeeKey(*family, child.age_band), need.start_date)
        except NoFeeOn as missing:
            return Quote(NOTHING, (), str(missing))
        priced.append((child, point))
    total = Money(sum((point.weekly for _, point in priced), NOTHING))
    return Quote(total, tuple(priced))
