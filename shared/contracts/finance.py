"""What finance says back: that it has booked a message, and with which figures."""

from typing import Annotated

from pydantic import Field

from shared.contracts.fields import Data, Reference, WireMoney

Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
"""How many, or which one counted from 1."""


class BookedPriceChange(Data):
    """A price change as finance has booked it."""

    placement_id: Reference
    sequence: Count
    new_weekly: WireMoney
    arrears_total: WireMoney


class BookedReview(Data):
    """The price changes of one review as finance has booked them: how many, and their arrears."""

    review_id: Reference
    price_changes: Count
    arrears_total: WireMoney


class FinanceAcknowledged(Data):
    """Finance has booked a message.

    Args:
        message_id: the id of the event that was booked.
    """

    message_id: Reference
    price_change: BookedPriceChange | None = None
    review: BookedReview | None = None

    def contradictions(self) -> list[tuple[str, str]]:
        """Return what contradicts itself, as (field, reason), without any value."""
        if (self.price_change is None) == (self.review is None):
            return [("", "it acknowledges either a price change or a review")]
        return []
