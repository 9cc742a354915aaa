"""What a new rulebook says in other words than the old one, without judging otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.eligibility.rulebooks.criteria import Criterion
from services.eligibility.rulebooks.rulebook import Rulebook

_PROMISE: Final = "the promise that "


@dataclass(frozen=True, slots=True)
class Reworded:
    """Something that a rulebook says otherwise than before, without judging otherwise."""

    what: str
    was: str
    now: str


def criterion_reworded(old: Criterion, new: Criterion) -> Iterator[Reworded]:
    """Yield what a criterion asks or says in other words."""
    told = [
        ("question", old.asks, new.asks),
        ("source", old.source, new.source),
        ("text where it is met", old.says.met, new.says.met),
        ("text where a person decides", old.says.refer, new.says.refer),
        ("text where it is not met", old.says.not_met, new.says.not_met),
    ]
    yield from (Reworded(what, was, now) for what, was, now in told if was != now)


def rulebook_reworded(old: Rulebook, new: Rulebook) -> Iterator[Reworded]:
    """Yield what is otherwise beside the criteria: days, sources, promises and order."""
    if old.in_force != new.in_force:
        yield Reworded("days in force", _days(old), _days(new))
    for key in dict.fromkeys((*old.sources, *new.sources)):
        was, now = old.sources.get(key, ""), new.sources.get(key, "")
        if was != now:
            yield Reworded(f"source {key}", was, now)
    before, after = [
        {str(each).removeprefix(_PROMISE): None for each in book.never} for book in (old, new)
    ]
    yield from (Reworded("promise", told, "") for told in before if told not in after)
    yield from (Reworded("promise", "", told) for told in after if told not in before)
    names = [[each.id for each in book.criteria] for book in (old, new)]
    both = [[each for each in one if each in other] for one, other in (names, names[::-1])]
    if both[0] != both[1]:
        yield Reworded("order of the criteria", ", ".join(both[0]), ", ".join(both[1]))


def _days(rulebook: Rulebook) -> str:
    period = rulebook.in_force
    return f"from {period.start}" + (f" to {period.end}" if period.end else "")
