"""What the rulebook says of an agency alone, and what of it is worse than before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.eligibility.explanation import because
from services.eligibility.panel import Agency
from services.eligibility.register.register import Register
from services.eligibility.rulebooks.criteria import MET, NOT_MET, REFER, Verdict
from services.eligibility.verdicts.policy import Policy

_FROM_GOOD_TO_BAD: Final = (MET, REFER, NOT_MET)


@dataclass(frozen=True, slots=True)
class Worse:
    """A criterion about the agency alone that says something worse than before.

    Args:
        on: the first day on which it says so, today or later.
        was: what it would have said of that day, by what was known before.
        because: the rulebook's own words.
    """

    criterion: str
    on: date
    was: Verdict
    verdict: Verdict
    because: str


def worse_standing(
    policy: Policy, urn: str, before: Register, after: Register, today: date
) -> tuple[Worse, ...]:
    """Return what the rulebook says worse of an agency, today and on later days.

    A criterion that reads anything of a referral or a child says nothing of the agency alone. An
    agency that was not on the register stood nowhere before, so it cannot stand worse.
    """
    if urn not in before:
        return ()
    found: dict[tuple[str, Verdict], Worse] = {}
    for day in _days(urn, before, after, today):
        then, now = before.agency(urn, day), after.agency(urn, day)
        for worse in _worse(policy, then, now, day):
            found.setdefault((worse.criterion, worse.verdict), worse)
    return tuple(found.values())


def _days(urn: str, before: Register, after: Register, today: date) -> Sequence[date]:
    """Return today, and each later day on which a fact begins or ends."""
    changes = {*before.change_days(urn), *after.change_days(urn)}
    return [today, *sorted(day for day in changes if day > today)]


def _worse(policy: Policy, then: Agency, now: Agency, day: date) -> list[Worse]:
    found = []
    for table in policy.tables:
        if table.asked or then.facts == now.facts:
            continue
        was, verdict = table.verdict(then.facts), table.verdict(now.facts)
        if _FROM_GOOD_TO_BAD.index(verdict) > _FROM_GOOD_TO_BAD.index(was):
            told = because(table.criterion, verdict, [now.facts])
            found.append(Worse(table.criterion.id, day, was, verdict, told))
    return found
