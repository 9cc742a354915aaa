"""Keeps the weekly fees: points are added with the instant at which they became known."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from sys import intern
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, func, select, true, tuple_

from services.pricing.fees import FeeBook, FeeCause, FeeFamily, FeeKey, FeePoint
from services.pricing.store.numbers import allot, held
from services.pricing.store.tables import FEE_FAMILIES, FEE_POINTS, PLACEMENT_FAMILIES
from shared.money import Money
from shared.persistence.bulk import insert_rows

POINTS: Final = "fee_points"
_FAMILIES: Final = "fee_families"
_AT_A_TIME: Final = 500

_words = (
    FEE_FAMILIES.c.agency,
    FEE_FAMILIES.c.purchaser,
    FEE_FAMILIES.c.placement_type,
    FEE_FAMILIES.c.need_category,
)
_point_columns = (
    FEE_POINTS.c.family_id,
    FEE_POINTS.c.age_band,
    FEE_POINTS.c.valid_from,
    FEE_POINTS.c.weekly,
    FEE_POINTS.c.cause,
    FEE_POINTS.c.reference,
    FEE_POINTS.c.number,
    FEE_POINTS.c.unrounded,
    FEE_POINTS.c.awarded_on,
)


class NewFee(NamedTuple):
    """A weekly fee that is to be recorded; the fields are those of its point."""

    key: FeeKey
    valid_from: date
    weekly: Money
    cause: FeeCause
    unrounded: Decimal | None = None
    awarded_on: date | None = None


class Numbers(NamedTuple):
    """Families from one number to another, both included, and how many fee keys they have."""

    first: int
    last: int
    keys: int


class PointShelf:
    """The book of every fee, held in memory and kept up with what others record."""

    def __init__(self) -> None:
        self._book = FeeBook()
        self._families: dict[int, FeeFamily] = {}
        self._numbers: dict[FeeFamily, int] = {}
        self._last = 0

    def up_to_date(self, connection: Connection) -> FeeBook:
        """Return the book with every fee that is recorded by now; none is, until the commit."""
        last = held(connection, POINTS)
        if last != self._last:
            self._read_new(connection, last)
        return self._book

    @property
    def last(self) -> int:
        """The last number that was given when the book was last kept up."""
        return self._last

    def family_number(self, family: FeeFamily) -> int | None:
        """Return the number of a family, if it had one when the book was last kept up."""
        return self._numbers.get(family)

    def _read_new(self, connection: Connection, last: int) -> None:
        # A family never changes, so one that was read is not read again.
        unread = FEE_FAMILIES.c.id > max(self._families, default=0)
        for number, family in _families_where(connection, unread).items():
            self._families[number] = family
            self._numbers[family] = number
        new = FEE_POINTS.c.number.between(self._last + 1, last)
        for family, age_band, point in _points_where(
            connection, new, self._families, may_be_many=True
        ):
            self._book.put(family, age_band, point)
        self._last = last


def record_fees(connection: Connection, fees: Sequence[NewFee], now: datetime) -> set[int]:
    """Record weekly fees, in order; return the numbers of their families."""
    if not fees:
        return set()
    numbers = family_numbers(connection, {fee.key.family for fee in fees})
    rows = [
        {
            "number": number,
            "family_id": numbers[fee.key.family],
            "age_band": fee.key.age_band,
            "valid_from": fee.valid_from,
            "weekly": fee.weekly,
            "cause": fee.cause.kind,
            "reference": fee.cause.reference,
            "recorded_at": now,
            "unrounded": fee.unrounded,
            "awarded_on": fee.awarded_on,
        }
        for number, fee in zip(allot(connection, POINTS, len(fees)), fees, strict=True)
    ]
    insert_rows(connection, FEE_POINTS, rows)
    return set(numbers.values())


def family_numbers(connection: Connection, wanted: Collection[FeeFamily]) -> dict[FeeFamily, int]:
    """Return the numbers of families; one that is not there yet gets its number now."""
    known: dict[FeeFamily, int] = {}
    for some in _portions(sorted(wanted)):
        found = _families_where(connection, tuple_(*_words).in_(some))
        known |= {family: number for number, family in found.items()}
    new = sorted(family for family in wanted if family not in known)
    if new:
        given = dict(zip(new, allot(connection, _FAMILIES, len(new)), strict=True))
        rows = [{"id": number, **family._asdict()} for family, number in given.items()]
        insert_rows(connection, FEE_FAMILIES, rows)
        known |= given
    return known


def families_between(connection: Connection, first: int, last: int) -> dict[int, FeeFamily]:
    """Return the families from one number to another, in order."""
    return _families_where(connection, FEE_FAMILIES.c.id.between(first, last))


def family_ids(connection: Connection, numbers: Numbers) -> list[int]:
    """Return the families from one number to another by their numbers alone."""
    between = FEE_FAMILIES.c.id.between(numbers.first, numbers.last)
    return list(connection.scalars(select(FEE_FAMILIES.c.id).where(between)))


def book_between(
    connection: Connection, families: Mapping[int, FeeFamily], numbers: Numbers
) -> FeeBook:
    """Return a book of the fees of the families from one number to another."""
    book = FeeBook()
    between = FEE_POINTS.c.family_id.between(numbers.first, numbers.last)
    for family, age_band, point in _points_where(connection, between, families):
        book.put(family, age_band, point)
    return book


def add_points_of(connection: Connection, book: FeeBook, numbers: Collection[int]) -> None:
    """Add the fees of some more families to a book."""
    for some in _portions(sorted(numbers)):
        families = _families_where(connection, FEE_FAMILIES.c.id.in_(some))
        wanted = FEE_POINTS.c.family_id.in_(some)
        for family, age_band, point in _points_where(connection, wanted, families):
            book.put(family, age_band, point)


def add_points_of_family(connection: Connection, book: FeeBook, family: FeeFamily) -> None:
    """Add the fees of a family to a book; one that has none yet gets no number by it."""
    families = _families_where(connection, tuple_(*_words) == family)
    add_points_of(connection, book, families.keys())


def every_point(connection: Connection) -> Iterator[tuple[FeeKey, FeePoint]]:
    """Yield every point that was ever recorded, superseded ones too, as it was recorded."""
    families = _families_where(connection, true())
    for family, age_band, point in _points_where(connection, true(), families, may_be_many=True):
        yield FeeKey(*family, age_band), point


def strange_point(
    connection: Connection, numbers: Numbers, *, after: int, besides: str
) -> str | None:
    """Name a fee that was recorded after a number, by anything but one review; or nothing."""
    found = select(FEE_POINTS.c.cause, FEE_POINTS.c.reference, FEE_POINTS.c.valid_from).where(
        FEE_POINTS.c.family_id.between(numbers.first, numbers.last),
        FEE_POINTS.c.number > after,
        FEE_POINTS.c.reference != besides,
    )
    row = connection.execute(found.limit(1)).one_or_none()
    return None if row is None else f"{row.cause} {row.reference} from {row.valid_from}"


def portions_of_keys(
    connection: Connection, keys_each: int, placements_each: int
) -> Iterator[Numbers]:
    """Yield every family that has fees, in portions that can be worked on whole.

    A portion has about so many fee keys and placements; a family is never split.
    """
    bands = func.count(FEE_POINTS.c.age_band.distinct())
    keys = _counted(connection, FEE_POINTS.c.family_id, bands)
    placements = _counted(connection, PLACEMENT_FAMILIES.c.family_id, func.count())
    portion: Numbers | None = None
    live = 0
    for number, count in keys.items():
        live += placements.get(number, 0)
        if portion and (portion.keys + count > keys_each or live > placements_each):
            yield portion
            portion, live = None, placements.get(number, 0)
        first, so_far = (portion.first, portion.keys) if portion else (number, 0)
        portion = Numbers(first, number, so_far + count)
    if portion is not None:
        yield portion


def _counted(
    connection: Connection, family: ColumnElement[int], count: ColumnElement[int]
) -> dict[int, int]:
    """Return a count by family, in the order of the families."""
    counts = select(family, count).group_by(family).order_by(family)
    return {number: counted for number, counted in connection.execute(counts)}  # noqa: C416 - a row is no pair to the type checker


_T = TypeVar("_T")


def _portions(wanted: list[_T]) -> Iterator[list[_T]]:
    for start in range(0, len(wanted), _AT_A_TIME):
        yield wanted[start : start + _AT_A_TIME]


def _families_where(connection: Connection, condition: ColumnElement[bool]) -> dict[int, FeeFamily]:
    found = select(FEE_FAMILIES.c.id, *_words).where(condition).order_by(FEE_FAMILIES.c.id)
    return {
        number: FeeFamily(*(intern(word) for word in words))
        for number, *words in connection.execute(found)
    }


def _points_where(
    connection: Connection,
    condition: ColumnElement[bool],
    families: Mapping[int, FeeFamily],
    *,
    may_be_many: bool = False,
) -> Iterator[tuple[FeeFamily, str, FeePoint]]:
    """Yield points as they were recorded, each cause, day and word held in memory once."""
    found = select(*_point_columns).where(condition).order_by(FEE_POINTS.c.number)
    causes: dict[tuple[str, str], FeeCause] = {}
    days: dict[date, date] = {}
    # Many are fetched as they are asked for, and that must be told before: afterwards PostgreSQL
    # has sent them all. For a few it would only be three questions in the place of one.
    options = {"yield_per": _AT_A_TIME} if may_be_many else {}
    # By portions: one row at a time, fetching took longer than what is done with it.
    portions = connection.execute(found, execution_options=options).partitions(_AT_A_TIME)
    rows = chain.from_iterable(portions)
    for family_id, age_band, valid_from, weekly, kind, reference, *rest in rows:
        cause = causes.get((kind, reference))
        if cause is None:
            cause = causes[kind, reference] = FeeCause(kind, reference)
        day = days.setdefault(valid_from, valid_from)
        yield families[family_id], intern(age_band), FeePoint(day, weekly, cause, *rest)
