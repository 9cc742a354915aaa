"""What is counted while messages are handled and published, for whoever wants to show it."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Measures:
    """Counts since the service started. Threads write; anyone may take a copy.

    Attributes:
        messages: how many messages, by type and by what became of them (handled, duplicate,
            waiting, parked).
        batches: how many transactions.
        batch_seconds: how long they took altogether.
        largest_batch: the most messages in one of them.
        published: how many messages the broker confirmed.
        refused: how often it refused one.
    """

    messages: Counter[tuple[str, str]] = field(default_factory=Counter)
    batches: int = 0
    batch_seconds: float = 0.0
    largest_batch: int = 0
    published: int = 0
    refused: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def batch(self, seconds: float, became: Mapping[tuple[str, str], int]) -> None:
        """Count one batch: how long it took, and what became of its messages."""
        with self._lock:
            self.messages.update(became)
            self.batches += 1
            self.batch_seconds += seconds
            self.largest_batch = max(self.largest_batch, sum(became.values()))

    def publishing(self, confirmed: int, refused: int) -> None:
        """Count what the broker said of messages that were published."""
        with self._lock:
            self.published += confirmed
            self.refused += refused

    def messages_by_fate(self) -> Counter[str]:
        """Return how many messages became what, of all types together."""
        with self._lock:
            totals: Counter[str] = Counter()
            for (_, fate), count in self.messages.items():
                totals[fate] += count
            return totals
