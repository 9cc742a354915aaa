"""What is due to one agency for a period: fees as finance knew them, arrears and credits."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple

from services.pricing.changes import Arrears
from services.pricing.placement import Account
from shared.days import Period
from shared.money import NOTHING, Money, for_days

LineKind = Literal["fee", "arrears", "credit"]


class Told(NamedTuple):
    """A price change as finance was told of it.

    Args:
        as_of: the day of the message: from it on the new fee is paid, and what was owed for days
            before it is in its arrears.
        is_rederived: it was told before its arrears lines were kept, so that they are worked out
            again from its days and fees.
    """

    placement_id: str
    sequence: int
    start: date
    end: date | None
    account: Account
    old_weekly: Money
    new_weekly: Money
    as_of: date
    arrears: tuple[Arrears, ...]
    is_rederived: bool = False


class StatementLine(NamedTuple):
    """One line: some days of one placement, rounded once.

    Args:
        weekly: the weekly fee; of arrears the difference of the two.
        sequence, as_of: of arrears, the message that told them, and its day.
        is_rederived: of arrears, as in `Told`.
    """

    kind: LineKind
    placement_id: str
    account: Account
    first_day: date
    day_after_last: date
    weekly: Money
    amount: Money
    sequence: int | None = None
    as_of: date | None = None
    is_rederived: bool = False

    @property
    def days(self) -> int:
        """How many days that are."""
        return (self.day_after_last - self.first_day).days


@dataclass(slots=True)
class Sums:
    """What some lines of a statement come to."""

    fees: Money = NOTHING
    arrears: Money = NOTHING
    credits: Money = NOTHING

    @property
    def total(self) -> Money:
        """What is due in all; below zero it is to be recovered."""
        return Money(self.fees + self.arrears + self.credits)

    def add(self, line: StatementLine) -> None:
        """Count one line."""
        if line.kind == "fee":
            self.fees = Money(self.fees + line.amount)
        elif line.kind == "arrears":
            self.arrears = Money(self.arrears + line.amount)
        else:
            self.credits = Money(self.credits + line.amount)


@dataclass(slots=True)
class Totals:
    """What the lines of a statement come to, counted while they go by.

    Args:
        rederived: how many arrears lines were worked out again, because the message was told
            before such lines were kept.
    """

    by_purchaser: defaultdict[str, Sums] = field(default_factory=lambda: defaultdict(Sums))
    by_service_line: defaultdict[str, Sums] = field(default_factory=lambda: defaultdict(Sums))
    all: Sums = field(default_factory=Sums)
    lines: int = 0
    rederived: int = 0

    def add(self, line: StatementLine) -> None:
        """Count one line."""
        self.lines += 1
        self.rederived += line.is_rederived
        for sums in (
            self.by_purchaser[line.account.purchaser],
            self.by_service_line[line.account.service_line],
            self.all,
        ):
            sums.add(line)


def statement_lines(told: Iterable[Told], period: Period) -> Iterator[StatementLine]:
    """Yield the lines of one agency's statement.

    A day's fee is what finance knew of it on that day: each message counts from its own day on,
    and what it says of earlier days is in its arrears, on the statement of the day on which it was
    told. So each pound is on one statement: those of consecutive periods add up, in sevenths of
    a penny exactly, to what the placements cost; each line is rounded once.

    Args:
        told: what finance was told, of this agency's accounts only, the messages of each placement
            together and in sequence.
        period: the days of the statement, its end not included.
    """
    for _, of_one in groupby(told, key=attrgetter("placement_id")):
        messages = list(of_one)
        for account in dict.fromkeys(message.account for message in messages):
            of_account = [message for message in messages if message.account == account]
            yield from _fee_lines(of_account, period)
        for message in messages:
            if message.as_of in period:
                yield from _arrears_lines(message)


def _fee_lines(told: Sequence[Told], period: Period) -> Iterator[StatementLine]:
    """Yield each run of days of the period on which finance knew one weekly fee of an account."""
    known = _known(told)
    stop = period.end or date.max
    for position, (start, weekly) in enumerate(known):
        end = known[position + 1][0] if position + 1 < len(known) else stop
        first, last = max(start, period.start), min(end, stop)
        if weekly != NOTHING and first < last:
            amount = for_days(weekly, (last - first).days)
            one = told[0]
            yield StatementLine("fee", one.placement_id, one.account, first, last, weekly, amount)


def _known(told: Sequence[Told]) -> list[tuple[date, Money]]:
    """Return the weekly fee of one account that finance knew on each day, by the day it begins.

    Each message moves it by the difference of its two fees, from the day of the message on.
    """
    moves: defaultdict[date, Decimal] = defaultdict(Decimal)
    for message in told:
        start = max(message.start, message.as_of)
        if message.end is None or start < message.end:
            moved = message.new_weekly - message.old_weekly
            moves[start] += moved
            if message.end is not None:
                moves[message.end] -= moved
    known: list[tuple[date, Money]] = []
    weekly = NOTHING
    for day in sorted(moves):
        if moves[day]:
            weekly = Money(weekly + moves[day])
            known.append((day, weekly))
    return known


def _arrears_lines(message: Told) -> Iterator[StatementLine]:
    for line in message.arrears:
        yield StatementLine(
            "arrears" if line.amount >= NOTHING else "credit",
            message.placement_id,
            message.account,
            line.first_day,
            line.day_after_last,
            Money(line.new_weekly - line.old_weekly),
            line.amount,
            message.sequence,
            message.as_of,
            message.is_rederived,
        )
