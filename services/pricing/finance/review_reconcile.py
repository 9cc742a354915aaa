"""Compares what finance was sent with what finance says that it has booked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.pricing.finance.acknowledgement import Acknowledgement, last_told
from shared.money import NOTHING, Money


class Figures(NamedTuple):
    """What a message comes to: a weekly fee, or a number of price changes, and arrears."""

    arrears: Money
    new_weekly: Money | None = None
    price_changes: int | None = None


class Sent(NamedTuple):
    """A message that finance was sent, with our figures.

    Args:
        about: the placement, or the review.
        sequence: its number among those of the placement; none for a review.
    """

    message_id: str
    about: str
    sequence: int | None
    sent_at: datetime
    figures: Figures

    def __str__(self) -> str:
        return self.about if self.sequence is None else f"{self.about} {self.sequence}"


class Differing(NamedTuple):
    """A message that finance has booked with other figures than ours."""

    sent: Sent
    booked: Figures
    booked_at: datetime


@dataclass(slots=True)
class Reconciliation:
    """How far finance has booked what it was sent.

    Args:
        agreed: how many messages finance has booked with our figures.
        arrears_sent, arrears_booked: the sums of ours, and of what finance has said of them.
    """

    sent: int = 0
    agreed: int = 0
    arrears_sent: Money = NOTHING
    arrears_booked: Money = NOTHING
    not_acknowledged: list[Sent] = field(default_factory=list)
    differing: list[Differing] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Say whether finance has booked every message with our figures."""
        return self.agreed == self.sent

    def add(self, sent: Sent, acknowledgements: Iterable[Acknowledgement]) -> None:
        """Compare one message with all that finance has said of it; the last told counts."""
        self.sent += 1
        self.arrears_sent = Money(self.arrears_sent + sent.figures.arrears)
        counts = last_told(acknowledgements)
        if counts is None:
            self.not_acknowledged.append(sent)
            return
        self.arrears_booked = Money(self.arrears_booked + counts.arrears)
        booked = Figures(counts.arrears, counts.new_weekly, counts.price_changes)
        if booked == sent.figures:
            self.agreed += 1
        else:
            self.differing.append(Differing(sent, booked, counts.told_at))
