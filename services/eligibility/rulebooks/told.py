"""Rulebooks, their tables, examples and differences, as a program reads them."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from services.eligibility.differences.rewording import Reworded
from services.eligibility.differences.rulebook_diff import CriterionChange, Difference
from services.eligibility.differences.words import sentences
from services.eligibility.explanation import placeholders
from services.eligibility.facts import Value, value_text
from services.eligibility.trials.examples import OUTCOME_OF, ExamplesTried
from services.eligibility.verdicts.condensed import condensed
from services.eligibility.verdicts.policy import Policy
from services.eligibility.verdicts.tables import Facts, VerdictTable

Told = dict[str, object]

_FIRST_WORD: Final = re.compile(r"[A-Za-z0-9_-]+")


def combination_total(tables: Sequence[VerdictTable]) -> int:
    """Return how many combinations of facts some tables judge."""
    return sum(len(held) for table in tables for held in table.rows.values())


def told_check(policy: Policy, examples: ExamplesTried | None = None) -> Told:
    """Return what was proved of a rulebook, and what came of its examples if there are any."""
    rulebook = policy.rulebook
    end = rulebook.in_force.end
    return {
        "rulebook": rulebook.name,
        "version": rulebook.version,
        "digest": rulebook.digest,
        "from": rulebook.in_force.start.isoformat(),
        "to": end.isoformat() if end else None,
        "sound": True,
        "criteria": len(policy.tables),
        "combinations": combination_total(policy.tables),
        "promises": len(rulebook.never),
        "examples": told_tried(examples) if examples else None,
    }


def told_refused(reasons: Sequence[str]) -> Told:
    """Return why a rulebook is not sound."""
    return {"sound": False, "reasons": list(reasons)}


def told_table(
    table: VerdictTable, sources: Mapping[str, str] | None = None, *, every: bool = False
) -> Told:
    """Return what a criterion asks and says: condensed, or with every combination.

    Args:
        table: all that the criterion says.
        sources: what the keys of the rulebook's sources stand for.
        every: each combination by itself.
    """
    criterion = table.criterion
    told: Told = {
        "criterion": criterion.id,
        "asks": criterion.asks,
        "is_gate": table.is_gate,
        "source": criterion.source,
        "source_in_full": source_in_full(criterion.source, sources or {}),
        "reads": list(table.facts),
        "says": {
            "met": criterion.says.met,
            "refer": criterion.says.refer,
            "not_met": criterion.says.not_met,
        },
        "combinations": combination_total([table]),
    }
    if every:
        told["rows"] = [
            {"facts": told_facts(dict(zip(table.facts, values, strict=True))), "verdict": verdict}
            for values, verdict in table.every_row()
        ]
    else:
        told["lines"] = [
            {"when": line.when, "verdict": line.said, "combinations": line.combinations}
            for line in condensed(table)
        ]
    return told


def source_in_full(source: str, sources: Mapping[str, str]) -> str:
    """Return what the key of a source stands for; empty if it is not known."""
    key = _FIRST_WORD.match(source)
    return sources.get(key[0], "") if key else ""


def in_general(text: str) -> str:
    """Return what a criterion says, with the names of the facts where their values will stand."""
    for name in placeholders(text):
        text = text.replace(f"{{{name}}}", f"[{value_text(name)}]")
    return text


def told_tried(examples: ExamplesTried) -> Told:
    """Return what came of the examples: what fails, and which verdicts no example expects."""
    return {
        "cases": examples.count,
        "verdicts": examples.verdicts,
        "verdicts_covered": examples.verdicts_covered,
        "is_complete": examples.is_complete,
        "failures": [
            {"line": each.line, "name": each.name, "reason": each.reason}
            for each in examples.failures
        ],
        "uncovered": [
            {
                "criterion": each.criterion,
                "verdict": each.verdict,
                "such_as": told_facts(each.such_as),
            }
            for each in examples.uncovered
        ],
    }


def told_difference(found: Difference) -> Told:
    """Return what a new rulebook changes, with the sentences that say so."""
    return {
        "old": found.old,
        "new": found.new,
        "is_none": found.is_none,
        "judges_alike": found.judges_alike,
        "criteria": [_told_change(each) for each in found.criteria],
        "reworded": [_told_reworded(each) for each in found.reworded],
        "outcomes": _told_outcomes(found),
        "sentences": sentences(found),
    }


def told_facts(facts: Facts) -> Told:
    """Return a combination of facts; a set as its words in order."""
    return {name: _told_value(value) for name, value in facts.items()}


def _told_value(value: Value) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def _told_change(change: CriterionChange) -> Told:
    return {
        "criterion": change.criterion,
        "kind": change.kind,
        "was_called": change.was_called,
        "asks": change.asks,
        "is_gate": change.is_gate,
        "combinations": change.compared,
        "lines": [
            {
                "when": line.when,
                "was": line.said[0],
                "now": line.said[1],
                "combinations": line.combinations,
            }
            for line in change.lines
        ],
        "reworded": [_told_reworded(each) for each in change.reworded],
    }


def _told_reworded(each: Reworded) -> Told:
    return {"what": each.what, "was": each.was or None, "now": each.now or None}


def _told_outcomes(found: Difference) -> list[Told] | None:
    if found.outcomes is None:
        return None
    return [
        {"was": OUTCOME_OF[was], "now": OUTCOME_OF[now], "such_as": told_facts(case)}
        for (was, now), case in found.outcomes.items()
        if was != now
    ]
