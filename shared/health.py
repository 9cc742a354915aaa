"""Whether a service is ready, and if not, why not: kept by its threads, read by its probes."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

OLDEST_OUTBOX: Final = timedelta(minutes=5)
"""A message that waits longer than this to be published is a reason not to be ready."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a probe tells: ready, or the reasons why not."""

    reasons: tuple[str, ...]
    last_batch_at: datetime | None
    last_batch_size: int
    outbox_count: int
    outbox_age_seconds: int

    @property
    def is_ready(self) -> bool:
        """Say whether there is no reason against it."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure for whoever watches: the name of its metric, and its labels."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a service's own tables say of it, for whoever watches.

    Args:
        notices: what somebody ought to see to, though the service does its work.
    """

    notices: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()


class Health:
    """What is known of a service's parts; any thread may tell or ask.

    Args:
        parts: those that must have reported to be well before the service is ready, such as
            `broker` and `database`.
    """

    def __init__(self, *parts: str) -> None:
        self._lock = threading.Lock()
        self._known = set(parts)
        self._troubles = {part: f"{part} has not been reached yet" for part in parts}
        self._times_lost: Counter[str] = Counter()
        self._last_batch: tuple[datetime | None, int] = None, 0
        self._outbox: tuple[int, datetime | None] = 0, None

    def well(self, part: str) -> None:
        """Note that a part works."""
        with self._lock:
            self._known.add(part)
            self._troubles.pop(part, None)

    def trouble(self, part: str, reason: str) -> None:
        """Note what is wrong with a part; the reason stands for itself and names no child."""
        with self._lock:
            if part in self._known and part not in self._troubles:
                self._times_lost[part] += 1
            self._known.add(part)
            self._troubles[part] = reason

    def batch(self, at: datetime, size: int) -> None:
        """Note that messages were handled."""
        with self._lock:
            self._last_batch = at, size

    def outbox(self, count: int, oldest: datetime | None) -> None:
        """Note how many messages wait to be published, and since when the oldest does."""
        with self._lock:
            self._outbox = count, oldest

    def parts(self) -> dict[str, bool]:
        """Return the parts that were heard of, and whether each of them works."""
        with self._lock:
            return {part: part not in self._troubles for part in sorted(self._known)}

    def times_lost(self) -> dict[str, int]:
        """Return how often each part was lost."""
        with self._lock:
            return {part: self._times_lost[part] for part in sorted(self._known)}

    def readiness(self, now: datetime) -> Readiness:
        """Return whether the service is ready now."""
        with self._lock:
            reasons = list(self._troubles.values())
            count, oldest = self._outbox
            age = now - oldest if oldest is not None else timedelta(0)
            if age > OLDEST_OUTBOX:
                minutes = age // timedelta(minutes=1)
                reasons.append(f"messages have been waiting for {minutes} minutes to be published")
            at, size = self._last_batch
            return Readiness(tuple(reasons), at, size, count, max(0, int(age.total_seconds())))
