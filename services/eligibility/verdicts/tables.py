"""The complete verdict table of a criterion: every combination of its facts, judged once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from operator import itemgetter
from typing import Final, Protocol, cast

from services.eligibility.facts import Value, Vocabulary, value_count, value_text
from services.eligibility.rulebooks.criteria import (
    MET,
    NOT_MET,
    REFER,
    Condition,
    Criterion,
    Finding,
    KeyPath,
    Verdict,
)

MOST_COMBINATIONS: Final = 20_000
"""Beyond this a person could not check the table, and activation would take too long."""

Facts = Mapping[str, Value]
Part = tuple[Value, ...]
"""The values of some facts, in the order of their names."""


class Evaluator(Protocol):
    """Says which conditions hold; the rules engine is the only one outside the tests."""

    def holding(self, name: str, combinations: Sequence[Facts]) -> list[frozenset[str]]:
        """Return for each combination of facts the labels of the conditions that hold.

        `name` is a criterion's id, a promise's `never:0`, `never:1` and so on, or a single
        comparison's `comparison:0` and so on.
        """


@dataclass(frozen=True)
class VerdictTable:
    """What one criterion says to every combination of its facts.

    Args:
        asked: the facts of the referral and of the child that it reads.
        held: the facts of the agency that it reads; none for a gate.
        reads_child: a fact of `asked` is one of a child, so that each child is judged.
        rows: verdict by the values of `asked`, then by the values of `held`.
    """

    criterion: Criterion
    asked: tuple[str, ...]
    held: tuple[str, ...]
    reads_child: bool
    rows: Mapping[Part, Mapping[Part, Verdict]]

    @property
    def is_gate(self) -> bool:
        """Whether the criterion is about the referral alone."""
        return not self.held

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of all facts that it reads, in the order of the rows' values."""
        return self.asked + self.held

    def every_row(self) -> Iterator[tuple[Part, Verdict]]:
        """Yield the values of all facts, with the verdict."""
        for asked, rows in self.rows.items():
            for held, verdict in rows.items():
                yield asked + held, verdict

    def verdict(self, facts: Facts) -> Verdict:
        """Return the verdict on facts of which each has a value."""
        return self.rows[part_of(self.asked)(facts)][part_of(self.held)(facts)]


def part_of(names: tuple[str, ...]) -> Callable[[Facts], Part]:
    """Return what takes the values of some facts, always as a tuple."""
    if not names:
        return lambda _: ()
    if len(names) == 1:
        name = names[0]
        return lambda facts: (facts[name],)
    return cast("Callable[[Facts], Part]", itemgetter(*names))


def combination_count(names: Sequence[str], facts: Vocabulary) -> int:
    """Return how many combinations some facts have."""
    return prod(value_count(facts[name].domain) for name in names)


def every_combination(names: Sequence[str], facts: Vocabulary) -> list[Part]:
    """Return every combination of the values of some facts."""
    return list(product(*(facts[name].domain.every_value() for name in names)))


def in_words(names: Sequence[str], values: Part) -> str:
    """Return facts as a person reads them: `ofsted overall: inadequate; tier: 1`."""
    return "; ".join(
        f"{name.replace('_', ' ')}: {value_text(value)}"
        for name, value in zip(names, values, strict=True)
    )


def conditions_of(criterion: Criterion) -> dict[str, Condition]:
    """Return a criterion's conditions by the verdict that each stands for."""
    told: dict[str, Condition] = {MET: criterion.met}
    if criterion.refer is not None:
        told[REFER] = criterion.refer
    return told


def tabulate(
    criterion: Criterion, facts: Vocabulary, evaluator: Evaluator
) -> tuple[VerdictTable, list[Finding]]:
    """Return the criterion's table, and what is wrong with the criterion.

    Every combination goes through the evaluator once.
    """
    names = criterion.facts()
    held = tuple(name for name in names if facts[name].about == "agency")
    asked = tuple(name for name in names if facts[name].about != "agency")
    combinations = every_combination(asked + held, facts)
    told = evaluator.holding(
        criterion.id, [dict(zip(asked + held, each, strict=True)) for each in combinations]
    )
    rows: dict[Part, dict[Part, Verdict]] = {}
    overlaps = []
    for values, holding in zip(combinations, told, strict=True):
        rows.setdefault(values[: len(asked)], {})[values[len(asked) :]] = verdict_of(holding)
        if {MET, REFER} <= holding:
            overlaps.append(in_words(asked + held, values))
    reads_child = any(facts[name].about == "child" for name in asked)
    table = VerdictTable(criterion, asked, held, reads_child, rows)
    return table, _faults(table, overlaps)


def verdict_of(holding: frozenset[str]) -> Verdict:
    """Return the verdict for the conditions of a criterion that hold."""
    if MET in holding:
        return MET
    return REFER if REFER in holding else NOT_MET


def _faults(table: VerdictTable, overlaps: list[str]) -> list[Finding]:
    criterion = table.criterion
    named = f"the criterion {criterion.id}"
    in_refer: KeyPath = (*criterion.at, REFER)
    in_met: KeyPath = (*criterion.at, MET)
    if overlaps:
        count = f"{len(overlaps)} of its combinations"
        advice = "Let `met` and `refer` exclude each other."
        said = f"{named} is both met and referred in {count}, such as {overlaps[0]}. {advice}"
        return [Finding(in_refer, said)]
    verdicts = {verdict for _, verdict in table.every_row()}
    if MET not in verdicts:
        return [Finding(in_met, f"{named} is never met, whatever the facts. Correct its `met`.")]
    if verdicts == {MET}:
        said = f"{named} is met whatever the facts, so it decides nothing. Remove or correct it."
        return [Finding(in_met, said)]
    if criterion.refer is not None and REFER not in verdicts:
        said = f"{named} never refers to a person, whatever the facts. Remove its `refer`."
        return [Finding(in_refer, said)]
    return []


def missing_text(table: VerdictTable) -> list[Finding]:
    """Return the verdict that a criterion can give and has no text for, with a case."""
    criterion = table.criterion
    if criterion.says.not_met:
        return []
    for values, verdict in table.every_row():
        if verdict == NOT_MET:
            said = (
                f"the criterion {criterion.id} has no text for not_met, and is not met in this "
                f"case: {in_words(table.facts, values)}. Write `says.not_met`."
            )
            return [Finding((*criterion.at, "says"), said)]
    return []
