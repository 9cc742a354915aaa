"""In which order what was taken from the queues is handled, and how much before looking again."""

import time
from collections import deque
from collections.abc import Collection, Sequence

from shared.messaging.message import Delivery
from shared.messaging.pace import LONGEST_BATCH_SECONDS


class Turns:
    """What one link handed out, as the transactions to make of it.

    What is heavy is kept until its turn comes, in the order in which it came, each a transaction by
    itself. Kept means delivered and not acknowledged: if the link ends meanwhile, the broker gives
    it to somebody again.

    Args:
        urgent: the queue whose deliveries do not wait for planned work beside them.
        heavy: the queues of which one delivery may take as long as a batch of others.
    """

    def __init__(self, urgent: str, heavy: Collection[str]) -> None:
        self._urgent = urgent
        self._heavy = heavy
        self._kept: deque[Delivery] = deque()
        self._ends = 0.0

    @property
    def has_kept(self) -> bool:
        """Whether something that was handed out waits for its turn."""
        return bool(self._kept)

    def begin(self, batch: Sequence[Delivery]) -> list[Sequence[Delivery]]:
        """Keep what is heavy of a batch; return the rest as transactions, what is urgent first."""
        self._ends = 0.0
        self._kept += (one for one in batch if one.queue in self._heavy)
        light = [one for one in batch if one.queue not in self._heavy]
        urgent = [one for one in light if one.queue == self._urgent]
        planned = [one for one in light if one.queue != self._urgent]
        return [part for part in (urgent, planned) if part]

    def next_heavy(self) -> Sequence[Delivery]:
        """Return what is heavy and next, by itself; nothing once urgent work is to be looked for.

        There is always time for one, so that a backlog of planned work does not hold it up for
        ever; for more, until as much time is spent as on a batch.
        """
        now = time.monotonic()
        if not self._ends:
            self._ends = now + LONGEST_BATCH_SECONDS
        elif now >= self._ends:
            return ()
        return (self._kept.popleft(),) if self._kept else ()
