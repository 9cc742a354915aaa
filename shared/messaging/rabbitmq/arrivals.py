"""Deliveries that RabbitMQ pushed to us: in which order they are handed out and acknowledged."""

import threading
import time
from collections import deque
from collections.abc import Sequence

from shared.errors import BrokerAway, BrokerMisconfigured
from shared.messaging.message import Delivery


class Arrivals:
    """What was delivered on one channel and is not acknowledged yet.

    The wire's thread puts in, the user's thread takes out.
    """

    def __init__(self, queues: Sequence[str]) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[Delivery]] = {queue: deque() for queue in queues}
        self._unacknowledged = Unacknowledged()
        self._failure: BrokerAway | BrokerMisconfigured | None = None

    @property
    def has_handed_out(self) -> bool:
        """Whether somebody works on what he was handed, and has not acknowledged it."""
        with self._changed:
            return len(self._unacknowledged) > sum(map(len, self._waiting.values()))

    @property
    def unacknowledged(self) -> int:
        """How many were delivered and not acknowledged, whether handed out or still waiting."""
        with self._changed:
            return len(self._unacknowledged)

    def add(self, delivery: Delivery) -> None:
        """Keep a delivery until somebody asks for it."""
        with self._changed:
            self._unacknowledged.add(delivery.tag)
            self._waiting[delivery.queue].append(delivery)
            self._changed.notify()

    def take(self, limit: int, wait_seconds: float) -> list[Delivery]:
        """Return up to `limit` deliveries, the first queue's first; none after the wait."""
        deadline = time.monotonic() + wait_seconds
        with self._changed:
            while True:
                if self._failure is not None:
                    raise type(self._failure)(str(self._failure))
                batch = self._taken(limit)
                left = deadline - time.monotonic()
                if batch or left <= 0:
                    return batch
                self._changed.wait(left)

    def settle(self, tags: set[int]) -> list[tuple[int, bool]]:
        """Return the acknowledgements to send: tag, and whether all before it are meant too."""
        with self._changed:
            return self._unacknowledged.settle(tags)

    def strangers(self, tags: set[int]) -> set[int]:
        """Return the tags that were not delivered here, or are acknowledged already."""
        with self._changed:
            return self._unacknowledged.strangers(tags)

    def lost(self, failure: BrokerAway | BrokerMisconfigured) -> None:
        """Wake whoever waits: nothing more will come, and nothing can be acknowledged."""
        with self._changed:
            self._failure = failure
            self._changed.notify_all()

    def _taken(self, limit: int) -> list[Delivery]:
        batch: list[Delivery] = []
        for queue in self._waiting.values():
            while queue and len(batch) < limit:
                batch.append(queue.popleft())
        return batch


class Unacknowledged:
    """The tags that the broker waits for, in the order in which it gave them out."""

    def __init__(self) -> None:
        self._tags: dict[int, None] = {}

    def __len__(self) -> int:
        return len(self._tags)

    def add(self, tag: int) -> None:
        """Note a delivery; tags rise."""
        self._tags[tag] = None

    def strangers(self, tags: set[int]) -> set[int]:
        """Return which of these are not waited for."""
        return tags - self._tags.keys()

    def settle(self, done: set[int]) -> list[tuple[int, bool]]:
        """Return what to acknowledge: one tag for all up to it where nothing older is open."""
        oldest = 0
        for tag in self._tags:
            if tag not in done:
                break
            oldest = tag
        acknowledgements = [(oldest, True)] if oldest else []
        acknowledgements += [(tag, False) for tag in sorted(done) if tag > oldest]
        for tag in done:
            del self._tags[tag]
        return acknowledgements
