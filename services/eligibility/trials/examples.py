"""Example cases of a rulebook, and whether the rulebook says what they say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.eligibility.decision import Outcome
from services.eligibility.rulebooks.criteria import MET, NOT_MET, REFER, Verdict
from services.eligibility.verdicts.columns import worst
from services.eligibility.verdicts.tables import Facts, VerdictTable, in_words

OUTCOME_OF: Final[Mapping[Verdict, Outcome]] = {
    MET: "eligible",
    REFER: "refer",
    NOT_MET: "not_eligible",
}
"""What becomes of an agency when this is the worst that any criterion says."""


@dataclass(frozen=True, slots=True)
class CriterionCase:
    """What one criterion must say to one combination of its facts.

    Args:
        line: where the case stands in its file.
    """

    name: str
    line: int
    criterion: str
    facts: Facts
    expected: Verdict


@dataclass(frozen=True, slots=True)
class AgencyCase:
    """What must become of one agency for one referral, every criterion and gate counted.

    Args:
        line: where the case stands in its file.
        units: every fact of the case, once for each child.
        refer: the criteria that leave it to a person, exactly.
        not_met: the criteria that are not met, exactly.
    """

    name: str
    line: int
    units: tuple[Facts, ...]
    outcome: Outcome
    refer: frozenset[str]
    not_met: frozenset[str]

    def expected(self, criterion: str) -> Verdict:
        """Return what a criterion must say."""
        if criterion in self.not_met:
            return NOT_MET
        return REFER if criterion in self.refer else MET


ExampleCase = CriterionCase | AgencyCase


@dataclass(frozen=True, slots=True)
class Failure:
    """A case in which the rulebook says something else."""

    name: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.name}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A verdict that a criterion can give, and no case expects.

    Args:
        such_as: the facts of one combination that it says so to.
    """

    criterion: str
    verdict: Verdict
    such_as: Facts

    def __str__(self) -> str:
        case = in_words(tuple(self.such_as), tuple(self.such_as.values()))
        said = self.verdict.replace("_", " ")
        return f"no example expects that {self.criterion} is {said}, as it is for {case}"


@dataclass(frozen=True, slots=True)
class ExamplesTried:
    """What came of all cases.

    Args:
        count: how many cases were tried.
        verdicts: how many verdicts there are to cover, over all criteria.
    """

    count: int
    verdicts: int
    failures: tuple[Failure, ...]
    uncovered: tuple[Uncovered, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every case holds and every verdict has one: what activation asks for."""
        return not self.failures and not self.uncovered

    @property
    def verdicts_covered(self) -> int:
        """How many verdicts have a case."""
        return self.verdicts - len(self.uncovered)

    def refusals(self) -> list[str]:
        """Return every reason against activation, in words."""
        return [str(each) for each in (*self.failures, *self.uncovered)]


def tried(tables: Sequence[VerdictTable], cases: Iterable[ExampleCase]) -> ExamplesTried:
    """Return what comes of the cases when the tables judge them.

    A verdict is covered by a case that expects it and holds. A case of a whole agency covers what
    it expects of each criterion.
    """
    by_id = {table.criterion.id: table for table in tables}
    covered: set[tuple[str, Verdict]] = set()
    failures = []
    tried_cases = tuple(cases)
    for case in tried_cases:
        reason = why_not(case, by_id)
        if reason:
            failures.append(Failure(case.name, case.line, reason))
        elif isinstance(case, CriterionCase):
            covered.add((case.criterion, case.expected))
        else:
            covered |= {(criterion, case.expected(criterion)) for criterion in by_id}
    possible = [each for table in tables for each in _verdicts(table)]
    uncovered = tuple(each for each in possible if (each.criterion, each.verdict) not in covered)
    return ExamplesTried(len(tried_cases), len(possible), tuple(failures), uncovered)


def why_not(case: ExampleCase, tables: Mapping[str, VerdictTable]) -> str:
    """Return why a case does not hold, in words; empty if it does."""
    if isinstance(case, CriterionCase):
        verdict = tables[case.criterion].verdict(case.facts)
        if verdict == case.expected:
            return ""
        return f"{case.criterion} is {_words(verdict)}; expected: {_words(case.expected)}"
    verdicts = verdicts_on(case.units, tables.values())
    wrong = [
        f"{criterion} is {_words(verdict)}; expected: {_words(case.expected(criterion))}"
        for criterion, verdict in verdicts.items()
        if verdict != case.expected(criterion)
    ]
    outcome = OUTCOME_OF[worst(verdicts.values())]
    if outcome != case.outcome:
        wrong.insert(0, f"the agency is {_words(outcome)}; expected: {_words(case.outcome)}")
    return "; ".join(wrong)


def verdicts_on(units: Sequence[Facts], tables: Iterable[VerdictTable]) -> dict[str, Verdict]:
    """Return what each criterion says of an agency for children together: the worst for any."""
    return {table.criterion.id: worst(table.verdict(unit) for unit in units) for table in tables}


def _verdicts(table: VerdictTable) -> list[Uncovered]:
    """Return each verdict that a criterion can give, the best first, with a combination."""
    first: dict[Verdict, Facts] = {}
    for values, verdict in table.every_row():
        if verdict not in first:
            first[verdict] = dict(zip(table.facts, values, strict=True))
    return [
        Uncovered(table.criterion.id, verdict, first[verdict])
        for verdict in OUTCOME_OF
        if verdict in first
    ]


def _words(word: str) -> str:
    return word.replace("_", " ")
