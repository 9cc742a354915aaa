"""Invented homes of a council's year: who lives there, from when to when, and with whose carers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final, Literal

from services.demo.sample_children import children_of
from services.demo.sample_placements import SPOT_AGENCIES, SPOT_WEEKLY
from services.demo.samples import PLACEMENT_TYPES
from services.pricing.fees import FeeBook, FeeFamily
from shared.contracts.placement import PlacementStarted
from shared.contracts.referral import Child
from shared.days import Period, days_in
from shared.framework.framework import Framework
from shared.money import pounds

Duration = Literal["short_term", "long_term"]

KINDS: Final = {
    "core": 43,
    "sibling_group": 14,
    "solo": 5,
    "parent_and_child": 3,
    "under_five": 6,
    "disabled_child": 15,
    "uas_child": 14,
}
"""What a home is an example of, and how many of a hundred are. Invented: of the budget of 2017/18
a good eighth was for disabled children, and nothing is published of the rest."""

PURCHASERS: Final = ("kent",) * 5 + ("medway",)
NEEDS: Final = ("standard",) * 62 + ("enhanced",) * 29 + ("complex",) * 9
RUNNING_PER_CENT: Final = 58
SPOT_PER_CENT: Final = 7

_LONG_TERM_PER_CENT: Final = {"running": 70, "new": 40}
_STAYS_DAYS: Final = {
    ("running", "long_term"): ((60, 2_400),),
    ("running", "short_term"): ((4, 400),),
    ("new", "long_term"): ((150, 2_400),),
    ("new", "short_term"): ((2, 29), (20, 400), (20, 400)),
}
"""From the first day in the year to the last, from the least to the most: some only for days."""

_SPOT_RAN_BEFORE_DAYS: Final = (20, 900)


@dataclass(frozen=True, slots=True)
class Home:
    """Children who moved in together.

    Args:
        kind: what it is an example of.
        starts: a placement for each child; one together for a parent and child.
        end: the first day that is not paid, if it is in the year.
    """

    kind: str
    starts: tuple[PlacementStarted, ...]
    end: date | None


@dataclass(frozen=True, slots=True)
class _Stay:
    """From when to when: `seen` is the first day of it in the year."""

    start: date
    seen: date
    end: date | None
    duration: Duration


def words_used() -> tuple[set[str], set[str], set[str]]:
    """Return the purchasers, placement types and need categories that homes are told in."""
    types = {PLACEMENT_TYPES.get(kind, "core") for kind in KINDS}
    return set(PURCHASERS), types, set(NEEDS)


def homes(framework: Framework, fees: FeeBook, year: Period, seed: int) -> Iterator[Home]:
    """Yield homes without an end, the same for the same seed.

    Most are there when the year begins. The agreement and its fees begin on that day too,
    so what is bought under it is told as starting then; only a spot placement began before.
    """
    random = Random(f"kent year {seed}")  # noqa: S311 - a sample, nothing secret
    kinds = [kind for kind, share in KINDS.items() for _ in range(share)]
    sellers = _Sellers(framework, fees)
    number = 0
    while True:
        number += 1
        referral_id = f"ref-kent-{year.start.year}-{seed}-{number:05d}"
        yield _home(random.choice(kinds), referral_id, year, sellers, random)


class _Sellers:
    """Which agencies have a fee for children in every age band that they will live in."""

    def __init__(self, framework: Framework, fees: FeeBook) -> None:
        self._framework = framework
        self._fees = fees
        self._agencies = sorted({key.agency for key, _ in fees.items()})

    def of(self, start: PlacementStarted, children: Sequence[Child]) -> list[str]:
        """Return the agencies that could take all these children, as a start says of one."""
        bands = self._framework.age_bands
        youngest = max(child.date_of_birth for child in children)
        labels = bands.labels
        lived_in = labels[labels.index(bands.band_on(youngest, start.start_date)) :]
        return [
            agency
            for agency in self._agencies
            if all(self._sells(agency, start, band) for band in lived_in)
        ]

    def _sells(self, agency: str, start: PlacementStarted, band: str) -> bool:
        bought_as = (start.purchaser, start.placement_type, start.need_category)
        points = self._fees.points(FeeFamily(agency, *bought_as), band)
        return bool(points) and points[0].valid_from <= start.start_date


def _home(kind: str, referral_id: str, year: Period, sellers: _Sellers, random: Random) -> Home:
    is_running = random.randrange(100) < RUNNING_PER_CENT
    is_spot = random.randrange(100) < SPOT_PER_CENT
    stay = _stay(year, random, is_running=is_running)
    children = children_of(kind, referral_id, stay.seen, random)
    told = _priced(kind, children)
    first = _started(kind, referral_id, told[0], stay, random)
    agencies = [] if is_spot else sellers.of(first, told)
    agreed: dict[str, object] = {}
    if agencies:
        agreed["agency"] = random.choice(agencies)
    else:
        # Where nobody on the framework has a fee for it, it is bought one child at a time.
        stay = _began_before(stay, children, random) if is_running else stay
        agreed = _spot(stay, random)
    starts = tuple(
        _of_child(first, child, number, agreed) for number, child in enumerate(told, start=1)
    )
    return Home(kind, starts, stay.end)


def _stay(year: Period, random: Random, *, is_running: bool) -> _Stay:
    when = "running" if is_running else "new"
    is_long = random.randrange(100) < _LONG_TERM_PER_CENT[when]
    duration: Duration = "long_term" if is_long else "short_term"
    later = 0 if is_running else random.randrange(1, days_in(year))
    seen = year.start + timedelta(days=later)
    end = seen + timedelta(days=random.randrange(*random.choice(_STAYS_DAYS[when, duration])))
    return _Stay(seen, seen, end if end in year else None, duration)


def _began_before(stay: _Stay, children: Sequence[Child], random: Random) -> _Stay:
    before = stay.seen - timedelta(days=random.randrange(*_SPOT_RAN_BEFORE_DAYS))
    youngest = max(child.date_of_birth for child in children)
    return _Stay(max(before, youngest), stay.seen, stay.end, stay.duration)


def _priced(kind: str, children: Sequence[Child]) -> Sequence[Child]:
    """Return the children who have a fee of their own: of a parent and child, the elder."""
    if kind != "parent_and_child":
        return children
    return [min(children, key=lambda child: child.date_of_birth)]


def _spot(stay: _Stay, random: Random) -> dict[str, object]:
    return {
        "agency": random.choice(SPOT_AGENCIES),
        "start_date": stay.start,
        "agreement": "spot",
        "agreed_weekly": pounds(random.choice(SPOT_WEEKLY)),
    }


def _started(
    kind: str, referral_id: str, child: Child, stay: _Stay, random: Random
) -> PlacementStarted:
    """Return what is the same for all children of a home, said of one of them."""
    return PlacementStarted(
        placement_id=f"placement-{child.child_ref.removeprefix('child-')}",
        referral_id=referral_id,
        child_ref=child.child_ref,
        date_of_birth=child.date_of_birth,
        agency=SPOT_AGENCIES[0],
        purchaser=random.choice(PURCHASERS),
        placement_type=PLACEMENT_TYPES.get(kind, "core"),
        need_category=random.choice(NEEDS),
        start_date=stay.start,
        duration=stay.duration,
        solo=kind == "solo",
        disability=child.disability,
        uasc=kind == "uas_child",
        agreement="framework",
    )


def _of_child(
    first: PlacementStarted, child: Child, number: int, agreed: dict[str, object]
) -> PlacementStarted:
    """Return the placement of one child; the first, second, ... of those who moved in together."""
    own = {
        "placement_id": f"placement-{child.child_ref.removeprefix('child-')}",
        "child_ref": child.child_ref,
        "date_of_birth": child.date_of_birth,
        "sibling_number": number,
    }
    return first.model_copy(update={**agreed, **own})
