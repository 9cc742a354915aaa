"""How much stands in a service's own queues: the worker asks the broker for one now and then."""

import time
from collections.abc import Callable, Sequence
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
    """Asks for one queue after the other, and waits for no answer: messages come first.

    What cannot be learned is not known, and disturbs nothing: a lost link is noticed by whoever
    consumes from it.
    """

    def __init__(self, queues: Sequence[str], measures: Measures) -> None:
        self._measures = measures
        self._queues = cycle(queues)
        self._between_seconds = ROUND_SECONDS / len(queues)
        self._due = 0.0
        self._left_alone: dict[str, float] = {}
        self._asked = ""
        self._answer: Callable[[], int | None] | None = None

    def ask_if_due(self, link: Link) -> None:
        """Ask for the next queue, if it is time; note the answer, if it is there.

        A broker that has just lost a node may take many seconds to answer. So long, no other
        queue is asked for.
        """
        now = time.monotonic()
        try:
            if self._answer is None and now >= self._due:
                self._ask_for_next(link, now)
            self._note()
        except (BrokerAway, BrokerMisconfigured):
            self._answer = None
            self._measures.depth(self._asked, None)
            self._left_alone[self._asked] = now + AFTER_REFUSAL_SECONDS

    def forget(self) -> None:
        """Know nothing: the broker is away. After that, ask for every queue again."""
        self._answer = None
        self._left_alone.clear()
        self._measures.forget_depths()

    def _ask_for_next(self, link: Link, now: float) -> None:
        self._due = now + self._between_seconds
        queue = next(self._queues)
        if self._left_alone.get(queue, 0.0) <= now:
            self._asked = queue
            self._answer = link.ask_depth(queue)

    def _note(self) -> None:
        ready = None if self._answer is None else self._answer()
        if ready is not None:
            self._measures.depth(self._asked, ready)
            self._answer = None
