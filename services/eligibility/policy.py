"""The policy in force: a rulebook with its complete tables, proved before it decides anything."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary

from services.eligibility.columns import Columns
from services.eligibility.panel import Panel
from services.eligibility.proofs import broken_promises
from services.eligibility.rulebook import Rulebook, RulebookRefused
from services.eligibility.tables import (
    MOST_COMBINATIONS,
    Evaluator,
    VerdictTable,
    combination_count,
    tabulate,
)
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
            or always does, or a promise of the rulebook can be broken; says each, with a case.
    """
    reasons = list(_too_large(rulebook))
    if reasons:
        raise RulebookRefused(str(rulebook), reasons)
    tables = []
    for criterion in rulebook.criteria:
        try:
            table, faults = tabulate(criterion, rulebook.facts, evaluator)
        except FosterframeError as fault:
            reasons.append(f"the criterion {criterion.id} cannot be judged: {fault}. {_SIMPLER}")
            continue
        tables.append(table)
        reasons += faults
    if not reasons:
        reasons = broken_promises(rulebook, tables, evaluator)
    if reasons:
        raise RulebookRefused(str(rulebook), reasons)
    return Policy(rulebook, tuple(tables), tuple(shortlist_order), evaluator)


def _too_large(rulebook: Rulebook) -> Iterable[str]:
    named = [(f"the criterion {each.id}", each.facts()) for each in rulebook.criteria]
    named += [(f"the promise about {each.when}", each.facts()) for each in rulebook.never]
    for name, facts in named:
        count = combination_count(facts, rulebook.facts)
        if count > MOST_COMBINATIONS:
            yield (
                f"{name} has {count} combinations of its facts ({', '.join(facts)}), more than "
                f"{MOST_COMBINATIONS}. Split it into several that read fewer facts each."
            )


class Policies:
    """The policies of a framework, each in force from its day."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._policies = tuple(
            sorted(policies, key=lambda policy: policy.rulebook.in_force.start, reverse=True)
        )

    def __iter__(self) -> Iterator[Policy]:
        return iter(self._policies)

    def in_force(self, received_at: datetime) -> Policy:
        """Return the policy for a referral that was received at an instant.

        Raises:
            NoRulebookInForce: the day is before the first rulebook, or after the last one's end.
        """
        return self.on(london_day(received_at))

    def on(self, day: date) -> Policy:
        """Return the policy in force on a day.

        Raises:
            NoRulebookInForce: none is.
        """
        for policy in self._policies:
            if day in policy.rulebook.in_force:
                return policy
        raise NoRulebookInForce(
            f"No rulebook is in force on {day}. Add one to the framework pack, in force from "
            "that day or before."
        )
