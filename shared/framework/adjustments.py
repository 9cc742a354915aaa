"""Discounts and supplements that a framework lays down on top of its weekly fees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from shared.money import Money, Percentage

AdjustmentKind = Literal["discount", "supplement"]


@dataclass(frozen=True, slots=True)
class Amount:
    """What an adjustment comes to from a day on: per cent of the fee, or pounds a week."""

    valid_from: date
    percent: Percentage | None = None
    weekly: Money | None = None


@dataclass(frozen=True, slots=True)
class ForSibling:
    """From which child of a sibling group in one home on: 2 for the second and later ones."""

    from_number: int


@dataclass(frozen=True, slots=True)
class ForLongStay:
    """From so many months on with one agency, for placements of a duration.

    Args:
        duration: `long_term` or `short_term`; none for both.
    """

    after_months: int
    duration: str | None


@dataclass(frozen=True, slots=True)
class ForVolume:
    """For the placements of an agency that had so many of them when they were last counted.

    Args:
        below: up to and not including so many; none for any number above.
    """

    at_least: int
    below: int | None = None


@dataclass(frozen=True, slots=True)
class ForSolo:
    """For a child who is placed with no other child in the household."""


AdjustmentFor = ForSibling | ForLongStay | ForVolume | ForSolo


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One discount or supplement.

    Args:
        amounts: by day, each until the next one; before the first there is none.
    """

    id: str
    kind: AdjustmentKind
    name: str
    due: AdjustmentFor
    amounts: tuple[Amount, ...]

    def amount_on(self, day: date) -> Amount | None:
        """Return the amount that is laid down on a day, if any is yet."""
        held = None
        for amount in self.amounts:
            if amount.valid_from > day:
                break
            held = amount
        return held


class AdjustmentsByDue(NamedTuple):
    """The discounts and supplements of a framework by what they look at, each with its rule.

    Args:
        position: where each stands in the pack, by its id.
    """

    siblings: tuple[tuple[Adjustment, ForSibling], ...]
    long_stays: tuple[tuple[Adjustment, ForLongStay], ...]
    volumes: tuple[tuple[Adjustment, ForVolume], ...]
    solos: tuple[Adjustment, ...]
    position: Mapping[str, int]


def by_due(adjustments: Sequence[Adjustment]) -> AdjustmentsByDue:
    """Return discounts and supplements by what they look at."""
    return AdjustmentsByDue(
        tuple((each, each.due) for each in adjustments if isinstance(each.due, ForSibling)),
        tuple((each, each.due) for each in adjustments if isinstance(each.due, ForLongStay)),
        tuple((each, each.due) for each in adjustments if isinstance(each.due, ForVolume)),
        tuple(each for each in adjustments if isinstance(each.due, ForSolo)),
        {each.id: position for position, each in enumerate(adjustments)},
    )


def adjusted(weekly: Decimal, due: Sequence[tuple[Adjustment, Amount]]) -> Decimal:
    """Return a framework fee with what is due on top of it or off it, not rounded.

    Percentages are of the framework fee and add up; they do not work on one another. What is
    below nothing is nothing.
    """
    percent, pounds = Decimal(0), Decimal(0)
    for adjustment, amount in due:
        sign = -1 if adjustment.kind == "discount" else 1
        percent += sign * (amount.percent or Decimal(0))
        pounds += sign * (amount.weekly or Decimal(0))
    return max(weekly * (100 + percent) / 100 + pounds, Decimal(0))
