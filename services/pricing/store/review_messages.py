"""Which messages a price review sends, and under which ids."""

import re
from typing import Final

from shared.contracts.catalogue import REVIEW_APPLIED
from shared.contracts.event import event_id

FINISHED: Final = "applied"
_CAUSE: Final = re.compile(rf"review:.+:([0-9]+|{FINISHED})", re.DOTALL)


def cause_of(review_id: str) -> str:
    """Return how the causes of everything that a review sends begin; its portions follow."""
    return f"review:{review_id}:"


def is_cause(event_id: str) -> bool:
    """Say whether an id looks like the cause of what a review sends: its portions, its end."""
    return _CAUSE.fullmatch(event_id) is not None


def review_of_portion(caused_by: str) -> str | None:
    """Return the review of which a portion has caused a message, if one has."""
    found = _CAUSE.fullmatch(caused_by)
    if found is None or found[1] == FINISHED:
        return None
    return caused_by.removeprefix("review:").rpartition(":")[0]


def applied_message_id(review_id: str) -> str:
    """Return the id of the review.applied.v1 of a review."""
    return event_id(f"{cause_of(review_id)}{FINISHED}", REVIEW_APPLIED, review_id)
