"""How many fees and placements a price review moves by how much, in bands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, NamedTuple

from shared.money import Money

POUNDS_EACH: Final = Decimal("10.00")
PER_CENT_EACH: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)
_UNMOVED: Final = Decimal(0)


class Band(NamedTuple):
    """The fees that move by more than one amount, up to and including another.

    Args:
        above, up_to: in pounds a week, or in per cent; both 0 for what does not move. Below zero
            the amount further from zero is the one that is included.
        placements: the live placements on these fees, and those on spot fees.
    """

    above: Decimal
    up_to: Decimal
    fees: int
    placements: int


@dataclass(slots=True)
class Distribution:
    """How many fees and placements move by how much, in pounds a week and in per cent."""

    _pounds: dict[int, tuple[int, int]] = field(default_factory=dict)
    _per_cent: dict[int, tuple[int, int]] = field(default_factory=dict)

    def add(self, before: Money, after: Money, *, fees: int, placements: int) -> None:
        """Count some fees that move from one amount to another, with their placements."""
        change = after - before
        _count(self._pounds, _step(change, POUNDS_EACH), fees, placements)
        rate = change / before * _HUNDRED if before else _UNMOVED
        _count(self._per_cent, _step(rate, PER_CENT_EACH), fees, placements)

    def by_pounds(self) -> Iterator[Band]:
        """Yield the bands of pounds a week in which there is anything, lowest first."""
        return _bands(self._pounds, POUNDS_EACH)

    def by_per_cent(self) -> Iterator[Band]:
        """Yield the bands of per cent in which there is anything, lowest first.

        A fee that was nothing before has no rate: it counts as not moved.
        """
        return _bands(self._per_cent, PER_CENT_EACH)


def _step(change: Decimal, each: Decimal) -> int:
    """Return which band a change is in: 0 for none, 1 for the first above it, -1 below."""
    if not change:
        return 0
    return int((change / each).to_integral_value(ROUND_CEILING if change > 0 else ROUND_FLOOR))


def _count(counts: dict[int, tuple[int, int]], step: int, fees: int, placements: int) -> None:
    so_far = counts.get(step, (0, 0))
    counts[step] = so_far[0] + fees, so_far[1] + placements


def _bands(counts: dict[int, tuple[int, int]], each: Decimal) -> Iterator[Band]:
    for step in sorted(counts):
        inner = step - 1 if step > 0 else step + 1 if step < 0 else 0
        yield Band(inner * each, step * each, *counts[step])
