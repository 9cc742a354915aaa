"""Keeps which rulebooks are in use: each step that a person took with one, in the order taken."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final, Literal, cast

from sqlalchemy import Connection, Row, delete, insert, select, text

from services.eligibility.store.tables import delivery, rulebook_activations, rulebooks

State = Literal["in_force", "withdrawn", "shadow", "shadow_ended"]
"""What a step makes of a rulebook: it decides, or was taken back before it did; it is tried beside
what decides, or no longer.
"""

WITHDRAWN_SINCE: Final = "0006"
"""The step of the tables since which the code knows that a rulebook may be withdrawn."""

_BY_NUMBER: Final = select(
    rulebook_activations, rulebooks.c.in_force_from.label("in_force_from")
).join(rulebooks, rulebooks.c.digest == rulebook_activations.c.digest)
_LATEST: Final = (
    select(rulebook_activations).order_by(rulebook_activations.c.number.desc()).limit(1)
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was made of a rulebook, who did it, why and when."""

    number: int
    digest: str
    state: State
    actor: str
    reason: str
    recorded_at: datetime

    def told(self) -> bytes:
        """Return the step as JSON, always in the same form; the log keeps its digest."""
        return json.dumps(
            {
                "number": self.number,
                "digest": self.digest,
                "state": self.state,
                "actor": self.actor,
                "reason": self.reason,
                "recorded_at": self.recorded_at.astimezone(UTC).isoformat(),
            },
            sort_keys=True,
            ensure_ascii=False,
        ).encode()


@dataclass(frozen=True, slots=True)
class StepsTaken:
    """All steps, in order, and what they come to.

    Args:
        steps: each step with the first day of its rulebook.
    """

    steps: Sequence[tuple[Step, date]]

    @property
    def latest(self) -> Step | None:
        """The last step; while it is the same, so is all that follows from the steps."""
        return self.steps[-1][0] if self.steps else None

    @property
    def in_force(self) -> dict[date, Step]:
        """The steps whose rulebooks decide, by their first day: of several the last one taken.

        Where that one was withdrawn, the one before it does.
        """
        begun: dict[date, list[Step]] = {}
        for step, first_day in self.steps:
            if step.state in {"in_force", "withdrawn"}:
                others = [each for each in begun.get(first_day, []) if each.digest != step.digest]
                begun[first_day] = [*others, step] if step.state == "in_force" else others
        return {first_day: begun[first_day][-1] for first_day in sorted(begun) if begun[first_day]}

    @property
    def shadow(self) -> Step | None:
        """The step by which a rulebook is tried beside what decides, if one is now."""
        tried = self.trials
        return tried[-1] if tried and tried[-1].state == "shadow" else None

    @property
    def trials(self) -> list[Step]:
        """The steps by which trials began or ended."""
        return [step for step, _ in self.steps if step.state in {"shadow", "shadow_ended"}]

    def without(self, step: Step) -> "StepsTaken":
        """Return what the steps would come to, were the rulebook of one of them withdrawn."""
        first_days = {each.digest: first_day for each, first_day in self.steps}
        withdrawn = replace(step, state="withdrawn")
        return StepsTaken([*self.steps, (withdrawn, first_days[step.digest])])


def let_nobody_else_activate(connection: Connection) -> None:
    """Make steps follow each other until the transaction ends; SQLite has one writer anyhow."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE rulebook_activations IN SHARE ROW EXCLUSIVE MODE"))


def let_no_older_code_start(connection: Connection) -> None:
    """Keep code from starting that would let a withdrawn rulebook decide when its day comes."""
    floor = delivery.floor
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {floor.name} IN SHARE ROW EXCLUSIVE MODE"))
    if (connection.scalar(select(floor.c.step)) or "") < WITHDRAWN_SINCE:
        connection.execute(delete(floor))
        connection.execute(insert(floor).values(only=1, step=WITHDRAWN_SINCE))


def latest(connection: Connection) -> Step | None:
    """Return the last step that was taken, if any was."""
    row = connection.execute(_LATEST).one_or_none()
    return None if row is None else _step(row)


def steps_taken(connection: Connection) -> StepsTaken:
    """Return every step that was taken."""
    rows = connection.execute(_BY_NUMBER.order_by(rulebook_activations.c.number))
    return StepsTaken([(_step(row), row.in_force_from) for row in rows])


def append(
    connection: Connection,
    told: Iterable[tuple[str, State]],
    recorded_at: datetime,
    *,
    actor: str,
    reason: str,
) -> list[Step]:
    """Add steps, and return them; each rulebook, by its digest, is kept already."""
    let_nobody_else_activate(connection)
    last = latest(connection)
    steps = [
        Step(number, digest, state, actor, reason, recorded_at)
        for number, (digest, state) in enumerate(told, start=last.number + 1 if last else 1)
    ]
    if steps:
        rows = [{name: getattr(step, name) for name in Step.__slots__} for step in steps]
        connection.execute(insert(rulebook_activations), rows)
    return steps


def _step(row: Row[*tuple[object, ...]]) -> Step:
    return Step(
        row.number,
        row.digest,
        cast("State", row.state),
        row.actor,
        row.reason,
        row.recorded_at,
    )
