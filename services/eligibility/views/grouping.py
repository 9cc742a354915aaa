"""Groups referrals: by the age band of their children, by placement type and by area."""

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final, Literal, get_args

from services.eligibility.referral import Referral

Dimension = Literal["band", "type", "area"]
DIMENSIONS: Final[tuple[Dimension, ...]] = get_args(Dimension)

NAMES: Final = {"band": "age band", "type": "placement type", "area": "area"}
"""Each dimension in words."""

ANY_AREA: Final = "any"
"""Stands for the area of a referral that prefers none."""

Group = tuple[str, ...]
"""One word for each dimension by which it is grouped."""

_LETTERS: Final = re.compile(r"[A-Za-z]*")


def groups_of(referral: Referral, by: Sequence[Dimension]) -> list[Group]:
    """Return the groups to which a referral belongs.

    Children of several age bands put it into the group of each band, once; a baby that comes
    with its parent belongs to the parent's.
    """
    return list(product(*(_words(referral, dimension) for dimension in by)))


def in_order(groups: Iterable[Group]) -> list[Group]:
    """Return groups as a person looks for them: bands by age, words by the alphabet."""
    return sorted(groups, key=lambda group: tuple(map(_place, group)))


def _words(referral: Referral, dimension: Dimension) -> Iterable[str]:
    if dimension == "band":
        bands = (child.age_band for child in referral.children if not child.with_parent)
        return dict.fromkeys(bands)
    if dimension == "type":
        return (referral.placement_type,)
    return (area_of(referral),)


def area_of(referral: Referral) -> str:
    """Return the postcode area that a referral prefers: `CT` for `CT1`."""
    found = _LETTERS.match(referral.preferred_area or "")
    return (found[0] if found else "") or ANY_AREA


def _place(word: str) -> tuple[int, int, str]:
    """Return where a word stands: numbers by their size, other words after them."""
    first = re.match(r"\d+", word)
    return (0, int(first[0]), word) if first else (1, 0, word)
