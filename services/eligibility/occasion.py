"""Why a referral is decided now, and of which of its versions the decision is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a referral is decided now.

    Args:
        reference: what brings it about: an event's id, or a command and who gave it.
        version: that of the referral.
        said_at: when the referral was said, where that is known.
        supersedes: the decision on the same referral that no longer counts, if there is one.
    """

    word: Literal["received", "amended", "register_changed"]
    reference: str
    version: int = 1
    said_at: datetime | None = None
    supersedes: str | None = None


def said_at(told: datetime, now: datetime) -> datetime:
    """Return when an event was said; one without a time, or with one to come, when it came."""
    return told if 0 < told.timestamp() <= now.timestamp() else now
