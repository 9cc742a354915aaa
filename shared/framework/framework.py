"""A framework agreement: what it is called, how long it runs, and the words it is written in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal

from shared.days import Period
from shared.framework.adjustments import Adjustment, AdjustmentsByDue, by_due
from shared.framework.age_bands import MONDAY, AgeBands, BandChange

PricedPer = Literal["child", "unit"]
"""Whether each child of a referral has a weekly fee, or all of them one together."""

ServedBy = Literal["uasc", "disability", "every_other"]
"""Which children a service line is for."""

EndedArrears = Literal["paid", "not_paid"]
"""Whether a review that is applied after a placement ended still reaches it."""

OrderKey = Literal["outcome", "tier", "quality", "area", "fair_tie_break"]
"""By what a shortlist can be ordered."""

ORDER_KEYS: Final[tuple[OrderKey, ...]] = ("outcome", "tier", "quality", "area", "fair_tie_break")


@dataclass(frozen=True, slots=True)
class Window:
    """A day from which agencies may join the framework."""

    opens: date
    name: str


@dataclass(frozen=True, slots=True)
class PlacementType:
    """A kind of placement that can be bought under the framework."""

    id: str
    name: str
    priced_per: PricedPer


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A line of the council's budget, and the money that pays for it."""

    id: str
    name: str
    funding: str
    served_by: ServedBy


@dataclass(frozen=True, slots=True)
class Conventions:
    """How the agreement counts days.

    What a pack cannot choose is fixed in the code, and `framework.yaml` states it: a week has
    seven days, the day of arrival is paid and the day of leaving is not, adulthood ends a
    placement on the day itself, and 29 February is 1 March in common years.

    Args:
        notice_days: how long before a change of a fee finance hears of it.
        week_starts_on: the first day of the week, Monday is 0.
        referral_open_days: for how many days after its start date a referral that nobody withdrew
            or placed still counts as open, and is decided again when an agency changes.
        review_arrears_for_ended: `paid` where a review that is applied late also moves the past
            fees of placements that had ended by then.
    """

    band_change: BandChange = "birthday"
    week_starts_on: int = MONDAY
    notice_days: int = 28
    review_arrears_for_ended: EndedArrears = "paid"
    referral_open_days: int = 28


@dataclass(frozen=True)
class Framework:
    """One framework agreement.

    Args:
        purchasers, need_categories, durations: what each word of messages is called for a person.
        service_lines: tried in this order; the last one takes every other child.
        assumptions: what is not agreed yet, by the key of `framework.yaml` that it concerns.
        digest: the content hash of the whole pack.
        adjustments: the discounts and supplements on top of the weekly fees.
    """

    id: str
    name: str
    term: Period
    windows: tuple[Window, ...]
    purchasers: Mapping[str, str]
    placement_types: Mapping[str, PlacementType]
    need_categories: Mapping[str, str]
    durations: Mapping[str, str]
    age_bands: AgeBands
    service_lines: tuple[ServiceLine, ...]
    shortlist_order: tuple[OrderKey, ...]
    conventions: Conventions
    assumptions: Mapping[str, str]
    digest: str
    adjustments: tuple[Adjustment, ...] = ()

    @cached_property
    def adjustments_by_due(self) -> AdjustmentsByDue:
        """The discounts and supplements by what they look at."""
        return by_due(self.adjustments)

    def service_line(self, *, uasc: bool, disability: bool) -> ServiceLine:
        """Return the budget line that pays for a child, and so where the money comes from."""
        is_served = {"uasc": uasc, "disability": disability, "every_other": True}
        return next(line for line in self.service_lines if is_served[line.served_by])

    def is_priced_per_unit(self, placement_type: str) -> bool:
        """Say whether the children of such a placement have one weekly fee together."""
        return self.placement_types[placement_type].priced_per == "unit"
