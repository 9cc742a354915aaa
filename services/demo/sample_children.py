"""Invented children: for each kind of referral, how many there are and how old."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

from shared.contracts.referral import Child

SINGLE_AGES: Final = (
    *(5, 6, 7, 8, 9, 10) * 4,
    *(11, 12, 13, 14, 14, 15, 15) * 7,
    *(16, 16, 17) * 11,
)
"""Ages of children who come alone: most are teenagers, for whom carers are hardest to find."""

UAS_AGES: Final = (14, 15, 15, 16, 16, 16, 17, 17, 17, 17)
"""Ages of unaccompanied asylum-seeking children: mostly 16 and 17."""

PARENT_AGES: Final = (14, 15, 16, 17)
GROUP_SIZES: Final = (2,) * 55 + (3,) * 28 + (4,) * 12 + (5,) * 5
YOUNGEST_SIBLING: Final = (1, 3, 5, 5, 6, 6, 7, 8, 9, 10)
OLDEST: Final = 17

_LONGEST_SINCE_BIRTHDAY_DAYS: Final = 355
# So nobody is 18 at a start 45 days later, even where the birth turns out to have been two months
# earlier; and who is under five at the referral is so at the start.
_SHORTER_SINCE_BIRTHDAY_DAYS: Final = 250
_AGES_TO_STAY: Final = (4, OLDEST)
_DAYS_IN_FOUR_YEARS: Final = 1_461


def children_of(kind: str, referral_id: str, day: date, random: Random) -> tuple[Child, ...]:
    """Return the children of a referral of that kind, received on that day."""
    ages = _ages(kind, random)
    is_parent = kind == "parent_and_child" and len(ages) > 1
    refs = [
        f"child-{referral_id.removeprefix('ref-')}-{number}" for number in range(1, len(ages) + 1)
    ]
    return tuple(
        Child(
            child_ref=ref,
            date_of_birth=_born(age, day, random),
            disability=kind == "disabled_child",
            parent_of=refs[1] if is_parent and position == 0 else None,
        )
        for position, (ref, age) in enumerate(zip(refs, ages, strict=True))
    )


def _ages(kind: str, random: Random) -> Sequence[int]:
    if kind in ("sibling_group", "siblings_apart"):
        return _sibling_ages(random)
    if kind == "parent_and_child":
        # Where the parent is of age, only the baby is looked after.
        return random.choice(((0,), *((age, 0) for age in PARENT_AGES)))
    if kind == "under_five":
        return (random.randrange(5),)
    return (random.choice(UAS_AGES if kind == "uas_child" else SINGLE_AGES),)


def _sibling_ages(random: Random) -> Sequence[int]:
    ages = [random.choice(YOUNGEST_SIBLING)]
    for _ in range(random.choice(GROUP_SIZES) - 1):
        ages.append(min(ages[-1] + random.randrange(1, 4), OLDEST))
    return ages


def _born(age: int, day: date, random: Random) -> date:
    birthday = day - timedelta(days=age * _DAYS_IN_FOUR_YEARS // 4)
    stays = age in _AGES_TO_STAY
    longest = _SHORTER_SINCE_BIRTHDAY_DAYS if stays else _LONGEST_SINCE_BIRTHDAY_DAYS
    return birthday - timedelta(days=random.randrange(1, longest))
