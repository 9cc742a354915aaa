"""What a file would change in the register: what is new, another, the same, or an older word."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from services.eligibility.facts import SubGrade
from services.eligibility.provider import (
    Judgement,
    LastingFact,
    Membership,
    Name,
    Offer,
    ProviderFact,
    Registration,
    days_of,
    kind_of,
)

Word = Literal["added", "changed", "unchanged", "overtaken"]
WORDS: Final[tuple[Word, ...]] = ("added", "changed", "unchanged", "overtaken")
"""`added`: nothing was known of it; `changed`: something else was; `unchanged`: it stands so;
`overtaken`: a newer word stands, which this older one leaves as it is."""


@dataclass(frozen=True, slots=True)
class FactChange:
    """What becomes of one fact that a file tells.

    Args:
        was: what the register says instead, where it says something.
        because: why an older word is left.
    """

    word: Word
    was: ProviderFact | None = None
    because: str = ""

    @property
    def is_new(self) -> bool:
        """Whether the register would know more with it."""
        return self.word in ("added", "changed")


def change_by(fact: ProviderFact, known: Sequence[ProviderFact]) -> FactChange:
    """Return what becomes of a fact beside what is known of the agency.

    Args:
        fact: what a file tells.
        known: what is known of that agency, in the order in which it counts.
    """
    same_kind = [each for each in known if isinstance(each, type(fact))]
    of_the_same = [each for each in same_kind if subject_of(each) == subject_of(fact)]
    standing = of_the_same[-1] if of_the_same else None
    if fact == standing:
        return FactChange("unchanged", standing)
    if fact in of_the_same:
        return FactChange("overtaken", standing, "it was told before, and another word since")
    if isinstance(fact, Judgement):
        return _judged(fact, standing)
    if isinstance(fact, (Membership, Registration, Offer)):
        return _lasting(fact, standing, _standing(same_kind))
    return FactChange("changed" if standing else "added", standing)


def with_known_parts(fact: ProviderFact, known: Sequence[ProviderFact]) -> ProviderFact:
    """Return a judgement with the parts that it leaves open, where they are known.

    They are known from the same judgement of the same inspection. A file without a column for
    them takes nothing back.
    """
    if not isinstance(fact, Judgement):
        return fact
    same = [
        each
        for each in known
        if isinstance(each, Judgement)
        and (each.inspected_on, each.overall) == (fact.inspected_on, fact.overall)
    ]
    helped, leaders = _parts(fact)
    if not same or "unknown" not in (helped, leaders):
        return fact
    known_helped, known_leaders = _parts(same[-1])
    return replace(
        fact,
        helped_and_protected=known_helped if helped == "unknown" else helped,
        leaders_and_managers=known_leaders if leaders == "unknown" else leaders,
    )


def subject_of(fact: ProviderFact) -> tuple[str, object]:
    """Return what a fact is about: of two facts about the same, the one told later counts."""
    if isinstance(fact, Name):
        return "name", ""
    if isinstance(fact, Judgement):
        return "judgement", fact.inspected_on
    return kind_of(fact), fact.valid_from


def _judged(fact: Judgement, standing: ProviderFact | None) -> FactChange:
    """Other grades for the same inspection are a correction, unless they were published before."""
    if not isinstance(standing, Judgement):
        return FactChange("added")
    if _contradicts(fact, standing) and fact.published_on < standing.published_on:
        because = f"another judgement of that inspection was published on {standing.published_on}"
        return FactChange("overtaken", standing, because)
    return FactChange("changed", standing)


def _contradicts(fact: Judgement, other: Judgement) -> bool:
    """Say whether one grade at least is another; what either leaves open contradicts nothing."""
    parts = zip(_parts(fact), _parts(other), strict=True)
    return fact.overall != other.overall or any(
        one != another and "unknown" not in (one, another) for one, another in parts
    )


def _parts(fact: Judgement) -> tuple[SubGrade, SubGrade]:
    return fact.helped_and_protected, fact.leaders_and_managers


def _standing(same_kind: Sequence[ProviderFact]) -> list[LastingFact]:
    """Return of each day from which facts hold the one that was told last."""
    latest = {
        each.valid_from: each for each in same_kind if not isinstance(each, (Name, Judgement))
    }
    return list(latest.values())


def _lasting(
    fact: Membership | Registration | Offer,
    standing: ProviderFact | None,
    known: Sequence[LastingFact],
) -> FactChange:
    """Return what becomes of what lasts: a file without an end takes no newer word back.

    It neither opens again what has ended, nor undoes what begins after it: for both there is a
    day to tell, that of the new beginning. A file that tells an end always counts.
    """
    if fact.valid_to is None:
        for other in known:
            if other.valid_from > fact.valid_from:
                because = f"another word holds from {other.valid_from} on"
                return FactChange("overtaken", other, because)
            if other.valid_to is not None and fact.valid_from < other.valid_to:
                because = f"it is known to have ended on {other.valid_to}"
                return FactChange("overtaken", other, because)
    if standing is None:
        held = [each for each in known if fact.valid_from in days_of(each)]
        standing = held[-1] if held else None
    return FactChange("changed" if standing else "added", standing)
