"""Decides: which agencies may be offered a child, which a person must look at, which not."""

from typing import Final, Literal, NamedTuple

from services.eligibility.panel import Panel, places
from services.eligibility.referral import Child, Referral
from services.eligibility.rulebooks.criteria import MET, NOT_MET, REFER, Verdict
from services.eligibility.verdicts.columns import Answer, Gates
from services.eligibility.verdicts.policy import Policy
from services.eligibility.verdicts.tables import Facts

Outcome = Literal["eligible", "refer", "not_eligible"]

FORM: Final = 2
"""Which fields a decision is told with now; form 1 had none about versions and occasions."""


class Alone(NamedTuple):
    """What the policy says of one child of a group, or a parent with its own child, alone."""

    child: Child
    facts: Facts
    gates: Gates
    answer: Answer

    @property
    def passing(self) -> tuple[int, int]:
        """The agencies whose outcome is eligible, and those whose outcome is refer."""
        return _passing(self.gates, self.answer)


class Decision(NamedTuple):
    """What the policy says of one referral to every agency of a panel.

    Sets of agencies are bits by the agency's place in the panel.

    Args:
        gates: what the gates say to the referral as a whole.
        answer: what the criteria about agencies say, whatever the gates say.
    """

    referral: Referral
    panel: Panel
    policy: Policy
    gates: Gates
    answer: Answer

    @property
    def not_eligible(self) -> int:
        """The agencies that fail at least one criterion about agencies."""
        return self.panel.everyone & ~(self.answer.eligible | self.answer.refer)

    @property
    def spot_purchase_indicated(self) -> bool:
        """Whether the framework has nobody for this child.

        No agency meets every criterion, and the referral was not stopped at a gate, where the
        next step is the council's own.
        """
        return not self.answer.eligible and self.gates.outcome != NOT_MET

    @property
    def not_met_counts(self) -> dict[str, int]:
        """How many agencies fail each criterion about agencies."""
        return not_met_counts(self.policy, self.answer)

    def outcomes(self) -> list[Outcome]:
        """Return the outcome of each agency, by its place: the gates and its own criteria."""
        passes, refers = self.passing
        outcomes: list[Outcome] = ["not_eligible"] * len(self.panel.agencies)
        for place in places(passes):
            outcomes[place] = "eligible"
        for place in places(refers):
            outcomes[place] = "refer"
        return outcomes

    @property
    def passing(self) -> tuple[int, int]:
        """The agencies whose outcome is eligible, and those whose outcome is refer."""
        return _passing(self.gates, self.answer)

    def verdicts(self) -> list[tuple[Verdict, ...]]:
        """Return each agency's verdicts, by its place, in the order of the criteria."""
        return list(zip(*[column.verdicts for column in self.answer.columns], strict=True))

    def each_alone(self) -> list[Alone]:
        """Return what the policy says of each unit of a group alone; nothing where it is one."""
        if len(self.referral.facts) == 1:
            return []
        columns = self.policy.columns(self.panel)
        named = zip(self.referral.units, self.referral.facts_alone, strict=True)
        return [
            Alone(child, facts, columns.gates((facts,)), columns.answer((facts,)))
            for child, facts in named
        ]


def decide(referral: Referral, panel: Panel, policy: Policy) -> Decision:
    """Return what the policy says of a referral to every agency of the panel."""
    columns = policy.columns(panel)
    units = referral.facts
    return Decision(referral, panel, policy, columns.gates(units), columns.answer(units))


def not_met_counts(policy: Policy, answer: Answer) -> dict[str, int]:
    """Return how many agencies fail each criterion about agencies."""
    named = zip(policy.agency_criteria, answer.columns, strict=True)
    return {criterion: column.not_met.bit_count() for criterion, column in named}


def _passing(gates: Gates, answer: Answer) -> tuple[int, int]:
    if gates.outcome == MET:
        return answer.eligible, answer.refer
    return 0, answer.eligible | answer.refer if gates.outcome == REFER else 0
