"""Puts a rulebook in force, or in shadow, with all that proves it, or changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.eligibility.rulebooks.examining import (
    ActivationRefused,
    Examined,
    ProvedFile,
    Wanted,
    examine,
    prove_file,
)
from services.eligibility.store import activations, register_store, rulebook_store
from services.eligibility.store.activations import State, Step
from services.eligibility.verdicts.policy import Policy
from shared.framework.framework import Framework
from shared.messaging.work import Work

LONGEST_ACTOR: Final = 80
LONGEST_REASON: Final = 600


@dataclass(frozen=True, slots=True)
class Activated:
    """What an activation did: the steps that it took, none if all was so already."""

    examined: Examined
    steps: Sequence[Step]

    def told(self) -> dict[str, object]:
        """Return it for a program."""
        return self.examined.told() | {"steps": [step.number for step in self.steps]}


def take_step(
    work: Work,
    proved: ProvedFile,
    framework: Framework,
    wanted: Wanted,
    *,
    actor: str,
    reason: str,
) -> Activated:
    """Put a proved rulebook in force, or in shadow; nothing is changed unless all holds.

    Raises:
        RulebookRefused, ActivationRefused: as for `examine`; or nobody is named, or no reason.
    """
    _refuse_unsigned(actor, reason)
    connection = work.connection
    # From here on nobody changes what is in use but us.
    activations.let_nobody_else_activate(connection)
    # Nor does a word come into the register that was not there when we looked for those it lacks.
    register_store.claim_register(connection)
    examined = examine(connection, proved, framework, wanted)
    if examined.is_so_already:
        return Activated(examined, [])
    rulebook = proved.policy.rulebook
    rulebook_store.keep(connection, [rulebook], work.now)
    steps: list[tuple[str, State]] = [(rulebook.digest, wanted)]
    if examined.ends_shadow:
        steps.insert(0, (rulebook.digest, "shadow_ended"))
    return Activated(examined, record(work, steps, actor=actor, reason=reason))


def activate_file(
    work: Work,
    path: Path,
    framework: Framework,
    actor: str,
    reason: str,
    *,
    shadow: bool = False,
) -> Activated:
    """Prove the rulebook of a file, and put it in force or in shadow, or change nothing.

    Raises:
        FileRefused, RulebookRefused, ActivationRefused: as for `prove_file` and `take_step`.
    """
    wanted: Wanted = "shadow" if shadow else "in_force"
    proved = prove_file(path, framework)
    return take_step(work, proved, framework, wanted, actor=actor, reason=reason)


def end_shadow(work: Work, actor: str, reason: str) -> Step:
    """End the trial of the rulebook that is in shadow.

    Raises:
        ActivationRefused: none is in shadow, nobody is named, or no reason is given.
    """
    _refuse_unsigned(actor, reason)
    activations.let_nobody_else_activate(work.connection)
    shadow = activations.steps_taken(work.connection).shadow
    if shadow is None:
        raise ActivationRefused("No rulebook is in shadow, so there is no trial to end.")
    [step] = record(work, [(shadow.digest, "shadow_ended")], actor=actor, reason=reason)
    return step


def record(work: Work, told: Sequence[tuple[str, State]], *, actor: str, reason: str) -> list[Step]:
    """Take steps with rulebooks that are kept, and log each of them."""
    steps = activations.append(work.connection, told, work.now, actor=actor, reason=reason)
    for step in steps:
        work.record("rulebook", step.digest, step.told())
    return steps


def activate_first(work: Work, policies: Iterable[Policy], framework: Framework) -> None:
    """Put the rulebooks of a framework pack in force, where none was ever activated.

    Several workers may start on a new database at once: one of them does it.
    """
    activations.let_nobody_else_activate(work.connection)
    if activations.latest(work.connection) is not None:
        return
    told = sorted((each.rulebook for each in policies), key=lambda each: each.in_force.start)
    rulebook_store.keep(work.connection, told, work.now)
    record(
        work,
        [(each.digest, "in_force") for each in told],
        actor=f"framework pack {framework.id}"[:LONGEST_ACTOR],
        reason=f"the first start on this database, with the pack {framework.digest[:12]}",
    )


def _refuse_unsigned(actor: str, reason: str) -> None:
    for name, told, longest in (
        ("who does it", actor, LONGEST_ACTOR),
        ("the reason", reason, LONGEST_REASON),
    ):
        if not told.strip() or len(told) > longest:
            raise ActivationRefused(f"Say {name}, in 1 to {longest} characters.")
