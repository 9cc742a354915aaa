"""The policy in force: a rulebook with its complete tables, proved before it decides anything."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary

from services.eligibility.panel import Panel
from services.eligibility.rulebooks.criteria import Finding
from services.eligibility.rulebooks.periods import period_faults
from services.eligibility.rulebooks.rulebook import Rulebook, RulebookRefused
from services.eligibility.verdicts.columns import Columns
from services.eligibility.verdicts.proofs import broken_promises
from services.eligibility.verdicts.tables import (
    MOST_COMBINATIONS,
    Evaluator,
    VerdictTable,
    combination_count,
    missing_text,
    tabulate,
)
from services.eligibility.verdicts.without_effect import ComparisonTables, unread_facts
from shared.days import london_day
from shared.errors import FosterframeError

_SIMPLER: Final = "Split it into several criteria, or compare fewer values."


class NoRulebookInForce(FosterframeError):  # noqa: N818 - a fact about the day
    """No rulebook was in force on the day on which a referral was received."""


@dataclass(frozen=True, eq=False)
class Policy:
    """A rulebook that was tabulated and proved.

    Args:
        tables: one for each criterion, in the order of the rulebook.
        shortlist_order: the keys by which the framework orders a shortlist, the first counts most.
        evaluator: what made the tables, to check them against now and then.
    """

    rulebook: Rulebook
    tables: tuple[VerdictTable, ...]
    shortlist_order: tuple[str, ...]
    evaluator: Evaluator = field(repr=False)
    _columns: "WeakKeyDictionary[Panel, Columns]" = field(default_factory=WeakKeyDictionary)

    @cached_property
    def agency_criteria(self) -> tuple[str, ...]:
        """The ids of the criteria about agencies, in the order of the rulebook."""
        return tuple(table.criterion.id for table in self.tables if not table.is_gate)

    def columns(self, panel: Panel) -> Columns:
        """Return what each criterion says to the agencies of a panel."""
        columns = self._columns.get(panel)
        if columns is None:
            columns = self._columns[panel] = Columns(self.tables, panel)
        return columns


def activate(rulebook: Rulebook, evaluator: Evaluator, shortlist_order: Sequence[str]) -> Policy:
    """Return the policy of a rulebook, after every combination of facts went through the engine.

    Raises:
        RulebookRefused: a criterion has too many combinations, contradicts itself, never passes
            or always does, says something in vain or has no text for what it can say, or a
            promise of the rulebook can be broken; says each, with its line and a case.
    """
    _refuse(rulebook, list(_too_large(rulebook)))
    tables, found = _tabulated(rulebook, evaluator)
    if not found:
        found = broken_promises(rulebook, tables, evaluator)
    if not rulebook.was_in_force and len(tables) == len(rulebook.criteria):
        found += [each for table in tables for each in missing_text(table)]
        found = _with_vain(rulebook, evaluator, found)
    _refuse(rulebook, found)
    return Policy(rulebook, tuple(tables), tuple(shortlist_order), evaluator)


def _refuse(rulebook: Rulebook, found: Sequence[Finding]) -> None:
    if found:
        faults = [rulebook.fault(each) for each in found]
        raise RulebookRefused(sorted(faults, key=lambda fault: fault.place.line or 0))


def _too_large(rulebook: Rulebook) -> Iterator[Finding]:
    named = [(f"the criterion {each.id}", each.facts(), each.at) for each in rulebook.criteria]
    named += [(str(each), each.facts(), each.at) for each in rulebook.never]
    for name, facts, at in named:
        count = combination_count(facts, rulebook.facts)
        if count > MOST_COMBINATIONS:
            yield Finding(
                at,
                f"{name} has {count} combinations of its facts ({', '.join(facts)}), more than "
                f"{MOST_COMBINATIONS}. Split it into several that read fewer facts each.",
            )


def _tabulated(
    rulebook: Rulebook, evaluator: Evaluator
) -> tuple[list[VerdictTable], list[Finding]]:
    tables: list[VerdictTable] = []
    found: list[Finding] = []
    for criterion in rulebook.criteria:
        try:
            table, faults = tabulate(criterion, rulebook.facts, evaluator)
        except FosterframeError as fault:
            said = f"the criterion {criterion.id} cannot be judged: {fault}. {_SIMPLER}"
            # An engine that failed says nothing of the criteria that follow.
            return tables, [*found, Finding(criterion.at, said)]
        tables.append(table)
        found += faults
    return tables, found


def _with_vain(rulebook: Rulebook, evaluator: Evaluator, found: Sequence[Finding]) -> list[Finding]:
    """Return what was found, and what the rulebook says in vain.

    A comparison that always or never holds is the cause of what else is wrong with its criterion.
    """
    comparisons = ComparisonTables(rulebook, evaluator)
    constant = comparisons.constant_findings()
    causes = {each.at[:2] for each in constant}
    told = [each for each in found if each.at[:2] not in causes]
    return [*unread_facts(rulebook), *told, *(constant or comparisons.branch_findings())]


class Policies:
    """The policies of a framework, each in force from its day.

    Raises:
        RulebookRefused: the periods of two rulebooks overlap, or leave a gap between them.
    """

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._policies = tuple(
            sorted(policies, key=lambda policy: policy.rulebook.in_force.start, reverse=True)
        )
        faults = period_faults(policy.rulebook for policy in self._policies)
        if faults:
            raise RulebookRefused(faults)

    def __iter__(self) -> Iterator[Policy]:
        return iter(self._policies)

    def in_force(self, received_at: datetime) -> Policy:
        """Return the policy for a referral that was received at an instant.

        Raises:
            NoRulebookInForce: the day is before the first rulebook, or after the last one's end.
        """
        return self.on(london_day(received_at))

    def on(self, day: date) -> Policy:
        """Return the policy in force on a day: the one that began last, until its end.

        Raises:
            NoRulebookInForce: none is.
        """
        for policy in self._policies:
            if policy.rulebook.in_force.start <= day:
                if day in policy.rulebook.in_force:
                    return policy
                break
        raise NoRulebookInForce(
            f"No rulebook is in force on {day}. Activate one that holds from that day or before: "
            "fosterframe rulebook activate FILE --as YOUR_NAME"
        )
