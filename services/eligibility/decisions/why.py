"""Explains a decision: every agency by every criterion, what was read, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.eligibility.decision import Alone, Decision, Outcome
from services.eligibility.decisions.nearest import nearest_places
from services.eligibility.explanation import because
from services.eligibility.facts import Value
from services.eligibility.panel import places
from services.eligibility.rulebooks.criteria import Criterion, Verdict
from services.eligibility.shortlist import drawn, shortlist
from services.eligibility.verdicts.columns import Reason, each_once, worst
from services.eligibility.verdicts.tables import Facts, VerdictTable
from shared.errors import FosterframeError

NEAREST: Final = 5
"""How many agencies are named as the nearest where none is eligible."""


class NoSuchAgency(FosterframeError):  # noqa: N818 - a fact about the register
    """The agency was not on the register by which a referral was decided."""


@dataclass(frozen=True, slots=True)
class FactRead:
    """One fact that a criterion read.

    Args:
        of: `agency`, `referral`, or the reference of a child.
    """

    of: str
    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class CriterionExplained:
    """What a criterion says to one agency, or to the referral as a whole.

    Args:
        because: what it says, with the facts filled in.
        facts: all that it read.
        each_child: of a group, the verdict on each child; none where no fact of a child is read.
    """

    criterion: Criterion
    verdict: Verdict
    because: str
    facts: tuple[FactRead, ...]
    each_child: tuple[tuple[str, Verdict], ...]


@dataclass(frozen=True, slots=True)
class AgencyExplained:
    """One agency by every criterion about agencies, in the order of the rulebook."""

    urn: str
    name: str
    tier: int
    outcome: Outcome
    rank: int | None
    is_near_miss: bool
    criteria: tuple[CriterionExplained, ...]

    def with_verdict(self, verdict: Verdict) -> list[CriterionExplained]:
        """Return the criteria that have a verdict on the agency."""
        return [each for each in self.criteria if each.verdict == verdict]


@dataclass(frozen=True, slots=True)
class Failure:
    """How many agencies do not meet a criterion, and how many a person must look at by it."""

    criterion: Criterion
    not_met: int
    refer: int


@dataclass(frozen=True, slots=True)
class ChildExplained:
    """What would be decided for one child of a group alone.

    Args:
        eligible: the numbers of the agencies that meet every criterion; `refer` likewise.
        failures: what keeps agencies from this child, the most frequent first.
    """

    child_ref: str
    age: int
    age_band: str
    gate_outcome: Verdict
    eligible: tuple[str, ...]
    refer: tuple[str, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision with all of its reasons.

    Args:
        gates: what each criterion about the referral alone says.
        agencies: those of the shortlist by rank, then the others by their numbers.
        failures: what keeps agencies from the children, the most frequent first.
        nearest: where no agency is eligible, those that miss the least, the nearest first.
        drawn: the first and the last rank of each group of equals whose order was drawn.
        children: of a group, each child alone.
    """

    decision: Decision
    gates: tuple[CriterionExplained, ...]
    agencies: tuple[AgencyExplained, ...]
    failures: tuple[Failure, ...]
    nearest: tuple[AgencyExplained, ...]
    drawn: tuple[tuple[int, int], ...]
    children: tuple[ChildExplained, ...]

    @property
    def near_misses(self) -> list[AgencyExplained]:
        """The agencies that fail exactly one criterion."""
        return [each for each in self.agencies if each.is_near_miss]

    def agency(self, urn: str) -> AgencyExplained:
        """Return one agency.

        Raises:
            NoSuchAgency: it was not on the register then.
        """
        for each in self.agencies:
            if each.urn == urn:
                return each
        raise NoSuchAgency(
            f"The agency {urn} was not on the register by which the referral "
            f"{self.decision.referral.referral_id} was decided. See: fosterframe register history."
        )


def explain(decision: Decision) -> Explanation:
    """Return why a decision is what it is."""
    ranks = {place: rank for rank, place in enumerate(shortlist(decision), start=1)}
    unlisted = [place for place in range(len(decision.panel.agencies)) if place not in ranks]
    explained = {place: _agency(decision, place, ranks.get(place)) for place in (*ranks, *unlisted)}
    nearest = nearest_places(decision, NEAREST)
    return Explanation(
        decision=decision,
        gates=tuple(
            _gate(decision, table, reason)
            for table, reason in zip(
                _tables(decision, gates=True), decision.gates.reasons, strict=True
            )
        ),
        agencies=tuple(explained.values()),
        failures=_failures(decision, decision),
        nearest=tuple(explained[place] for place in nearest),
        drawn=drawn(decision),
        children=tuple(_child(decision, alone) for alone in decision.each_alone()),
    )


def _tables(decision: Decision, *, gates: bool) -> list[VerdictTable]:
    return [table for table in decision.policy.tables if table.is_gate == gates]


def _agency(decision: Decision, place: int, rank: int | None) -> AgencyExplained:
    agency = decision.panel.agencies[place]
    answer = decision.answer
    passes, refers = decision.passing
    outcome: Outcome = "not_eligible"
    if passes >> place & 1:
        outcome = "eligible"
    elif refers >> place & 1:
        outcome = "refer"
    return AgencyExplained(
        urn=agency.urn,
        name=agency.name,
        tier=agency.tier,
        outcome=outcome,
        rank=rank,
        is_near_miss=bool(answer.near_misses >> place & 1),
        criteria=tuple(
            _about_agency(decision, table, agency.facts) for table in _tables(decision, gates=False)
        ),
    )


def _about_agency(decision: Decision, table: VerdictTable, held: Facts) -> CriterionExplained:
    units = [{**unit, **held} for unit in decision.referral.facts]
    verdict = worst(table.verdict(unit) for unit in units)
    told = [each for each in each_once(table, units).values() if table.verdict(each) == verdict]
    return CriterionExplained(
        criterion=table.criterion,
        verdict=verdict,
        because=because(table.criterion, verdict, told),
        facts=_facts_read(decision, table, units),
        each_child=_each_child(decision, table, units),
    )


def _gate(decision: Decision, table: VerdictTable, reason: Reason) -> CriterionExplained:
    units = decision.referral.facts
    return CriterionExplained(
        criterion=table.criterion,
        verdict=reason.verdict,
        because=reason.because,
        facts=_facts_read(decision, table, units),
        each_child=_each_child(decision, table, units),
    )


def _facts_read(
    decision: Decision, table: VerdictTable, units: Sequence[Facts]
) -> tuple[FactRead, ...]:
    """Return the facts that a criterion read: once what is the same of all children."""
    known = decision.policy.rulebook.facts
    found = []
    for name in table.facts:
        if known[name].about == "child":
            named = zip(decision.referral.units, units, strict=True)
            found += [FactRead(child.child_ref, name, unit[name]) for child, unit in named]
        else:
            found.append(FactRead(known[name].about, name, units[0][name]))
    return tuple(found)


def _each_child(
    decision: Decision, table: VerdictTable, units: Sequence[Facts]
) -> tuple[tuple[str, Verdict], ...]:
    if len(units) == 1 or not table.reads_child:
        return ()
    named = zip(decision.referral.units, units, strict=True)
    return tuple((child.child_ref, table.verdict(unit)) for child, unit in named)


def _failures(decision: Decision, judged: Decision | Alone) -> tuple[Failure, ...]:
    """Return which criteria keep how many agencies from the children, the most frequent first."""
    named = zip(_tables(decision, gates=False), judged.answer.columns, strict=True)
    found = [
        Failure(table.criterion, column.not_met.bit_count(), column.refer.bit_count())
        for table, column in named
        if column.not_met or column.refer
    ]
    return tuple(sorted(found, key=lambda each: (-each.not_met, -each.refer)))


def _child(decision: Decision, alone: Alone) -> ChildExplained:
    eligible, refer = alone.passing
    agencies = decision.panel.agencies
    return ChildExplained(
        child_ref=alone.child.child_ref,
        age=alone.child.age,
        age_band=alone.child.age_band,
        gate_outcome=alone.gates.outcome,
        eligible=tuple(agencies[place].urn for place in places(eligible)),
        refer=tuple(agencies[place].urn for place in places(refer)),
        failures=_failures(decision, alone),
    )
