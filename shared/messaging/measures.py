"""What is counted while messages are handled and published, for whoever wants to show it."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from shared.contracts.catalogue import ELIGIBILITY_DECIDED
from shared.contracts.event import Event
from shared.persistence.inbox import Fate

HANDLER_BOUNDS: Final = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01),
    *(0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
BATCH_BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
SIZE_BOUNDS: Final = (1, 2, 5, 10, 20, 50, 100, 200)
OUTCOME_BOUNDS: Final = (
    *(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
    *(60, 120, 300, 900, 3600, 14400, 86400),
)
"""In seconds but for the sizes; each is the upper end of a bucket."""

LONGEST_AGE: Final = timedelta(days=31)
"""A sender may give an event any time; no older one may spoil a sum."""

_LONGEST_AGE_SECONDS: Final = LONGEST_AGE.total_seconds()


class Histogram:
    """How many values fell up to each bound, and their sum."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def copy(self) -> "Histogram":
        """Return a copy that nobody adds to."""
        other = Histogram(self.bounds)
        other.counts, other.sum = self.counts[:], self.sum
        return other


@dataclass(slots=True)
class Tally:
    """What became of the messages of one batch.

    Attributes:
        became: how many, by type and by what became of them.
        handled: the event and the seconds in its handler, of each that was handled.
    """

    became: Counter[tuple[str, str]] = field(default_factory=Counter)
    handled: list[tuple[Event[Any], float]] = field(default_factory=list)

    def settled(
        self, type_: str, fate: str, event: Event[Any] | None = None, seconds: float = 0.0
    ) -> None:
        """Note what became of a message."""
        self.became[type_, fate] += 1
        if fate == Fate.HANDLED and event is not None:
            self.handled.append((event, seconds))

    def update(self, other: "Tally") -> None:
        """Add another tally to this one."""
        self.became.update(other.became)
        self.handled += other.handled


@dataclass
class Measures:
    """Counts since the service started. Threads write; anyone may take a copy.

    Attributes:
        messages: how many messages, by type and by what became of them (handled, duplicate,
            waiting, parked).
        batch_size: of how many messages the transactions were.
        batch_seconds: how long they took.
        handler_seconds: how long the handler took for a message that was handled, by type.
        outcome_seconds: from the time of the event to the commit of its effects, by type.
        shortlist_seconds: from the receipt of a referral to its priced shortlist, by whether it
            is an emergency.
        published: how many messages the broker confirmed.
        refused: how often it refused one.
        depths: how many messages are ready in each of the service's own queues, where known.
    """

    messages: Counter[tuple[str, str]] = field(default_factory=Counter)
    batch_size: Histogram = field(default_factory=lambda: Histogram(SIZE_BOUNDS))
    batch_seconds: Histogram = field(default_factory=lambda: Histogram(BATCH_BOUNDS))
    handler_seconds: dict[str, Histogram] = field(default_factory=dict)
    outcome_seconds: dict[str, Histogram] = field(default_factory=dict)
    shortlist_seconds: dict[bool, Histogram] = field(default_factory=dict)
    published: int = 0
    refused: int = 0
    depths: dict[str, int] = field(default_factory=dict)
    _in_hand: dict[str, datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def batch(self, seconds: float, tally: Tally, now: datetime) -> None:
        """Count one batch that was just committed."""
        with self._lock:
            self.messages.update(tally.became)
            self.batch_size.add(tally.became.total())
            self.batch_seconds.add(seconds)
            for event, spent in tally.handled:
                _of(self.handler_seconds, event.type, HANDLER_BOUNDS).add(spent)
                age = _age_seconds(event.time, now)
                _of(self.outcome_seconds, event.type, OUTCOME_BOUNDS).add(age)
                if event.type == ELIGIBILITY_DECIDED:
                    decided = event.data
                    age = _age_seconds(decided.received_at, now)
                    _of(self.shortlist_seconds, decided.emergency, OUTCOME_BOUNDS).add(age)

    def publishing(self, confirmed: int, refused: int) -> None:
        """Count what the broker said of messages that were published."""
        with self._lock:
            self.published += confirmed
            self.refused += refused

    def taking(self, times: Iterable[tuple[str, datetime]]) -> None:
        """Note of which queue, and of what time, the events of a batch are."""
        oldest: dict[str, datetime] = {}
        for queue, time in times:
            known = oldest.get(queue)
            if known is None or time < known:
                oldest[queue] = time
        with self._lock:
            self._in_hand |= oldest

    def waits_only_in(self, queues: Collection[str]) -> None:
        """Note which queues may hold more than what is taken next; of the others none is old."""
        if self._in_hand:
            with self._lock:
                for queue in self._in_hand.keys() - queues:
                    del self._in_hand[queue]

    def oldest_seconds(self, now: datetime) -> dict[str, float]:
        """Return how old the oldest event is that is known to be in hand, by its queue.

        It is that of the last batch; while that batch is not done, and while the broker or the
        database is away, it grows older.
        """
        with self._lock:
            return {queue: _age_seconds(time, now) for queue, time in self._in_hand.items()}

    def depth(self, queue: str, ready: int | None) -> None:
        """Note how many messages are ready in a queue; None where that cannot be learned."""
        with self._lock:
            self.depths.pop(queue, None)
            if ready is not None:
                self.depths[queue] = ready

    def forget_depths(self) -> None:
        """Note that nothing is known of the queues now."""
        with self._lock:
            self.depths.clear()

    def messages_by_fate(self) -> Counter[str]:
        """Return how many messages became what, of all types together."""
        totals: Counter[str] = Counter()
        for (_, fate), count in self.copy().messages.items():
            totals[fate] += count
        return totals

    def copy(self) -> "Measures":
        """Return a copy that nobody writes to."""
        with self._lock:
            return Measures(
                messages=self.messages.copy(),
                batch_size=self.batch_size.copy(),
                batch_seconds=self.batch_seconds.copy(),
                handler_seconds=_copies(self.handler_seconds),
                outcome_seconds=_copies(self.outcome_seconds),
                shortlist_seconds=_copies(self.shortlist_seconds),
                published=self.published,
                refused=self.refused,
                depths=dict(self.depths),
                _in_hand=dict(self._in_hand),
            )


def _age_seconds(time: datetime, now: datetime) -> float:
    seconds = (now - time).total_seconds()
    if seconds <= 0.0:
        return 0.0
    return min(seconds, _LONGEST_AGE_SECONDS)


def _of(histograms: dict[Any, Histogram], key: str | bool, bounds: Sequence[float]) -> Histogram:
    found = histograms.get(key)
    if found is None:
        found = histograms[key] = Histogram(bounds)
    return found


def _copies(histograms: Mapping[Any, Histogram]) -> dict[Any, Histogram]:
    return {key: one.copy() for key, one in histograms.items()}
