"""What finance says that it has booked: one price change, or all those of a review."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from shared.money import Money, money_text


class Acknowledgement(NamedTuple):
    """A message as finance has booked it, with finance's own figures.

    Args:
        told_at: when finance said so; of several about one message the last told counts.
        new_weekly: the weekly fee that was booked, of a price change.
        price_changes: how many were booked, of a review.
        arrears: the arrears that were booked, of the one or of all.
    """

    event_id: str
    message_id: str
    told_at: datetime
    arrears: Money
    placement_id: str | None = None
    sequence: int | None = None
    new_weekly: Money | None = None
    review_id: str | None = None
    price_changes: int | None = None

    @property
    def subject(self) -> str:
        """Return whom it is about: the placement or the review."""
        return self.placement_id or self.review_id or ""

    def sealed(self) -> bytes:
        """Return what the log proves of it: which message, and finance's figures."""
        weekly = "" if self.new_weekly is None else money_text(self.new_weekly)
        figures = f"{self.sequence}|{weekly}|{self.price_changes}|{money_text(self.arrears)}"
        return f"{self.event_id}|{self.message_id}|{self.subject}|{figures}".encode()


def last_told(acknowledgements: Iterable[Acknowledgement]) -> Acknowledgement | None:
    """Return the one that counts of several about one message: what finance said last.

    Of those that were told in one instant it is the last given.
    """
    found = sorted(acknowledgements, key=lambda one: one.told_at)
    return found[-1] if found else None
