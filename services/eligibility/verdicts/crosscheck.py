"""Checks, for a sample of decisions, that the tables still say what the rules engine says."""

from typing import Final

from services.eligibility.decision import Decision
from services.eligibility.verdicts.tables import Facts, VerdictTable, part_of, verdict_of
from shared.errors import FosterframeError

ONE_IN: Final = 1_000
"""Of how many decisions one is checked."""


class TableContradicted(FosterframeError):  # noqa: N818 - what the engine does to the table
    """The rules engine no longer says what it said when the rulebook was activated."""


def is_sampled(body_digest: str) -> bool:
    """Say whether a decision is one of the sample: always the same ones, by their digest."""
    return int(body_digest[:12], 16) % ONE_IN == 0


def cross_check(decision: Decision) -> int:
    """Ask the engine again for every verdict of a decision; return how many it was asked for.

    Raises:
        TableContradicted: the engine's answer is not the table's.
    """
    asked = 0
    for table in decision.policy.tables:
        combinations = _combinations(decision, table)
        told = decision.policy.evaluator.holding(table.criterion.id, combinations)
        for facts, holding in zip(combinations, told, strict=True):
            if verdict_of(holding) != table.verdict(facts):
                raise TableContradicted(
                    f"The table of the criterion {table.criterion.id} of rulebook "
                    f"{decision.policy.rulebook} is not what the rules engine says. "
                    "Stop the service, and report this with the rulebook."
                )
        asked += len(combinations)
    return asked


def _combinations(decision: Decision, table: VerdictTable) -> list[Facts]:
    """Return each different combination of facts that the decision looked up in a table."""
    part = part_of(table.facts)
    agencies: list[Facts] = [agency.facts for agency in decision.panel.agencies]
    units = [*decision.referral.facts, *(alone.facts for alone in decision.each_alone())]
    looked_up = (
        {**unit, **agency} for unit in units for agency in (agencies if table.held else [{}])
    )
    return list({part(facts): facts for facts in looked_up}.values())
