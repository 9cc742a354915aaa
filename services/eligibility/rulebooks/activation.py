"""Puts rulebooks in force, or in shadow, with all that proves them, or changes nothing."""

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
    """What an activation did with one rulebook: the steps taken, none if all was so already."""

    examined: Examined
    steps: Sequence[Step]

    def told(self) -> dict[str, object]:
        """Return it for a program."""
        return self.examined.told() | {"steps": [step.number for step in self.steps]}


def take_steps(
    work: Work,
    proved: Sequence[ProvedFile],
    framework: Framework,
    wanted: Wanted,
    *,
    actor: str,
    reason: str,
) -> list[Activated]:
    """Put rulebooks in force together, or one in shadow; nothing is changed unless all holds.

    Raises:
        RulebookRefused, ActivationRefused: as for `examine`; or nobody is named, or no reason.
    """
    refuse_unsigned(actor, reason)
    connection = work.connection
    # From here on nobody changes what is in use but us.
    activations.let_nobody_else_activate(connection)
    # Nor does a word come into the register that was not there when we looked for those it lacks.
    register_store.claim_register(connection)
    examined = examine(connection, proved, framework, wanted)
    fresh = [each for each in examined if not each.is_so_already]
    steps: list[tuple[str, State]] = []
    for each in fresh:
        digest = each.proved.policy.rulebook.digest
        steps += [(digest, "shadow_ended")] if each.ends_shadow else []
        steps.append((digest, wanted))
    if steps:
        told = [each.proved.policy.rulebook for each in fresh]
        rulebook_store.keep(connection, told, work.now)
    taken = record(work, steps, actor=actor, reason=reason)
    return [Activated(each, _of(each, taken)) for each in examined]


def _of(examined: Examined, taken: Sequence[Step]) -> list[Step]:
    return [step for step in taken if step.digest == examined.proved.policy.rulebook.digest]


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
        FileRefused, RulebookRefused, ActivationRefused: as for `prove_file` and `take_steps`.
    """
    wanted: Wanted = "shadow" if shadow else "in_force"
    proved = prove_file(path, framework)
    [done] = take_steps(work, [proved], framework, wanted, actor=actor, reason=reason)
    return done


def end_shadow(work: Work, actor: str, reason: str) -> Step:
    """End the trial of the rulebook that is in shadow.

    Raises:
        ActivationRefused: none is in shadow, nobody is named, or no reason is given.
    """
    refuse_unsigned(actor, reason)
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


def refuse_unsigned(actor: str, reason: str) -> None:
    """Refuse what nobody answers for, or without a reason.

    Raises:
        ActivationRefused: nobody is named, or no reason is given.
    """
    for name, told, longest in (
        ("who does it", actor, LONGEST_ACTOR),
        ("the reason", reason, LONGEST_REASON),
    ):
        if not told.strip() or len(told) > longest:
            raise ActivationRefused(f"Say {name}, in 1 to {longest} characters.")
