"""What the rulebook says of an agency alone, and what of it is worse than before."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.eligibility.explanation import because
from services.eligibility.facts import words_unknown_to
from services.eligibility.panel import Agency
from services.eligibility.register.register import Register
from services.eligibility.rulebooks.criteria import MET, NOT_MET, REFER, Verdict
from services.eligibility.verdicts.policy import Policy
from services.eligibility.verdicts.tables import VerdictTable

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
    agency that was not on the register stood nowhere before, so it cannot stand worse. What the
    rulebook lacks a word for keeps nothing else from being said, or from being corrected.
    """
    if urn not in before:
        return ()
    found: dict[tuple[str, Verdict], Worse] = {}
    for day in _days(urn, before, after, today):
        then, now = before.agency(urn, day), after.agency(urn, day)
        for worse in _worse(policy, then, now, day):
            found.setdefault((worse.criterion, worse.verdict), worse)
    return tuple(found.values())


def still_worse(
    policy: Policy,
    urn: str,
    register: Register,
    told: Iterable[Worse],
    today: date,
    *,
    told_since: Sequence[Worse] = (),
) -> tuple[Worse, ...]:
    """Return what is worse to this day, or will be, of what was told of an agency before.

    What is worse anew after it was well again is not what was told, if it was told on its own.
    It was not where both were known from the beginning, as with a suspension of two spells.

    Args:
        policy: judges every day, also those before it was in force.
        urn: the agency.
        register: all that is known now.
        told: what was worse, each with the day from which it was told to be.
        today: the first day that is looked for.
        told_since: what was told to be worse after that.
    """
    tables = {table.criterion.id: table for table in policy.tables if not table.asked}
    found: list[Worse] = []
    for each in told:
        if urn in register and each.criterion in tables:
            anew = [one.on for one in told_since if one.criterion == each.criterion]
            table = tables[each.criterion]
            found += _lasting(policy, table, urn, register, each, today, anew)
    return together(found)


def together(found: Iterable[Worse]) -> tuple[Worse, ...]:
    """Return each verdict of a criterion once, in the order of the days.

    Of one day it is said how the agency stood when it stood best.
    """
    in_order = sorted(
        found, key=lambda each: (each.on, each.criterion, _FROM_GOOD_TO_BAD.index(each.was))
    )
    first: dict[tuple[str, Verdict], Worse] = {}
    for each in in_order:
        first.setdefault((each.criterion, each.verdict), each)
    return tuple(first.values())


def _lasting(
    policy: Policy,
    table: VerdictTable,
    urn: str,
    register: Register,
    told: Worse,
    today: date,
    anew: Sequence[date],
) -> Iterator[Worse]:
    """Yield what a criterion says from today on while it is worse, until that was told anew."""
    later = {day for day in (*register.change_days(urn), today) if day > told.on}
    well_from: date | None = None
    for day in [told.on, *sorted(later)]:
        agency = register.agency(urn, day)
        if _strange(policy, agency).intersection(table.held):
            # A rulebook need not know the words of the days before it; and what it cannot judge
            # today keeps nobody from remembering where a child lives.
            continue
        verdict = table.verdict(agency.facts)
        if not _is_worse(verdict, told.was):
            well_from = well_from or day
            continue
        if well_from and any(well_from <= each <= day for each in anew):
            return
        if day >= today:
            said = because(table.criterion, verdict, [agency.facts])
            yield Worse(told.criterion, day, told.was, verdict, said)


def _days(urn: str, before: Register, after: Register, today: date) -> Sequence[date]:
    """Return today, and each later day on which a fact begins or ends."""
    changes = {*before.change_days(urn), *after.change_days(urn)}
    return [today, *sorted(day for day in changes if day > today)]


def _worse(policy: Policy, then: Agency, now: Agency, day: date) -> list[Worse]:
    found: list[Worse] = []
    if then.facts == now.facts:
        return found
    strange_then, strange_now = _strange(policy, then), _strange(policy, now)
    for table in policy.tables:
        if table.asked or strange_now.intersection(table.held):
            continue
        # Where the rulebook had no word for it, a person had to look.
        was = REFER if strange_then.intersection(table.held) else table.verdict(then.facts)
        verdict = table.verdict(now.facts)
        if _is_worse(verdict, was):
            told = because(table.criterion, verdict, [now.facts])
            found.append(Worse(table.criterion.id, day, was, verdict, told))
    return found


def _strange(policy: Policy, agency: Agency) -> set[str]:
    """Return the facts of an agency for which a rulebook lacks a word."""
    return {name for name, _ in words_unknown_to(policy.rulebook.facts, agency.facts)}


def _is_worse(verdict: Verdict, was: Verdict) -> bool:
    return _FROM_GOOD_TO_BAD.index(verdict) > _FROM_GOOD_TO_BAD.index(was)
