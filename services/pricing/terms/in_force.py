"""Which sets of review terms hold on a day, and for which placement types."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from services.pricing.terms.agreed import ReviewTerms


class InForce(NamedTuple):
    """One set of terms by which a review of a day is drafted.

    Args:
        position: which of the sets of terms it is.
        placement_types: whose it is on that day; none for every type without terms of its own.
        left: types with terms of their own that do not take effect on that day, and when they do.
    """

    position: int
    placement_types: tuple[str, ...]
    left: tuple[tuple[str, str], ...]


def terms_in_force(every: Sequence[ReviewTerms], day: date) -> list[InForce]:
    """Return the terms that take effect on a day, those for every other type first.

    Of several sets of terms for one type the one from the latest day holds; one for a single day
    holds on that day, whatever else does.

    Raises:
        ValueError: none are in force on that day, or none take effect on it; says when they do.
    """
    held = [
        position
        for position, terms in enumerate(every)
        if terms.in_force_from <= day and terms.only_on in {None, day}
    ]
    if not held:
        first = min(terms.in_force_from for terms in every)
        raise ValueError(f"no review terms are in force on {day}; the first are from {first}")
    own: dict[int, list[str]] = {}
    left: list[tuple[str, str]] = []
    for placement_type in sorted({each for at in held for each in every[at].placement_types}):
        at = _holding(every, [at for at in held if placement_type in every[at].placement_types])
        if every[at].takes_effect_on(day):
            own.setdefault(at, []).append(placement_type)
        else:
            left.append((placement_type, every[at].takes_effect))
    found = [InForce(at, tuple(types), ()) for at, types in sorted(own.items())]
    general = [at for at in held if not every[at].placement_types]
    if general and every[at := _holding(every, general)].takes_effect_on(day):
        found.insert(0, InForce(at, (), tuple(left)))
    if not found:
        held_now = max((every[at] for at in held), key=lambda terms: terms.in_force_from)
        raise ValueError(
            f"by the terms {held_now.version} a review takes effect {held_now.takes_effect}, "
            f"not on {day}; draft it for that day, or agree other terms"
        )
    return found


def _holding(every: Sequence[ReviewTerms], positions: Sequence[int]) -> int:
    return max(positions, key=lambda at: (every[at].only_on is not None, every[at].in_force_from))
