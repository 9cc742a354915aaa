"""What the trial of a rulebook came to: how often it would have decided otherwise, and why."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select

from services.eligibility.store.activations import Step, StepsTaken, steps_taken
from services.eligibility.store.rulebook_store import Kept, kept_rulebooks
from services.eligibility.store.tables import decisions, shadow_differences
from shared.errors import FosterframeError

EXAMPLES_TOLD: Final = 5
_WORDS: Final = ("gained", "lost", "changed")
_ROWS_AT_A_TIME: Final = 500


class NoShadow(FosterframeError):  # noqa: N818 - a fact about the store
    """No rulebook was ever tried."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial of a rulebook, from the step that began it to the one that ended it.

    Args:
        since: the end of its trial before this one, if it was tried before.
    """

    rulebook: Kept
    began: Step
    ended: Step | None
    since: datetime | None


@dataclass(slots=True)
class Counts:
    """How many decisions differ, by what differs in them.

    Args:
        differ: decisions with another outcome or another order.
        reordered: those of them in which only the order differs.
        failed: those that the rulebook could not judge.
        agencies: by an agency's number, how often it would be gained, lost, or changed between
            eligible and referred to a person.
        criteria: by a criterion's id, in how many decisions it makes a difference.
        examples: the ids of the latest decisions that differ.
    """

    differ: int = 0
    reordered: int = 0
    failed: int = 0
    agencies: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    criteria: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, decision_id: str, differs: Mapping[str, Any]) -> None:
        """Count one decision that differs."""
        self.differ += 1
        if len(self.examples) < EXAMPLES_TOLD:
            self.examples.append(decision_id)
        if "failed" in differs:
            self.failed += 1
            return
        causes: set[str] = set()
        for word in _WORDS:
            for each in differs[word]:
                self.agencies[each["agency"]][word] += 1
                causes.update(each["criteria"])
        self.criteria.update(causes)
        self.reordered += not any(differs[word] for word in _WORDS)


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """What a trial came to so far.

    Args:
        decisions: how many were made while it ran.
    """

    trial: Trial
    decisions: int
    counts: Counts

    def told(self) -> dict[str, object]:
        """Return the report for a program."""
        trial, counts = self.trial, self.counts
        return {
            "rulebook": trial.rulebook.name,
            "version": trial.rulebook.version,
            "digest": trial.rulebook.digest,
            "began_at": trial.began.recorded_at.isoformat(),
            "began_by": trial.began.actor,
            "reason": trial.began.reason,
            "ended_at": trial.ended.recorded_at.isoformat() if trial.ended else None,
            "decisions": self.decisions,
            "differ": counts.differ,
            "only_reordered": counts.reordered,
            "failed": counts.failed,
            "by_agency": {
                urn: {word: words[word] for word in _WORDS}
                for urn, words in sorted(counts.agencies.items())
            },
            "by_criterion": dict(counts.criteria.most_common()),
            "examples": counts.examples,
        }


def shadow_report(connection: Connection) -> ShadowReport:
    """Return what the trial that runs came to so far, or else the last one.

    Raises:
        NoShadow: no rulebook was ever tried.
    """
    trial = _trial(steps_taken(connection), kept_rulebooks(connection))
    counts = Counts()
    found = (
        select(shadow_differences.c.decision_id, shadow_differences.c.differs)
        .where(shadow_differences.c.digest == trial.rulebook.digest)
        .order_by(shadow_differences.c.recorded_at.desc(), shadow_differences.c.decision_id)
    )
    if trial.since is not None:
        found = found.where(shadow_differences.c.recorded_at > trial.since)
    for row in connection.execute(found.execution_options(yield_per=_ROWS_AT_A_TIME)):
        counts.add(row.decision_id, json.loads(row.differs))
    return ShadowReport(trial, _decided(connection, trial), counts)


def _trial(taken: StepsTaken, kept: Mapping[str, Kept]) -> Trial:
    steps = taken.trials
    began = next((step for step in reversed(steps) if step.state == "shadow"), None)
    if began is None:
        raise NoShadow(
            "No rulebook was tried yet. Try one: fosterframe rulebook activate FILE --shadow "
            "--as YOUR_NAME --reason TEXT --yes."
        )
    ended = next((step for step in steps if step.number > began.number), None)
    before = [
        step.recorded_at
        for step in steps
        if step.number < began.number and step.digest == began.digest and step.state != "shadow"
    ]
    return Trial(kept[began.digest], began, ended, before[-1] if before else None)


def _decided(connection: Connection, trial: Trial) -> int:
    made = select(func.count()).where(decisions.c.decided_at >= trial.began.recorded_at)
    if trial.ended is not None:
        made = made.where(decisions.c.decided_at < trial.ended.recorded_at)
    return connection.execute(made.select_from(decisions)).scalar_one()
