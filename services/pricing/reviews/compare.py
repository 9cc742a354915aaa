"""What other terms would come to, side by side with the present ones; nothing is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.pricing.reviews.review import LivePlacements, Outcome, ReviewLine, SpotLine
from services.pricing.reviews.totals import Paid, Stretch, paid_for
from services.pricing.reviews.tracks import ReviewRule
from services.pricing.terms.agreed import Uplift
from shared.money import NOTHING, Money


class Column(NamedTuple):
    """Terms that are compared, and what they allow.

    Args:
        name: what a person calls them: `present`, `month=12`.
        rule: what becomes of each fee by them; none where a figure is missing.
        missing: which figure is missing and what to do; empty where none is.
    """

    name: str
    rule: ReviewRule | None
    missing: str = ""

    @property
    def uplifts(self) -> tuple[Uplift, ...]:
        """The uplift of each track."""
        return () if self.rule is None else tuple(track.uplift for track in self.rule.tracks)


@dataclass(slots=True)
class Compared:
    """What one set of terms comes to.

    Args:
        service_lines: by purchaser and line of the budget.
        weekly_after: the sum of the fee keys.
    """

    column: Column
    stretch: Stretch
    fees: dict[Outcome, int] = field(default_factory=dict)
    weekly_after: Money = NOTHING
    total: Paid = field(default_factory=Paid)
    service_lines: dict[tuple[str, str], Paid] = field(default_factory=dict)

    def add(self, line: ReviewLine) -> None:
        """Count the line of a fee key."""
        self.fees[line.outcome] = self.fees.get(line.outcome, 0) + 1
        self.weekly_after = Money(self.weekly_after + line.after)
        for paid in line.service_lines:
            self._pay(line.key.purchaser, paid, moves=line.moves)

    def add_spot(self, line: SpotLine) -> None:
        """Count the line of a spot placement."""
        self._pay(line.family.purchaser, paid_for(line), moves=line.moves)

    def _pay(self, purchaser: str, paid: LivePlacements, *, moves: bool) -> None:
        effects = self.stretch.effects(paid)
        self.total.add(paid, effects, moves=moves)
        name = purchaser, paid.service_line
        self.service_lines.setdefault(name, Paid()).add(paid, effects, moves=moves)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several sets of terms side by side, the present ones first."""

    compared: tuple[Compared, ...]

    @classmethod
    def of(cls, columns: Sequence[Column]) -> "Comparison":
        """Return a comparison before its first line.

        Raises:
            ValueError: there is nothing to compare.
        """
        stretches = [Stretch.of(each.rule.effective_from) for each in columns if each.rule]
        if not stretches:
            raise ValueError("no terms have all their figures")
        return cls(tuple(Compared(each, stretches[0]) for each in columns))

    def rules(self) -> Iterable[tuple[Compared, ReviewRule]]:
        """Yield the sets of terms whose figures are all known."""
        for each in self.compared:
            if each.column.rule is not None:
                yield each, each.column.rule

    def places(self) -> list[tuple[str, str]]:
        """Return every purchaser's line of the budget in which anybody lives, in order."""
        return sorted({place for each in self.compared for place in each.service_lines})
