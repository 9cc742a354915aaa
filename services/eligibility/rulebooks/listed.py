"""Lists every rulebook that is kept, and what became of it: who put it in use, why and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection

from services.eligibility.store.activations import Step, StepsTaken, steps_taken
from services.eligibility.store.rulebook_store import Kept, kept_rulebooks
from shared.days import Period

Standing = Literal[
    "in force", "to come", "over", "replaced", "withdrawn", "in shadow", "tried", "kept"
]
"""What a rulebook is today. `over` decided until another began; `replaced` decides no day at all,
for another was put in force from the same day; `withdrawn` was taken back before its first day;
`tried` was in shadow only; `kept` was in no use.
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """One rulebook that is kept.

    Args:
        decides: the days of whose referrals it decides; none, if it decides no day.
        last: the last step that was taken with it.
    """

    rulebook: Kept
    standing: Standing
    decides: Period | None
    last: Step | None

    def told(self) -> dict[str, object]:
        """Return it for a program."""
        last, decides = self.last, self.decides
        return {
            "rulebook": self.rulebook.name,
            "version": self.rulebook.version,
            "digest": self.rulebook.digest,
            "standing": self.standing,
            "decides_from": decides.start.isoformat() if decides else None,
            "decides_to": decides.end.isoformat() if decides and decides.end else None,
            "by": last.actor if last else None,
            "reason": last.reason if last else None,
            "at": last.recorded_at.isoformat() if last else None,
        }


def rulebooks_listed(connection: Connection, today: date) -> list[Listed]:
    """Return every rulebook that is kept, those that decide first, in the order of their days."""
    kept, taken = kept_rulebooks(connection), steps_taken(connection)
    decide = days_decided(taken, kept)
    last = {step.digest: step for step, _ in taken.steps}
    listed = [
        Listed(each, _standing(digest, taken, decide, today), decide.get(digest), last.get(digest))
        for digest, each in kept.items()
    ]
    return sorted(listed, key=lambda each: (each.decides is None, each.rulebook.in_force.start))


def days_decided(taken: StepsTaken, kept: Mapping[str, Kept]) -> dict[str, Period]:
    """Return the days of each rulebook that decides: up to its end, or until the next begins."""
    first_days = list(taken.in_force)
    days = {}
    for first_day, following in zip(first_days, [*first_days[1:], None], strict=True):
        digest = taken.in_force[first_day].digest
        days[digest] = Period(first_day, kept[digest].in_force.end or following)
    return days


def _standing(
    digest: str, taken: StepsTaken, decide: Mapping[str, Period], today: date
) -> Standing:
    if digest in decide:
        days = decide[digest]
        if days.start > today:
            return "to come"
        return "in force" if today in days else "over"
    if taken.shadow is not None and taken.shadow.digest == digest:
        return "in shadow"
    states = [step.state for step, _ in taken.steps if step.digest == digest]
    last = next((each for each in reversed(states) if each in {"in_force", "withdrawn"}), None)
    if last is not None:
        return "replaced" if last == "in_force" else "withdrawn"
    return "tried" if states else "kept"
