"""A panel: all agencies of the register with their facts as they stand on a start date."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, TypeVar

from services.eligibility.facts import GRADES, LOWEST_TIER, Grade, Value, yes_no
from services.eligibility.provider import (
    Judgement,
    Membership,
    Name,
    Offer,
    ProviderFact,
    Registration,
    Suspension,
    days_of,
)

AREAS_KEPT: Final = 256
"""For how many postcode areas a panel remembers which agencies are near."""

_Lasting = TypeVar("_Lasting", Membership, Registration, Suspension, Offer)


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency as it stands on a day.

    Args:
        areas: the postcode areas and districts in which its carers live.
        facts: every fact about the agency that a rulebook may read.
    """

    urn: str
    name: str
    tier: int
    quality: Grade
    areas: tuple[str, ...]
    facts: Mapping[str, Value] = field(hash=False)


@dataclass(frozen=True, eq=False)
class Panel:
    """The agencies of the register on a day, in the order of their reference numbers.

    An agency's place in the panel is its bit in the sets of agencies that a decision makes.
    """

    register_version: str
    agencies: tuple[Agency, ...]
    _nearness: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def everyone(self) -> int:
        """All agencies, as a set of bits."""
        return (1 << len(self.agencies)) - 1

    @cached_property
    def place_of(self) -> Mapping[str, int]:
        """The place of each agency, by its number."""
        return {agency.urn: place for place, agency in enumerate(self.agencies)}

    @cached_property
    def tiers(self) -> tuple[int, ...]:
        """The tier of each agency, by its place; the first tier is asked first."""
        return tuple(agency.tier for agency in self.agencies)

    @cached_property
    def qualities(self) -> tuple[int, ...]:
        """The place of each agency's judgement among Ofsted's, the best is 0."""
        return tuple(GRADES.index(agency.quality) for agency in self.agencies)

    @cached_property
    def drawing_numbers(self) -> tuple[int, ...]:
        """The number of each agency, by its place, from which its turn among equals is drawn."""
        return tuple(drawing_number(agency.urn) for agency in self.agencies)

    def nearness(self, area: str | None) -> tuple[int, ...]:
        """Return 0 for each agency with carers in the area, else 1; all are near to no area."""
        key = area or ""
        if key not in self._nearness:
            if len(self._nearness) >= AREAS_KEPT:
                self._nearness.clear()
            self._nearness[key] = tuple(
                int(area is not None and not is_near(agency, area)) for agency in self.agencies
            )
        return self._nearness[key]


def drawing_number(name: str) -> int:
    """Return an odd number of 64 bits that depends on a name and on nothing else."""
    drawn = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") | 1


def is_near(agency: Agency, area: str) -> bool:
    """Say whether an agency has carers in a postcode area (`CT`) or district (`CT1`)."""
    return any(_touches(area, other) for other in agency.areas)


def _touches(one: str, other: str) -> bool:
    """A whole area touches each of its districts; a district touches only itself."""
    if one.isalpha() or other.isalpha():
        return one.rstrip("0123456789") == other.rstrip("0123456789")
    return one == other


def places(bits: int) -> list[int]:
    """Return the places in the panel that a set of bits stands for, the lowest first."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found


def agency_on(urn: str, facts: Iterable[ProviderFact], on: date) -> Agency:
    """Return an agency as it stands on a day, from its facts in the order in which they came."""
    told = list(facts)
    offer = _holding(Offer, told, on)
    judged = _judgement(told, on)
    quality = judged.overall if judged else "unknown"
    return Agency(
        urn=urn,
        name=next((fact.name for fact in reversed(told) if isinstance(fact, Name)), urn),
        tier=offer.tier if offer else LOWEST_TIER,
        quality=quality,
        areas=offer.areas if offer else (),
        facts={
            "on_framework": yes_no(_holding(Membership, told, on) is not None),
            "registration": "active" if _holding(Registration, told, on) else "not_active",
            **_judged(judged),
            "suspended": yes_no(_holding(Suspension, told, on) is not None),
            **_offered(offer),
        },
    )


def standing_facts(facts: Iterable[ProviderFact], on: date) -> list[ProviderFact]:
    """Return those facts of an agency by which it stands as it does on a day.

    Args:
        facts: in the order in which they count.
        on: the day.
    """
    told = list(facts)
    names = [fact for fact in told if isinstance(fact, Name)][-1:]
    found = (
        *names,
        _holding(Membership, told, on),
        _holding(Registration, told, on),
        _judgement(told, on),
        _holding(Suspension, told, on),
        _holding(Offer, told, on),
    )
    return [fact for fact in found if fact is not None]


def said_by(fact: ProviderFact) -> dict[str, Value]:
    """Return what a rulebook would read in one fact while it holds, if it reads words in it."""
    if isinstance(fact, Judgement):
        return _judged(fact)
    return _offered(fact) if isinstance(fact, Offer) else {}


def _judged(judged: Judgement | None) -> dict[str, Value]:
    """Return how an agency was judged; what nobody told us is unknown."""
    return {
        "ofsted_overall": judged.overall if judged else "unknown",
        "ofsted_helped_and_protected": judged.helped_and_protected if judged else "unknown",
        "ofsted_leaders_and_managers": judged.leaders_and_managers if judged else "unknown",
    }


def _offered(offer: Offer | None) -> dict[str, Value]:
    """Return what an agency can do; without an offer it can do nothing that we know of."""
    none: frozenset[str] = frozenset()
    return {
        "lots": frozenset(offer.lots) if offer else none,
        "bands_served": frozenset(offer.age_bands) if offer else none,
        "needs_served": frozenset(offer.need_categories) if offer else none,
        "purchasers_served": frozenset(offer.purchasers) if offer else none,
        "largest_group": offer.largest_group if offer else 0,
        "tier": offer.tier if offer else LOWEST_TIER,
        "takes_emergencies": yes_no(offer.takes_emergencies) if offer else "not_known",
        "takes_solo": yes_no(offer.takes_solo) if offer else "not_known",
        "takes_disabled_children": (
            yes_no(offer.takes_disabled_children) if offer else "not_known"
        ),
        "takes_long_term": yes_no(offer.takes_long_term) if offer else "not_known",
    }


def _judgement(facts: Iterable[ProviderFact], on: date) -> Judgement | None:
    """Return the judgement of the latest inspection whose report is published by that day.

    Of two reports on one inspection the one that was told later counts: it is a correction.
    """
    published = [
        (fact.inspected_on, position, fact)
        for position, fact in enumerate(facts)
        if isinstance(fact, Judgement) and fact.published_on <= on
    ]
    return max(published)[2] if published else None


def _holding(kind: type[_Lasting], facts: Sequence[ProviderFact], on: date) -> _Lasting | None:
    """Return the fact of a kind that holds on a day, if one does.

    What is told later counts. It ends what was told earlier on the day on which it begins, and
    what was told earlier and begins within its own days counts no more. So a membership is ended
    by telling it again with its last day, and an old suspension that comes to light late leaves
    a newer one as it is.
    """
    counts_from = date.min
    for fact in reversed(facts):
        if not isinstance(fact, kind) or fact.valid_from > on:
            continue
        if on in days_of(fact) and fact.valid_from >= counts_from:
            return fact
        if fact.valid_to is None:
            return None
        counts_from = max(counts_from, fact.valid_to)
    return None
