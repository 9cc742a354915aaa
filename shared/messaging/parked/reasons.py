"""For which reasons messages are parked: counted as they are looked at, none of them kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.messaging.parked.message import ParkedMessage

MOST_REASONS: Final = 500
"""How many are told apart; where a reason names what it is about, there may be one for each."""

OTHER_REASONS: Final = "(other reasons: there are too many to tell all of them apart)"


@dataclass(slots=True)
class ReasonGroup:
    """All messages that are parked for one reason: how many, of which types, since when."""

    reason: str
    count: int = 0
    types: set[str] = field(default_factory=set)
    oldest: datetime | None = None
    newest: datetime | None = None

    def take(self, one: ParkedMessage) -> None:
        """Count one more."""
        self.count += 1
        self.types.add(one.type)
        if one.parked_at is not None:
            self.oldest = min(self.oldest or one.parked_at, one.parked_at)
            self.newest = max(self.newest or one.parked_at, one.parked_at)


class Reasons:
    """The reasons that were met, the most frequent first; beyond the most, they count as one."""

    def __init__(self, messages: Iterable[ParkedMessage] = ()) -> None:
        self._groups: dict[str, ReasonGroup] = {}
        for one in messages:
            self.take(one)

    def take(self, one: ParkedMessage) -> None:
        """Count a message."""
        is_told_apart = one.reason in self._groups or len(self._groups) < MOST_REASONS
        reason = one.reason if is_told_apart else OTHER_REASONS
        self._groups.setdefault(reason, ReasonGroup(reason)).take(one)

    def groups(self) -> list[ReasonGroup]:
        """Return the reasons, the most frequent first."""
        return sorted(self._groups.values(), key=lambda group: (-group.count, group.reason))

    def numbers(self) -> "Numbers":
        """Return the place of each reason among them, the first being 1."""
        return Numbers({group.reason: n for n, group in enumerate(self.groups(), start=1)})


class Numbers(dict[str, int]):
    """The number of each reason; those that are not told apart have the same."""

    def __missing__(self, _: str) -> int:
        return self[OTHER_REASONS]
