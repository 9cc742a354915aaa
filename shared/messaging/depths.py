"""How much stands in a service's own queues: the worker asks the broker for one now and then."""

import time
from collections.abc import Sequence
from itertools import cycle
from typing import Final

from shared.errors import BrokerAway, BrokerMisconfigured
from shared.messaging.broker import Link
from shared.messaging.measures import Measures

ROUND_SECONDS: Final = 15.0
"""How soon each queue's turn comes again."""

AFTER_REFUSAL_SECONDS: Final = 300.0
"""How soon a queue is asked for again that the broker would not tell of."""


class Depths:
    """Asks for one queue after the other, so that no message waits for more than one answer.

    What cannot be learned is not known, and disturbs nothing: a lost link is noticed by whoever
    consumes from it.
    """

    def __init__(self, queues: Sequence[str], measures: Measures) -> None:
        self._measures = measures
        self._queues = cycle(queues)
        self._between_seconds = ROUND_SECONDS / len(queues)
        self._due = 0.0
        self._left_alone: dict[str, float] = {}

    def ask_if_due(self, link: Link) -> None:
        """Ask for the next queue, if it is time."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + self._between_seconds
        queue = next(self._queues)
        if self._left_alone.get(queue, 0.0) > now:
            return
        try:
            self._measures.depth(queue, link.depth(queue))
        except (BrokerAway, BrokerMisconfigured):
            self._measures.depth(queue, None)
            self._left_alone[queue] = now + AFTER_REFUSAL_SECONDS

    def forget(self) -> None:
        """Know nothing: the broker is away. After that, ask for every queue again."""
        self._left_alone.clear()
        self._measures.forget_depths()
