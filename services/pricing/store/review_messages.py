"""Which messages a price review sends, and under which ids."""

from shared.contracts.catalogue import REVIEW_APPLIED
from shared.contracts.event import event_id

FINISHED = "applied"


def cause_of(review_id: str) -> str:
    """Return how the causes of everything that a review sends begin; its portions follow."""
    return f"review:{review_id}:"


def applied_message_id(review_id: str) -> str:
    """Return the id of the review.applied.v1 of a review."""
    return event_id(f"{cause_of(review_id)}{FINISHED}", REVIEW_APPLIED, review_id)
