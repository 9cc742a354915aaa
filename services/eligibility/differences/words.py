"""Says in English what a new rulebook changes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from services.eligibility.differences.rewording import Reworded
from services.eligibility.differences.rulebook_diff import (
    Change,
    CriterionChange,
    Difference,
    Kind,
    Said,
)
from services.eligibility.rulebooks.criteria import MET, NOT_MET, REFER, Verdict
from services.eligibility.verdicts.tables import Facts, in_words

SAID: Final[Mapping[Said, str]] = {
    MET: "met",
    REFER: "referred to a person",
    NOT_MET: "not met",
    "not_asked": "not asked",
    "no_word": "without a word for it",
}
OUTCOMES: Final[Mapping[Verdict, str]] = {
    MET: "eligible",
    REFER: "referred to a person",
    NOT_MET: "not eligible",
}
_KINDS: Final[Mapping[Kind, str]] = {
    "added": "is new: {asks}",
    "removed": "is no longer asked: {asks}",
    "changed": "judges otherwise: {asks}",
    "renamed": "was called {was} before, and says the same: {asks}",
}
_NOT_WORKED_OUT: Final = (
    "What becomes of an agency as a whole cannot be worked out, for the criteria share too many "
    "facts. Simulate the rulebook on stored referrals instead."
)
_WORDS_APART: Final = (
    "What follows is said of facts for which both rulebooks have words. Where only one has, it "
    "alone can judge."
)
_NOTHING_AS_A_WHOLE: Final = (
    "For an agency as a whole nothing changes: whatever the facts, its outcome is the same.",
    "For an agency as a whole nothing else changes.",
)
_ORDER: Final = (MET, REFER, NOT_MET)


def sentences(found: Difference) -> list[str]:
    """Return everything that changes, one sentence each, the criteria first."""
    if found.is_none:
        return [f"Nothing changes between rulebook {found.old} and {found.new}."]
    told = [f"From rulebook {found.old} to {found.new}:"]
    for change in found.criteria:
        told += [heading(change), *(f"  {line}" for line in of_criterion(change))]
    told += [reworded(each) for each in found.reworded]
    return [*told, *as_a_whole(found)]


def heading(change: CriterionChange) -> str:
    """Return which criterion changes, and how."""
    kind = _KINDS[change.kind]
    if change.kind == "changed" and not change.lines and change.compared is not None:
        kind = "judges as before, in other words: {asks}"
    said = kind.format(asks=change.asks, was=change.was_called)
    return f"{'Gate' if change.is_gate else 'Criterion'} {change.criterion} {said}"


def of_criterion(change: CriterionChange) -> Iterator[str]:
    """Yield what changes in one criterion: its combinations, then its words."""
    if change.compared is None:
        yield "It reads other facts than before, too many to compare. Read both tables."
    for line in change.lines:
        yield f"When {line.when}: {said_before_and_now(line.said)} ({_count(line.combinations)})."
    if not change.lines and change.kind in {"added", "removed"} and change.compared is not None:
        yield "It keeps no agency from anything."
    for each in change.reworded:
        yield reworded(each)


def said_before_and_now(change: Change) -> str:
    """Return `was met, now referred to a person`."""
    return f"was {SAID[change[0]]}, now {SAID[change[1]]}"


def reworded(told: Reworded) -> str:
    """Return what is said otherwise, with the words of both."""
    if not told.was:
        return f"The {told.what} is new: {told.now}."
    if not told.now:
        return f"The {told.what} is gone: {told.was}."
    return f'The {told.what} was "{told.was}"; it is now "{told.now}".'


def as_a_whole(found: Difference) -> list[str]:
    """Return what the changes mean for an agency when every criterion counts."""
    if found.outcomes is None:
        return [_NOT_WORKED_OUT]
    changed = {pair: case for pair, case in found.outcomes.items() if pair[0] != pair[1]}
    told = []
    if any("no_word" in line.said for each in found.criteria for line in each.lines):
        told.append(_WORDS_APART)
    if not changed:
        return [*told, _NOTHING_AS_A_WHOLE[len(told)]]
    for was in _ORDER:
        for now in _ORDER:
            case = changed.get((was, now))
            if case is not None:
                such_as = f"for one, {_case(case)}" if case else "whatever the facts"
                told.append(
                    f"As a whole, an agency that was {OUTCOMES[was]} can now be "
                    f"{OUTCOMES[now]}: {such_as}."
                )
    return [*told, *_never(changed)]


def _never(changed: Iterable[tuple[Verdict, Verdict]]) -> Iterator[str]:
    """Yield what a commissioner asks first, where the answer is no."""
    pairs = set(changed)
    if not any(was == MET for was, _ in pairs):
        yield "No agency that was eligible is anything else now."
    if not any(now == MET for _, now in pairs):
        yield "No agency becomes eligible that was not."
    yield (
        "The order of a shortlist stays the framework's: what changes is who stands on it, and as "
        "what."
    )


def _case(case: Facts) -> str:
    return in_words(tuple(case), tuple(case.values()))


def _count(combinations: int) -> str:
    return "1 combination" if combinations == 1 else f"{combinations} combinations"
