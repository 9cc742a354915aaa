"""What a price review comes to: its control totals, its cost to the budget, and how fees move.

Everything is counted from what holds without the review. One that supersedes another of its day
counts what it moves on from that one, as its messages to finance do.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from services.pricing.fees import FeeKey
from services.pricing.reviews.distribution import Distribution
from services.pricing.reviews.review import LivePlacements, Outcome, ReviewLine, SpotLine
from shared.days import days_in, financial_year
from shared.money import DAYS_IN_WEEK, NOTHING, Money, to_penny


class Stretch(NamedTuple):
    """Over how many days a review's cost is counted.

    Args:
        days: those of the financial year, 365 or 366; a year is never 52 weeks.
        remaining_days: those from the day of the review to the 31 March that ends its year.
    """

    days: int
    remaining_days: int

    @classmethod
    def of(cls, effective_from: date) -> "Stretch":
        """Return the stretches of a review that takes effect on a day."""
        year = financial_year(effective_from)
        end = year.end or effective_from
        return cls(days_in(year), (end - effective_from).days)

    def effects(self, paid: LivePlacements) -> tuple[Money, Money]:
        """Return what some placements cost more: in the whole year, and in what remains of it.

        Each is rounded once. They are taken to stay, in their age band, as they are on the day.
        """
        rise = paid.weekly_after - paid.weekly_before
        if not rise:
            return NOTHING, NOTHING
        return (
            to_penny(rise * self.days / DAYS_IN_WEEK),
            to_penny(rise * self.remaining_days / DAYS_IN_WEEK),
        )


@dataclass(slots=True)
class Paid:
    """What live placements pay a week, before a review and after, and what that comes to.

    Args:
        placements: how many there are; `moved` of them have a fee that the review moves.
        weekly_before, weekly_after: what they pay together, discounts and supplements included.
        annual_effect: what they cost more in the whole financial year.
        remaining_effect: what they cost more from the day of the review to the end of that year.
    """

    placements: int = 0
    moved: int = 0
    weekly_before: Money = NOTHING
    weekly_after: Money = NOTHING
    annual_effect: Money = NOTHING
    remaining_effect: Money = NOTHING

    def add(self, paid: LivePlacements, effects: tuple[Money, Money], *, moves: bool) -> None:
        """Count some placements."""
        moved = paid.placements if moves else 0
        self.include(Paid(paid.placements, moved, paid.weekly_before, paid.weekly_after, *effects))

    def include(self, other: "Paid") -> None:
        """Count other placements that were counted by themselves."""
        self.placements += other.placements
        self.moved += other.moved
        self.weekly_before = Money(self.weekly_before + other.weekly_before)
        self.weekly_after = Money(self.weekly_after + other.weekly_after)
        self.annual_effect = Money(self.annual_effect + other.annual_effect)
        self.remaining_effect = Money(self.remaining_effect + other.remaining_effect)


@dataclass(slots=True)
class Totals:
    """Control totals of a review: of all fees, or those of one purchaser, agency or type.

    Args:
        weekly_before, weekly_after: sums over the fee keys that move.
        paid: the live placements, on fees of the framework and on spot fees.
    """

    fees: dict[Outcome, int] = field(default_factory=dict)
    spot: dict[Outcome, int] = field(default_factory=dict)
    weekly_before: Money = NOTHING
    weekly_after: Money = NOTHING
    paid: Paid = field(default_factory=Paid)

    def add(self, line: ReviewLine) -> None:
        """Count the fee of one line, without its placements."""
        self.fees[line.outcome] = self.fees.get(line.outcome, 0) + 1
        if line.moves:
            self.weekly_before = Money(self.weekly_before + line.before)
            self.weekly_after = Money(self.weekly_after + line.after)

    def include(self, other: "Totals") -> None:
        """Count other fees that were counted by themselves."""
        for mine, theirs in ((self.fees, other.fees), (self.spot, other.spot)):
            for outcome, count in theirs.items():
                mine[outcome] = mine.get(outcome, 0) + count
        self.weekly_before = Money(self.weekly_before + other.weekly_before)
        self.weekly_after = Money(self.weekly_after + other.weekly_after)
        self.paid.include(other.paid)


_Cell = tuple[str, str, str]
"""A purchaser, an agency and a placement type."""

_Sums = dict[str, Totals]
_MOST_CELLS: Final = 500
_EVERY: Final = ""


@dataclass(slots=True)
class Counted:
    """Everything that is counted of a review while its lines go by, in whatever order."""

    stretch: Stretch
    service_lines: dict[tuple[str, str], Paid] = field(default_factory=dict)
    fees: Distribution = field(default_factory=Distribution)
    _cells: dict[_Cell, Totals] = field(default_factory=dict)
    _sums: tuple[_Sums, _Sums, _Sums, _Sums] = field(default_factory=lambda: ({}, {}, {}, {}))

    @classmethod
    def of(cls, effective_from: date) -> "Counted":
        """Return what is counted of a review from a day on, before its first line."""
        return cls(Stretch.of(effective_from))

    def add(self, line: ReviewLine) -> None:
        """Count the line of a fee key, and the live placements on it."""
        key = line.key
        totals = self._totals(key.purchaser, key.agency, key.placement_type)
        totals.add(line)
        for paid in line.service_lines:
            self._pay(totals, key.purchaser, paid, moves=line.moves)
        self.fees.add(line.before, line.after, fees=1, placements=line.placements)

    def add_spot(self, line: SpotLine) -> None:
        """Count the line of a spot placement."""
        family = line.family
        totals = self._totals(family.purchaser, family.agency, family.placement_type)
        totals.spot[line.outcome] = totals.spot.get(line.outcome, 0) + 1
        self._pay(totals, family.purchaser, paid_for(line), moves=line.moves)
        self.fees.add(line.before, line.after, fees=0, placements=1)

    def total(self) -> Totals:
        """Return the control totals of everything."""
        return self._added_up()[3].get(_EVERY, Totals())

    def by_purchaser(self) -> dict[str, Totals]:
        """Return the control totals of each purchaser."""
        return self._added_up()[0]

    def by_agency(self) -> dict[str, Totals]:
        """Return the control totals of each agency."""
        return self._added_up()[1]

    def by_placement_type(self) -> dict[str, Totals]:
        """Return the control totals of each placement type."""
        return self._added_up()[2]

    def by_service_line(self) -> dict[str, Paid]:
        """Return what the placements of each line of the budget pay, all purchasers together."""
        lines: dict[str, Paid] = {}
        for (_, name), paid in self.service_lines.items():
            lines.setdefault(name, Paid()).include(paid)
        return lines

    def _added_up(self) -> tuple[_Sums, _Sums, _Sums, _Sums]:
        for cell, totals in self._cells.items():
            for sums, name in zip(self._sums, (*cell, _EVERY), strict=True):
                sums.setdefault(name, Totals()).include(totals)
        self._cells.clear()
        return self._sums

    def _totals(self, purchaser: str, agency: str, placement_type: str) -> Totals:
        # In cells that are added up now and then: a line is counted once, not in every way.
        cell = purchaser, agency, placement_type
        found = self._cells.get(cell)
        if found is None:
            if len(self._cells) == _MOST_CELLS:
                self._added_up()
            found = self._cells[cell] = Totals()
        return found

    def _pay(self, totals: Totals, purchaser: str, paid: LivePlacements, *, moves: bool) -> None:
        # Rounded here, once, so that every way of adding them up comes to the same pence.
        effects = self.stretch.effects(paid)
        totals.paid.add(paid, effects, moves=moves)
        name = purchaser, paid.service_line
        self.service_lines.setdefault(name, Paid()).add(paid, effects, moves=moves)


class Seal:
    """The digest of everything that an approver of a review agrees to."""

    def __init__(self, heading: str) -> None:
        """Begin with everything beside the lines, in one text."""
        self._digest = hashlib.sha256(heading.encode())

    def add(self, lines: Iterable[ReviewLine]) -> None:
        """Seal the lines of one portion, in whatever order they come."""
        text = "".join(_sealed(line) for line in sorted(lines, key=_key_of))
        self._digest.update(text.encode())

    def add_spot(self, lines: Iterable[SpotLine]) -> None:
        """Seal the spot lines of one portion, in whatever order they come."""
        for line in sorted(lines):
            words = "|".join(line.family)
            text = f"\n{line.placement_id}|{words}|{line.service_line}|{line.before}|{line.after}"
            text = f"{text}|{line.outcome}|{line.because}{_based(line)}"
            self._digest.update(text.encode())

    def digest(self) -> str:
        """Return what an approval is bound to: it changes when any line or the heading does."""
        return self._digest.hexdigest()


def paid_for(line: SpotLine) -> LivePlacements:
    """Return what a spot placement pays."""
    return LivePlacements(line.service_line, 1, line.before, line.after)


def _key_of(line: ReviewLine) -> FeeKey:
    return line.key


def _sealed(line: ReviewLine) -> str:
    unrounded = "" if line.unrounded is None else f"{line.unrounded:f}"
    live = ";".join(f"{on},{many},{old},{new}" for on, many, old, new in line.service_lines)
    pounds = f"{line.before}|{line.after}|{unrounded}"
    return f"\n{line.key}|{pounds}|{live}|{line.outcome}|{line.because}{_based(line)}"


def _based(line: ReviewLine | SpotLine) -> str:
    return "" if line.base is None else f"|{line.base}"
