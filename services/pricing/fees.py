"""What a week costs: each agency's fee by purchaser, type, need and age, from its day on."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, Literal, NamedTuple, Protocol

from shared.errors import FosterframeError
from shared.money import Money

FeeCauseWord = Literal["tender", "review", "correction"]

IMPORT_FEES: Final = "Import it with its first day: fosterframe fees import PACK."


class NoFeeOn(FosterframeError):  # noqa: N818 - the lookup's answer: the framework has no such fee
    """The framework holds no weekly fee for that key on that day.

    Args:
        key: what the fee would be for.
        day: for which it is missing. Of a child it may be a birthday: never log it beside a child.
        known: what is known instead.
    """

    def __init__(self, key: "FeeKey", day: date, known: str) -> None:
        super().__init__(f"No weekly fee for {key} on {day}: {known}. {IMPORT_FEES}")
        self.key = key


class FeeFamily(NamedTuple):
    """What a placement is bought as; a birthday moves the child within the family."""

    agency: str
    purchaser: str
    placement_type: str
    need_category: str


class FeeKey(NamedTuple):
    """What a weekly fee is for."""

    agency: str
    purchaser: str
    placement_type: str
    need_category: str
    age_band: str

    @property
    def family(self) -> FeeFamily:
        """The key without its age band."""
        return FeeFamily(*self[:4])

    def __str__(self) -> str:
        return " ".join(self)


class FeeCause(NamedTuple):
    """Why a fee is what it is, and where that was decided: a tender, a review's id, a letter."""

    kind: FeeCauseWord
    reference: str


class FeePoint(NamedTuple):
    """A weekly fee from a day on, until the next point of the same key.

    Args:
        number: rises with each point that is recorded; of two from the same day the later holds.
    """

    valid_from: date
    weekly: Money
    cause: FeeCause
    number: int


class Fees(Protocol):
    """Where weekly fees are looked up."""

    def points(self, family: FeeFamily, age_band: str) -> tuple[FeePoint, ...]:
        """Return the points of one key by day, or none at all; of one day the last recorded."""


class FeeBook:
    """Every weekly fee that is known, by key and day. Points are added and never changed."""

    def __init__(self, points: Iterable[tuple[FeeKey, FeePoint]] = ()) -> None:
        self._families: dict[FeeFamily, dict[str, tuple[FeePoint, ...]]] = {}
        for key, point in points:
            self.add(key, point)

    def add(self, key: FeeKey, point: FeePoint) -> None:
        """Add a point; of two from the same day, the one with the higher number holds."""
        self.put(key.family, key.age_band, point)

    def put(self, family: FeeFamily, age_band: str, point: FeePoint) -> None:
        """Add a point of a family and one of its age bands, as `add` does."""
        bands = self._families.get(family)
        if bands is None:
            bands = self._families[family] = {}
        known = bands.get(age_band)
        bands[age_band] = (point,) if known is None else with_point(known, point)

    def bands(self, family: FeeFamily) -> Mapping[str, tuple[FeePoint, ...]]:
        """Return the points of a family by age band."""
        return self._families.get(family, {})

    def points(self, family: FeeFamily, age_band: str) -> tuple[FeePoint, ...]:
        """Return the points of one key by day, or none at all."""
        return self._families.get(family, {}).get(age_band, ())

    def items(self) -> Iterator[tuple[FeeKey, tuple[FeePoint, ...]]]:
        """Yield every key with its points."""
        for family, bands in self._families.items():
            for age_band, points in bands.items():
                yield FeeKey(*family, age_band), points

    def __contains__(self, key: FeeKey) -> bool:
        return bool(self.points(key.family, key.age_band))

    def __len__(self) -> int:
        return sum(len(bands) for bands in self._families.values())


def with_point(points: tuple[FeePoint, ...], point: FeePoint) -> tuple[FeePoint, ...]:
    """Return the points of one key with one more, by day, one for each day."""
    if not points or points[-1].valid_from < point.valid_from:
        return (*points, point)
    by_day: dict[date, FeePoint] = {each.valid_from: each for each in points}
    held = by_day.get(point.valid_from)
    if held is None or held.number < point.number:
        by_day[point.valid_from] = point
    return tuple(by_day[day] for day in sorted(by_day))


def fee_on(fees: Fees, key: FeeKey, day: date) -> FeePoint:
    """Return the point whose weekly fee is due on a day.

    Raises:
        NoFeeOn: none is known for that day; says which is missing and what to do.
    """
    points = fees.points(key.family, key.age_band)
    return points[position_on(key, points, day)]


def position_on(key: FeeKey, points: tuple[FeePoint, ...], day: date) -> int:
    """Return which of the points of a key holds on a day.

    Raises:
        NoFeeOn: as `fee_on`.
    """
    for position in range(len(points) - 1, -1, -1):
        if points[position].valid_from <= day:
            return position
    known = f"the first is from {points[0].valid_from}" if points else "none is known for any day"
    raise NoFeeOn(key, day, known)
