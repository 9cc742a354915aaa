"""On which days an agency is on the framework, and on which day it left."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from services.pricing.fees import FeeKey, Fees, NoFeeOn
from shared.days import Period

_ADVICE: Final = "Agree a spot fee with it, or correct its membership (provider.updated.v1)."


class NotOnFramework(NoFeeOn):
    """The agency had left the framework before a placement was bought from it."""


def periods_of(told: Iterable[Period]) -> tuple[Period, ...]:
    """Return the days of an agency's membership, from what was told in the order in which it came.

    What is told later counts. It ends what was told earlier on the day on which it begins, and
    what was told earlier and begins within its own days counts no more: so a membership is ended
    by telling it again with its last day.
    """
    held: list[Period] = []
    for new in told:
        kept = [each for each in held if each.start not in new]
        held = [*(_cut(each, new.start) for each in kept), new]
    return tuple(sorted(held))


def left_on(periods: Sequence[Period], day: date) -> date | None:
    """Return the day from which an agency is not on the framework any more, where it is not.

    None is returned for a day of its membership, for one before it, and for an agency of whose
    membership nobody told anything.
    """
    left: date | None = None
    for period in sorted(periods, key=lambda each: each.start):
        if period.start > day:
            break
        if day in period:
            return None
        # What begins on the day on which the last one ended goes on with it.
        left = period.end if left is None or period.end is None else max(left, period.end)
    return left


def check_member(fees: Fees, key: FeeKey, since: date, day: date) -> None:
    """Refuse to price what was bought from an agency that had left the framework by then.

    A placement that was bought before keeps the fee of the agency's last day.

    Args:
        fees: where the agency's membership is looked up.
        key: what the fee would be for.
        since: the day from which it is bought so.
        day: for which a fee is asked.

    Raises:
        NotOnFramework: the agency had left by the day from which it is bought so.
    """
    left = left_on(fees.memberships(key.agency), since)
    if left is not None:
        raise NotOnFramework(key, day, f"the agency left the framework on {left}", _ADVICE)


def _cut(earlier: Period, day: date) -> Period:
    if earlier.start < day and (earlier.end is None or day < earlier.end):
        return Period(earlier.start, day)
    return earlier
