"""What a week costs: each agency's fee by purchaser, type, need and age, from its day on."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from shared.days import Period
from shared.errors import FosterframeError
from shared.money import Money

if TYPE_CHECKING:
    from services.pricing.reviews.tracks import ReviewRule

FeeCauseWord = Literal["tender", "review", "correction"]

IMPORT_FEES: Final = "Import it with its first day: fosterframe fees import PACK."


class NoFeeOn(FosterframeError):  # noqa: N818 - the lookup's answer: the framework has no such fee
    """The framework holds no weekly fee for that key on that day.

    Args:
        key: what the fee would be for.
        day: for which it is missing. Of a child it may be a birthday: never log it beside a child.
        known: what is known instead.
        advice: what to do about it.
    """

    def __init__(self, key: "FeeKey", day: date, known: str, advice: str = IMPORT_FEES) -> None:
        super().__init__(f"No weekly fee for {key} on {day}: {known}. {advice}")
        self.key = key
        self.known = known
        self.advice = advice


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
        unrounded: the fee before it was rounded to the penny, where the terms of the review
            compound on that; none where it is the fee itself.
        awarded_on: the day on which the review that made it was applied; none for other causes.
    """

    valid_from: date
    weekly: Money
    cause: FeeCause
    number: int
    unrounded: Decimal | None = None
    awarded_on: date | None = None


class VolumeCount(NamedTuple):
    """How many live placements an agency had when they were counted, and from when it counts.

    Args:
        number: rises with each count; of two from the same day the later holds.
    """

    effective_from: date
    placements: int
    counted_on: date
    number: int


class SpotAward(Protocol):
    """A price review that uplifts spot fees by its terms, from its day on."""

    @property
    def review_id(self) -> str:
        """The review, for the cause of the fee."""

    @property
    def effective_from(self) -> date:
        """The day from which the fees rise."""

    @property
    def awarded_on(self) -> date:
        """The day on which the review was applied."""

    def lifted(self, family: FeeFamily, weekly: Money, agreed_from: date) -> Money:
        """Return a spot fee after the review; as it was where the terms leave it.

        Args:
            family: what the placement is bought as.
            weekly: the fee on the day before.
            agreed_from: the day from which the fee was agreed that the reviews since uplift.
        """


class Fees(Protocol):
    """Where weekly fees are looked up, and what else is known that moves them."""

    def points(self, family: FeeFamily, age_band: str) -> tuple[FeePoint, ...]:
        """Return the points of one key by day, or none at all; of one day the last recorded."""

    def own_points(self, family: FeeFamily, age_band: str) -> tuple[FeePoint, ...]:
        """Return the points of one key that no review has made; of one day the last recorded."""

    def rules(self) -> tuple["ReviewRule", ...]:
        """Return the reviews that are applied to the end, in the order in which they were."""

    def tendered_on(self, family: FeeFamily, age_band: str) -> tuple[date, ...]:
        """Return the days from which a price of one key was tendered, corrected since or not."""

    def volumes(self, agency: str) -> tuple[VolumeCount, ...]:
        """Return the counts of an agency's placements by day; of one day the last recorded."""

    def memberships(self, agency: str) -> tuple[Period, ...]:
        """Return the days on which an agency is on the framework; none where nobody told any."""

    def spot_awards(self, awarded_before: date | None = None) -> tuple[SpotAward, ...]:
        """Return the reviews that uplift spot fees by day; of one day the last applied.

        Those that were applied on or after `awarded_before` do not count, if it is given.
        """


class FeeBook:
    """Every weekly fee that is known, by key and day. Points are added and never changed."""

    def __init__(self, points: Iterable[tuple[FeeKey, FeePoint]] = ()) -> None:
        self._families: dict[FeeFamily, dict[str, tuple[FeePoint, ...]]] = {}
        self._superseded: dict[FeeKey, list[FeePoint]] = {}
        self._volumes: dict[str, tuple[VolumeCount, ...]] = {}
        self._memberships: dict[str, tuple[Period, ...]] = {}
        self._every_spot_award: tuple[SpotAward, ...] = ()
        self._spot_awards: tuple[SpotAward, ...] = ()
        self._rules: tuple[ReviewRule, ...] = ()
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
        if known is None:
            bands[age_band] = (point,)
            return
        after = bands[age_band] = with_point(known, point)
        if len(after) == len(known):
            # One from the same day gives way; what was known earlier may still be asked for.
            gone = [each for each in (*known, point) if each not in after]
            self._superseded.setdefault(FeeKey(*family, age_band), []).extend(gone)

    def bands(self, family: FeeFamily) -> Mapping[str, tuple[FeePoint, ...]]:
        """Return the points of a family by age band."""
        return self._families.get(family, {})

    def points(self, family: FeeFamily, age_band: str) -> tuple[FeePoint, ...]:
        """Return the points of one key by day, or none at all."""
        return self._families.get(family, {}).get(age_band, ())

    def own_points(self, family: FeeFamily, age_band: str) -> tuple[FeePoint, ...]:
        """Return the points of one key that no review has made; of one day the last recorded."""
        gone, own = self._superseded.get(FeeKey(*family, age_band), ()), tuple[FeePoint, ...]()
        for point in (*self.points(family, age_band), *gone):
            if point.cause.kind != "review":
                own = with_point(own, point)
        return own

    def put_rules(self, rules: Iterable["ReviewRule"]) -> None:
        """Say which reviews are applied to the end, in the order in which they were."""
        self._rules = tuple(rules)

    def rules(self) -> tuple["ReviewRule", ...]:
        """Return the reviews that are applied to the end, in the order in which they were."""
        return self._rules

    def tendered_on(self, family: FeeFamily, age_band: str) -> tuple[date, ...]:
        """Return the days from which a price of one key was tendered, corrected since or not."""
        gone = self._superseded.get(FeeKey(*family, age_band), ())
        every = (*self.points(family, age_band), *gone)
        return tuple(each.valid_from for each in every if each.cause.kind == "tender")

    def count_volume(self, agency: str, count: VolumeCount) -> None:
        """Add a count of an agency's placements; of two from the same day the later holds."""
        by_day = {each.effective_from: each for each in self._volumes.get(agency, ())}
        held = by_day.get(count.effective_from)
        if held is None or held.number < count.number:
            by_day[count.effective_from] = count
        self._volumes[agency] = tuple(by_day[day] for day in sorted(by_day))

    def volumes(self, agency: str) -> tuple[VolumeCount, ...]:
        """Return the counts of an agency's placements by day; of one day the last recorded."""
        return self._volumes.get(agency, ())

    def put_memberships(self, agency: str, periods: Iterable[Period]) -> None:
        """Say on which days an agency is on the framework, instead of what was said before."""
        self._memberships[agency] = tuple(sorted(periods, key=attrgetter("start")))

    def memberships(self, agency: str) -> tuple[Period, ...]:
        """Return the days on which an agency is on the framework; none where nobody told any."""
        return self._memberships.get(agency, ())

    def put_spot_awards(self, awards: Iterable[SpotAward]) -> None:
        """Say which reviews uplift spot fees, in the order in which they were applied."""
        self._every_spot_award = tuple(awards)
        self._spot_awards = _last_of_each_day(self._every_spot_award)

    def spot_awards(self, awarded_before: date | None = None) -> tuple[SpotAward, ...]:
        """Return the reviews that uplift spot fees by day; of one day the last applied."""
        if awarded_before is None:
            return self._spot_awards
        every = self._every_spot_award
        return _last_of_each_day(each for each in every if each.awarded_on < awarded_before)

    def items(self) -> Iterator[tuple[FeeKey, tuple[FeePoint, ...]]]:
        """Yield every key with its points."""
        for family, bands in self._families.items():
            for age_band, points in bands.items():
                yield FeeKey(*family, age_band), points

    def __contains__(self, key: FeeKey) -> bool:
        return bool(self.points(key.family, key.age_band))

    def __len__(self) -> int:
        return sum(len(bands) for bands in self._families.values())


def _last_of_each_day(awards: Iterable[SpotAward]) -> tuple[SpotAward, ...]:
    by_day = {each.effective_from: each for each in awards}
    return tuple(by_day[day] for day in sorted(by_day))


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
