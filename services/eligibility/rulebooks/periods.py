"""Which rulebook holds when: of those in force together, one follows the other without a gap."""

from collections.abc import Iterable
from itertools import pairwise

from services.eligibility.rulebooks.criteria import Finding
from services.eligibility.rulebooks.rulebook import Rulebook, RulebookFault

_FROM = ("in_force", "from")
_TO = ("in_force", "to")


def period_faults(rulebooks: Iterable[Rulebook]) -> list[RulebookFault]:
    """Return where the periods of rulebooks that are to hold together overlap or leave a gap.

    One without an end holds until the next begins. One with an end must end on the day on which
    the next begins; after the end of the last, none is in force.
    """
    in_order = sorted(rulebooks, key=lambda each: (each.in_force.start, str(each)))
    faults = []
    for earlier, later in pairwise(in_order):
        begins, ends = later.in_force.start, earlier.in_force.end
        if begins == earlier.in_force.start:
            reason = f"begins on {begins}, as the rulebook {_told(earlier)} does. Let one remain."
            faults.append(later.fault(Finding(_FROM, reason)))
        elif ends is not None and ends > begins:
            reason = (
                f"holds to {ends}, but the rulebook {_told(later)} begins on {begins}: on the days "
                f"between both would hold. Let it end on {begins}."
            )
            faults.append(earlier.fault(Finding(_TO, reason)))
        elif ends is not None and ends < begins:
            reason = (
                f"ends on {ends}, but the rulebook {_told(later)} begins on {begins}: on the days "
                f"between none would hold. Let it end on {begins}, or leave out `to`."
            )
            faults.append(earlier.fault(Finding(_TO, reason)))
    return faults


def _told(rulebook: Rulebook) -> str:
    return f"{rulebook} ({rulebook.origin.place(_FROM)})"
