"""Which facts there are to judge by: of whom each is, and every value that it can have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal, get_args

from shared.framework.framework import Framework

Value = str | int | frozenset[str]
"""What a fact is: a word, a whole number, or a set of words."""

About = Literal["agency", "referral", "child"]

Grade = Literal[
    "outstanding",
    "good",
    "requires_improvement",
    "adequate",
    "inadequate",
    "no_overall_grade",
    "not_yet_inspected",
    "unknown",
]
GRADES: Final[tuple[Grade, ...]] = get_args(Grade)
"""Ofsted's overall judgement, the best first; `unknown` is what we say when we were told none.

`adequate` was given before `requires_improvement` took its place.
"""

SubGrade = Literal[
    "outstanding", "good", "requires_improvement", "adequate", "inadequate", "unknown"
]
SUB_GRADES: Final[tuple[SubGrade, ...]] = get_args(SubGrade)
"""Ofsted's judgement of one part, the best first; `unknown` where none was told."""

LARGEST_GROUP: Final = 8
LOWEST_TIER: Final = 9
YES_NO: Final = ("yes", "no")
STATED: Final = ("yes", "no", "not_known")


@dataclass(frozen=True, slots=True)
class OneOf:
    """The fact is exactly one of these words."""

    values: tuple[str, ...]

    def every_value(self) -> Iterator[Value]:
        """Yield each value that the fact can have."""
        yield from self.values

    def __str__(self) -> str:
        return f"one_of [{', '.join(self.values)}]"


@dataclass(frozen=True, slots=True)
class SetOf:
    """The fact is any number of these words, none included."""

    members: tuple[str, ...]

    def every_value(self) -> Iterator[Value]:
        """Yield each set that the fact can be."""
        for size in range(len(self.members) + 1):
            for chosen in combinations(self.members, size):
                yield frozenset(chosen)

    def __str__(self) -> str:
        return f"set_of [{', '.join(self.members)}]"


@dataclass(frozen=True, slots=True)
class Whole:
    """The fact is a whole number between two bounds, both of them included."""

    lowest: int
    highest: int

    def every_value(self) -> Iterator[Value]:
        """Yield each number that the fact can be."""
        yield from range(self.lowest, self.highest + 1)

    def __str__(self) -> str:
        return f"from {self.lowest} to {self.highest}"


Domain = OneOf | SetOf | Whole


def value_count(domain: Domain) -> int:
    """Return how many values a fact can have."""
    if isinstance(domain, OneOf):
        return len(domain.values)
    if isinstance(domain, SetOf):
        return 1 << len(domain.members)
    return domain.highest - domain.lowest + 1


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is so or otherwise; what follows from it stands in the rulebook."""

    name: str
    about: About
    domain: Domain


Vocabulary = Mapping[str, Fact]


def vocabulary(framework: Framework) -> Vocabulary:
    """Return every fact that can be told of an agency, a referral or a child."""
    types = tuple(framework.placement_types)
    needs = tuple(framework.need_categories)
    purchasers = tuple(framework.purchasers)
    bands = framework.age_bands.labels
    facts = (
        Fact("on_framework", "agency", OneOf(YES_NO)),
        Fact("registration", "agency", OneOf(("active", "not_active"))),
        Fact("ofsted_overall", "agency", OneOf(GRADES)),
        Fact("ofsted_helped_and_protected", "agency", OneOf(SUB_GRADES)),
        Fact("ofsted_leaders_and_managers", "agency", OneOf(SUB_GRADES)),
        Fact("suspended", "agency", OneOf(YES_NO)),
        Fact("lots", "agency", SetOf(types)),
        Fact("bands_served", "agency", SetOf(bands)),
        Fact("needs_served", "agency", SetOf(needs)),
        Fact("purchasers_served", "agency", SetOf(purchasers)),
        Fact("largest_group", "agency", Whole(0, LARGEST_GROUP)),
        Fact("tier", "agency", Whole(1, LOWEST_TIER)),
        Fact("takes_emergencies", "agency", OneOf(STATED)),
        Fact("takes_solo", "agency", OneOf(STATED)),
        Fact("takes_disabled_children", "agency", OneOf(STATED)),
        Fact("takes_long_term", "agency", OneOf(STATED)),
        Fact("purchaser", "referral", OneOf(purchasers)),
        Fact("placement_type", "referral", OneOf(types)),
        Fact("need_category", "referral", OneOf(needs)),
        Fact("duration", "referral", OneOf(("short_term", "long_term"))),
        Fact("emergency", "referral", OneOf(YES_NO)),
        Fact("solo", "referral", OneOf(YES_NO)),
        Fact("keep_together", "referral", OneOf(YES_NO)),
        Fact("group_size", "referral", Whole(1, LARGEST_GROUP)),
        Fact("parent_with_child", "referral", OneOf(YES_NO)),
        Fact("in_house_search", "referral", OneOf(("done", "not_done", "not_possible"))),
        Fact("uasc", "referral", OneOf(("yes", "no", "not_established"))),
        Fact("age", "child", Whole(0, framework.age_bands.adult_age - 1)),
        Fact("age_band", "child", OneOf(bands)),
        Fact("disability", "child", OneOf(YES_NO)),
    )
    return {fact.name: fact for fact in facts}


def words_unknown_to(known: Vocabulary, said: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """Return what a vocabulary has no word for, as (fact, value); of a set, each such member.

    A fact that the vocabulary does not name at all is read by nobody, and so is no fault.
    """
    unknown: list[tuple[str, Value]] = []
    for name, value in said.items():
        domain = known[name].domain if name in known else None
        if isinstance(domain, OneOf) and value not in domain.values:
            unknown.append((name, value))
        elif isinstance(domain, SetOf) and isinstance(value, frozenset):
            unknown += [(name, word) for word in sorted(value.difference(domain.members))]
        elif isinstance(domain, Whole) and value not in domain.every_value():
            unknown.append((name, value))
    return unknown


def yes_no(answer: bool) -> Literal["yes", "no"]:
    """Return an answer as the word that a fact has for it."""
    return "yes" if answer else "no"


def value_text(value: Value) -> str:
    """Return a value as a person reads it: `requires improvement`, `core, sibling group`."""
    if isinstance(value, frozenset):
        return ", ".join(sorted(word.replace("_", " ") for word in value)) or "none"
    return str(value).replace("_", " ")
