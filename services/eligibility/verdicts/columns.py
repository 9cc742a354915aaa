"""Columns: what one criterion says to all agencies of a panel at once, kept for the next time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.eligibility.explanation import because
from services.eligibility.panel import Agency, Panel
from services.eligibility.rulebooks.criteria import MET, NOT_MET, REFER, Verdict
from services.eligibility.verdicts.tables import Facts, Part, VerdictTable, part_of

COLUMNS_KEPT: Final = 1_024
"""How many columns of one criterion are remembered for a panel, before it begins anew."""

ANSWERS_KEPT: Final = 4_096
"""How many answers are remembered for a panel; each is small, for the columns are shared."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a criterion is not met, or is referred to a person."""

    criterion: str
    verdict: Verdict
    because: str


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Column:
    """One criterion's verdicts on all agencies; the same question gives the same column.

    Args:
        verdicts: by the agency's place in the panel.
        not_met: the agencies that fail, as a set of bits; `refer` likewise.
        reasons: each different reason once.
        unmet: the place of each agency that does not meet it, and which of the reasons it has.
    """

    verdicts: tuple[Verdict, ...]
    not_met: int
    refer: int
    reasons: tuple[Reason, ...]
    unmet: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Gates:
    """What the criteria about the referral alone say, in the order of the rulebook."""

    reasons: tuple[Reason, ...]
    outcome: Verdict


class CriterionColumns:
    """One criterion's columns for one panel, by what is asked of the referral.

    Who asks the same gets the same column, in whatever order the children are named.
    """

    def __init__(self, table: VerdictTable, panel: Panel) -> None:
        self.asked: Final = part_of(table.asked)
        self.reads_child: Final = table.reads_child
        self.kept: Final[dict[object, Column]] = {}
        self._table = table
        held = part_of(table.held)
        self._held = [(held(agency.facts), agency) for agency in panel.agencies]

    def made(self, key: object, units: Sequence[Facts]) -> Column:
        """Return the column for what is asked for the first time, and keep it."""
        if len(self.kept) >= COLUMNS_KEPT:
            self.kept.clear()
        column = self.kept[key] = self._made(units)
        return column

    def _made(self, units: Sequence[Facts]) -> Column:
        asked = each_once(self._table, units)
        seen: dict[tuple[Verdict, Part], int] = {}
        reasons: list[Reason] = []
        verdicts: list[Verdict] = []
        unmet: list[tuple[int, int]] = []
        for place, (held, agency) in enumerate(self._held):
            verdict = worst(self._table.rows[part][held] for part in asked)
            verdicts.append(verdict)
            if verdict == MET:
                continue
            if (verdict, held) not in seen:
                seen[verdict, held] = len(reasons)
                reasons.append(self._reason(verdict, held, agency, asked))
            unmet.append((place, seen[verdict, held]))
        return Column(
            verdicts=tuple(verdicts),
            not_met=_bits(verdicts, NOT_MET),
            refer=_bits(verdicts, REFER),
            reasons=tuple(reasons),
            unmet=tuple(unmet),
        )

    def _reason(
        self, verdict: Verdict, held: Part, agency: Agency, asked: Mapping[Part, Facts]
    ) -> Reason:
        # Of several children only those speak for whom the verdict is as bad as the worst.
        told = [
            {**unit, **agency.facts}
            for part, unit in asked.items()
            if self._table.rows[part][held] == verdict
        ]
        criterion = self._table.criterion
        return Reason(criterion.id, verdict, because(criterion, verdict, told))


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """What all criteria about agencies say together, as sets of bits by the agency's place.

    The same question gives the same answer, so that what follows from it can be kept with it.

    Args:
        columns: what each criterion says, in the order of the rulebook.
        eligible: the agencies that meet every criterion.
        refer: those that fail none and are referred by at least one.
        near_misses: those that fail exactly one.
    """

    columns: tuple[Column, ...]
    eligible: int
    refer: int
    near_misses: int


class Columns:
    """All criteria's columns for one panel, what they say together, and what the gates say."""

    def __init__(self, tables: Sequence[VerdictTable], panel: Panel) -> None:
        self._everyone = panel.everyone
        self._gate_tables = [table for table in tables if table.is_gate]
        self._criteria = [CriterionColumns(table, panel) for table in tables if not table.is_gate]
        self._gate_question = _question(self._gate_tables)
        self._question = _question([table for table in tables if not table.is_gate])
        self._gates: dict[object, Gates] = {}
        self._answers: dict[object, Answer] = {}

    def answer(self, units: Sequence[Facts]) -> Answer:
        """Return what the criteria about agencies say to a referral, by the facts of its units."""
        question = self._question
        key = question(units[0]) if len(units) == 1 else frozenset(map(question, units))
        answer = self._answers.get(key)
        if answer is None:
            if len(self._answers) >= ANSWERS_KEPT:
                self._answers.clear()
            answer = self._answers[key] = _together(self._columns(units), self._everyone)
        return answer

    def gates(self, units: Sequence[Facts]) -> Gates:
        """Return what each gate says to the referral, and the worst of it."""
        question = self._gate_question
        key = question(units[0]) if len(units) == 1 else frozenset(map(question, units))
        gates = self._gates.get(key)
        if gates is None:
            if len(self._gates) >= ANSWERS_KEPT:
                self._gates.clear()
            reasons = tuple(_gate_reason(table, units) for table in self._gate_tables)
            gates = self._gates[key] = Gates(reasons, worst(each.verdict for each in reasons))
        return gates

    def _columns(self, units: Sequence[Facts]) -> tuple[Column, ...]:
        found = []
        first, are_several = units[0], len(units) > 1
        for criterion in self._criteria:
            asked = criterion.asked
            # All units share the facts of the referral.
            is_for_each = are_several and criterion.reads_child
            key = frozenset(map(asked, units)) if is_for_each else asked(first)
            found.append(criterion.kept.get(key) or criterion.made(key, units))
        return tuple(found)


def _question(tables: Sequence[VerdictTable]) -> Callable[[Facts], Part]:
    """Return what takes all that some criteria ask of a referral."""
    return part_of(tuple(sorted({name for table in tables for name in table.asked})))


def _together(columns: tuple[Column, ...], everyone: int) -> Answer:
    fail = fail_twice = refer = 0
    for column in columns:
        fail_twice |= fail & column.not_met
        fail |= column.not_met
        refer |= column.refer
    return Answer(columns, everyone & ~(fail | refer), refer & ~fail, fail & ~fail_twice)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that counts when each child has one: the worst."""
    told = set(verdicts)
    if NOT_MET in told:
        return NOT_MET
    return REFER if REFER in told else MET


def _gate_reason(table: VerdictTable, units: Sequence[Facts]) -> Reason:
    asked = each_once(table, units).values()
    verdicts = [table.verdict(unit) for unit in asked]
    verdict = worst(verdicts)
    told = [unit for unit, each in zip(asked, verdicts, strict=True) if each == verdict]
    return Reason(table.criterion.id, verdict, because(table.criterion, verdict, told))


def each_once(table: VerdictTable, units: Sequence[Facts]) -> dict[Part, Facts]:
    """Return the units by what a criterion asks of them, each question once.

    They stand in the order of the table. What is kept would otherwise name the children in the
    order in which the first to ask named them, and a decision could not be derived again.
    """
    asked = part_of(table.asked)
    told = {asked(unit): unit for unit in units}
    if len(told) > 1:
        position = {part: number for number, part in enumerate(table.rows)}
        told = {part: told[part] for part in sorted(told, key=position.__getitem__)}
    return told


def _bits(verdicts: Sequence[Verdict], wanted: Verdict) -> int:
    return sum(1 << place for place, verdict in enumerate(verdicts) if verdict == wanted)
