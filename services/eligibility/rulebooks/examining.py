"""Finds out whether rulebooks may be put in force, or in shadow, and what that would change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection

from services.eligibility.facts import Vocabulary, vocabulary
from services.eligibility.register.words import unknown_on_register
from services.eligibility.rulebooks.periods import period_faults
from services.eligibility.rulebooks.proving import proved
from services.eligibility.rulebooks.rulebook import Place, Rulebook, RulebookFault, RulebookRefused
from services.eligibility.rulebooks.rulebook_yaml import rulebook_again
from services.eligibility.store import rulebook_store
from services.eligibility.store.activations import StepsTaken, steps_taken
from services.eligibility.store.register_store import read_register
from services.eligibility.store.rulebook_store import Kept, kept_rulebooks
from services.eligibility.trials.examples import ExamplesTried, tried
from services.eligibility.trials.examples_yaml import examples_beside, read_examples
from services.eligibility.verdicts.policy import Policy
from shared.errors import FosterframeError
from shared.framework.framework import Framework

Wanted = Literal["in_force", "shadow"]
"""Whether a rulebook is to decide, or to be tried beside what decides."""


class ActivationRefused(FosterframeError):  # noqa: N818 - what happens to the activation
    """What was asked for cannot be done as things stand; the rulebook itself has no fault."""


@dataclass(frozen=True, slots=True)
class ProvedFile:
    """A rulebook as its file has it, tabulated and proved, with what came of its examples."""

    path: Path
    policy: Policy
    examples: ExamplesTried


@dataclass(frozen=True, slots=True)
class Examined:
    """What an activation would do.

    Args:
        is_so_already: nothing would change.
        replaced: the rulebook that begins on the same day and would decide no more, if one does.
        before: the rulebook that decides on its first day until now, if one does.
        ends: the day from which another rulebook decides, or none; None if no day is known.
        ends_shadow: it is tried now, and would decide instead.
    """

    proved: ProvedFile
    wanted: Wanted
    is_so_already: bool
    replaced: Kept | None
    before: Kept | None
    ends: date | None
    ends_shadow: bool

    def told(self) -> dict[str, object]:
        """Return it for a program."""
        rulebook, examples = self.proved.policy.rulebook, self.proved.examples
        return {
            "rulebook": rulebook.name,
            "version": rulebook.version,
            "digest": rulebook.digest,
            "wanted": self.wanted,
            "is_so_already": self.is_so_already,
            "from": rulebook.in_force.start.isoformat(),
            "to": self.ends.isoformat() if self.ends else None,
            "replaces": str(self.replaced) if self.replaced else None,
            "before": str(self.before) if self.before else None,
            "ends_shadow": self.ends_shadow,
            "criteria": len(self.proved.policy.tables),
            "promises": len(rulebook.never),
            "examples": examples.count,
            "verdicts_covered": examples.verdicts_covered,
        }


def prove_file(path: Path, framework: Framework) -> ProvedFile:
    """Return the rulebook of a file, tabulated and proved, and what came of its examples.

    Raises:
        FileRefused: the file, or that of the examples beside it, has faults or is not there.
        RulebookRefused: the rulebook contradicts itself or its promises, with each reason.
    """
    policy = proved(path, framework)
    cases = read_examples(examples_beside(path), policy.rulebook, framework.age_bands)
    return ProvedFile(path, policy, tried(policy.tables, cases))


def examine(
    connection: Connection, proved: Sequence[ProvedFile], framework: Framework, wanted: Wanted
) -> list[Examined]:
    """Return what an activation of rulebooks together would do; nothing is changed.

    What each of them would do is told in the order of their days.

    Raises:
        RulebookRefused: an example fails, or a verdict has none; the days of one do not fit to
            those of the others and of the rulebooks in use; its version is another one's; the
            register has words that it lacks. Each reason is told.
        ActivationRefused: another rulebook is tried, or this one decides already.
    """
    if wanted == "shadow" and len(proved) > 1:
        raise ActivationRefused("Only one rulebook can be tried in shadow at a time.")
    in_order = sorted(proved, key=lambda each: each.policy.rulebook.in_force.start)
    together = [each.policy.rulebook for each in in_order]
    taken, kept = steps_taken(connection), kept_rulebooks(connection)
    others = _others(connection, together, taken, vocabulary(framework))
    faults = [fault for each in in_order for fault in _example_faults(each)]
    faults += period_faults([*together, *others])
    faults += _version_faults(together, kept.values())
    faults += [fault for each in together for fault in _word_faults(connection, each)]
    if faults:
        raise RulebookRefused(faults)
    first_days = {*taken.in_force, *(each.in_force.start for each in together)}
    return [_examined(each, wanted, taken, kept, first_days) for each in in_order]


def _examined(
    proved: ProvedFile,
    wanted: Wanted,
    taken: StepsTaken,
    kept: Mapping[str, Kept],
    first_days: Iterable[date],
) -> Examined:
    rulebook = proved.policy.rulebook
    first_day = rulebook.in_force.start
    decides = taken.in_force.get(first_day)
    is_so_already = _is_so_already(rulebook, wanted, taken)
    return Examined(
        proved=proved,
        wanted=wanted,
        is_so_already=is_so_already,
        replaced=kept[decides.digest] if decides and not is_so_already else None,
        before=None if is_so_already else decides_on(first_day, taken, kept),
        ends=rulebook.in_force.end
        or min((day for day in first_days if day > first_day), default=None),
        ends_shadow=wanted == "in_force" and is_tried(rulebook.digest, taken),
    )


def is_tried(digest: str, taken: StepsTaken) -> bool:
    """Say whether a rulebook is in shadow."""
    return taken.shadow is not None and taken.shadow.digest == digest


def decides_on(day: date, taken: StepsTaken, kept: Mapping[str, Kept]) -> Kept | None:
    """Return the rulebook that decides on a day, if one does."""
    begun = [step for first_day, step in taken.in_force.items() if first_day <= day]
    last = kept[begun[-1].digest] if begun else None
    return last if last is not None and day in last.in_force else None


def _example_faults(proved: ProvedFile) -> Iterator[RulebookFault]:
    told, file = str(proved.policy.rulebook), str(examples_beside(proved.path))
    for failure in proved.examples.failures:
        reason = f"the example {failure.name}: {failure.reason}"
        yield RulebookFault(told, Place(file, failure.line), reason)
    for uncovered in proved.examples.uncovered:
        yield RulebookFault(told, Place(file, None), f"{uncovered}. Add such an example.")


def _others(
    connection: Connection, together: Sequence[Rulebook], taken: StepsTaken, known: Vocabulary
) -> Iterator[Rulebook]:
    """Yield the rulebooks in use that would decide beside them, each on its own days."""
    replaced = {each.in_force.start for each in together}
    for first_day, step in taken.in_force.items():
        if first_day not in replaced:
            yield rulebook_again(rulebook_store.content(connection, step.digest), known)


def _version_faults(together: Sequence[Rulebook], kept: Iterable[Kept]) -> Iterator[RulebookFault]:
    """Yield a fault where a decision that names a version could mean another rulebook."""
    known = {str(each): (each.digest, "is kept already") for each in kept}
    for rulebook in together:
        digest, where = known.setdefault(str(rulebook), (rulebook.digest, "comes with it"))
        if digest != rulebook.digest:
            reason = (
                f"another rulebook of this version {where} ({digest[:12]}), and decisions name the "
                "version. Change `version`."
            )
            yield RulebookFault(str(rulebook), rulebook.origin.place(("version",)), reason)


def _word_faults(connection: Connection, rulebook: Rulebook) -> Iterator[RulebookFault]:
    place = rulebook.origin.place(("facts",))
    for each in unknown_on_register(rulebook, read_register(connection)):
        yield RulebookFault(str(rulebook), place, f"{each}. Add the word, or correct the register.")


def _is_so_already(rulebook: Rulebook, wanted: Wanted, taken: StepsTaken) -> bool:
    decides = taken.in_force.get(rulebook.in_force.start)
    decides_already = decides is not None and decides.digest == rulebook.digest
    if wanted == "in_force":
        return decides_already
    if decides_already:
        raise ActivationRefused(
            f"The rulebook {rulebook} decides already, from {rulebook.in_force.start} on. Only "
            "another one can be tried beside it."
        )
    if taken.shadow is not None and not is_tried(rulebook.digest, taken):
        raise ActivationRefused(
            "Another rulebook is in shadow. End its trial first: fosterframe rulebook shadow "
            "--end --as YOUR_NAME."
        )
    return taken.shadow is not None
