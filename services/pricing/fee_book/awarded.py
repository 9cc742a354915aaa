"""Works out a fee without the reviews that came too late for a placement that had ended."""

from datetime import date
from functools import partial

from services.pricing.fee_book.compounding import compounded, in_order
from services.pricing.fees import FeeKey, FeePoint, Fees, with_point
from services.pricing.membership import left_on


def points_awarded_before(fees: Fees, key: FeeKey, day: date) -> tuple[FeePoint, ...]:
    """Return the points of one key as if no review had been applied on or after a day.

    They are worked out, and not picked from what is recorded: a review that did reach the
    placement may stand, as recorded, on one that did not.
    """
    held = fees.points(key.family, key.age_band)
    if all(each.awarded_on is None or each.awarded_on < day for each in held):
        return held
    points = fees.own_points(key.family, key.age_band)
    rules = (each for each in fees.rules() if each.awarded_on is None or each.awarded_on < day)
    left = partial(left_on, fees.memberships(key.agency))
    tendered = fees.tendered_on(key.family, key.age_band)
    for point in compounded(key, points, in_order(rules), left, tendered):
        points = with_point(points, point)
    return points
