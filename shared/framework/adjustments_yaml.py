"""Reads the discounts and supplements of a framework from the `adjustments` of its file."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Annotated, Final, Literal

from pydantic import Field

from shared.contracts.fields import Sentence, WireMoney, WirePercentage, Word
from shared.days import Period
from shared.errors import Fault
from shared.framework.adjustments import (
    Adjustment,
    AdjustmentFor,
    AdjustmentKind,
    Amount,
    ForLongStay,
    ForSibling,
    ForSolo,
    ForVolume,
)
from shared.framework.faults import NOTHING_THERE, Path_
from shared.framework.fields import Day, Told
from shared.framework.yaml_file import YamlFile

KEY: Final = "adjustments"
_ALL_OF_IT: Final = 100
_WHAT_FOR: Final = ("sibling_number", "months_placed", "volume", "solo")


class _Volume(Told):
    at_least: Annotated[int, Field(ge=1)]
    below: Annotated[int, Field(ge=2)] | None = None


class _For(Told):
    """For whom; one of the keys, and a duration beside months_placed alone."""

    sibling_number: Annotated[int, Field(ge=2, le=12)] | None = None
    months_placed: Annotated[int, Field(ge=1, le=216)] | None = None
    duration: Literal["short_term", "long_term"] | None = None
    volume: _Volume | None = None
    solo: Literal[True] | None = None


class _Amount(Told):
    from_: Day = Field(alias="from")
    percent: WirePercentage | None = None
    weekly: WireMoney | None = None


class AdjustmentTold(Told):
    """One discount or supplement, as the file tells it."""

    id: Word
    kind: AdjustmentKind
    name: Sentence
    for_: Literal["solo"] | _For = Field(alias="for")
    amounts: Annotated[tuple[_Amount, ...], Field(min_length=1)]


def adjustments_of(told: Sequence[AdjustmentTold]) -> tuple[Adjustment, ...]:
    """Return the discounts and supplements that a file without faults tells of, in its order."""
    return tuple(
        Adjustment(
            one.id,
            one.kind,
            one.name,
            _due(one.for_),
            tuple(Amount(each.from_, each.percent, each.weekly) for each in one.amounts),
        )
        for one in told
    )


def adjustment_faults(source: YamlFile, told: Sequence[AdjustmentTold]) -> Iterator[Fault]:
    """Yield what contradicts itself although each value alone is allowed."""
    ids = [one.id for one in told]
    for position, one in enumerate(told):
        path: Path_ = (KEY, position)
        if one.id in ids[:position]:
            yield source.fault((*path, "id"), one.id, "each id once")
        if isinstance(one.for_, _For):
            yield from _faults_of_whom(source, (*path, "for"), one.for_)
        yield from _faults_of_amounts(source, path, one)
    yield from _faults_of_tiers(source, told)


def _faults_of_whom(source: YamlFile, path: Path_, told: _For) -> Iterator[Fault]:
    given = [key for key in _WHAT_FOR if getattr(told, key) is not None]
    if len(given) != 1:
        found = " and ".join(given) or NOTHING_THERE
        yield source.fault(path, found, f"one of {', '.join(_WHAT_FOR)}")
    if told.duration is not None and told.months_placed is None:
        yield source.fault((*path, "duration"), told.duration, "only beside months_placed")
    volume = told.volume
    if volume is not None and volume.below is not None and volume.below <= volume.at_least:
        allowed = f"a number above {volume.at_least}"
        yield source.fault((*path, "volume", "below"), volume.below, allowed)


def _faults_of_amounts(source: YamlFile, path: Path_, told: AdjustmentTold) -> Iterator[Fault]:
    for position, amount in enumerate(told.amounts):
        here: Path_ = (*path, "amounts", position)
        if (amount.percent is None) == (amount.weekly is None):
            found = "percent and weekly" if amount.percent is not None else NOTHING_THERE
            yield source.fault(here, found, "either percent or weekly")
        for key, value in (("percent", amount.percent), ("weekly", amount.weekly)):
            if value is not None and value < 0:
                allowed = "0 or more: the kind says whether it is added or taken off"
                yield source.fault((*here, key), value, allowed)
        if told.kind == "discount" and amount.percent is not None and amount.percent > _ALL_OF_IT:
            yield source.fault((*here, "percent"), amount.percent, "at most 100 for a discount")
    for position, (before, after) in enumerate(pairwise(told.amounts), start=1):
        if after.from_ <= before.from_:
            here = (*path, "amounts", position, "from")
            yield source.fault(here, after.from_, f"a day after {before.from_}")


def _faults_of_tiers(source: YamlFile, told: Sequence[AdjustmentTold]) -> Iterator[Fault]:
    """Yield each volume tier that an agency could be in together with an earlier one.

    A tier that has ended, by an amount of 0, may be replaced by one of other bounds.
    """
    tiers = [
        (position, one, one.for_.volume)
        for position, one in enumerate(told)
        if isinstance(one.for_, _For) and one.for_.volume is not None
    ]
    for (_, earlier, its), (position, one, volume) in combinations(tiers, 2):
        if _meet(its, volume) and _share_a_day(earlier, one):
            allowed = f"a tier without any number of {earlier.id}, which has {_bounds(its)}"
            yield source.fault((KEY, position, "for", "volume"), _bounds(volume), allowed)


def _meet(one: _Volume, other: _Volume) -> bool:
    return (one.below is None or other.at_least < one.below) and (
        other.below is None or one.at_least < other.below
    )


def _share_a_day(one: AdjustmentTold, other: AdjustmentTold) -> bool:
    return any(mine.overlaps(its) for mine in _holding(one) for its in _holding(other))


def _holding(told: AdjustmentTold) -> Iterator[Period]:
    """Yield the days on which an adjustment comes to something; none where they are at fault."""
    ends = [*(amount.from_ for amount in told.amounts[1:]), None]
    for amount, end in zip(told.amounts, ends, strict=True):
        if (amount.percent or amount.weekly) and (end is None or amount.from_ < end):
            yield Period(amount.from_, end)


def _bounds(volume: _Volume) -> str:
    if volume.below is None:
        return f"{volume.at_least} and more"
    return f"{volume.at_least} to {volume.below - 1}"


def _due(told: Literal["solo"] | _For) -> AdjustmentFor:
    if isinstance(told, str) or told.solo:
        return ForSolo()
    if told.sibling_number is not None:
        return ForSibling(told.sibling_number)
    if told.months_placed is not None:
        return ForLongStay(told.months_placed, told.duration)
    if told.volume is None:
        raise AssertionError("whom an adjustment is for was checked before")
    return ForVolume(told.volume.at_least, told.volume.below)
