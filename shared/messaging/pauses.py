"""What is left alone for a while after a failure, each time for longer."""

import time
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

from shared.messaging.backoff import backoff

K = TypeVar("K", bound=Hashable)


@dataclass(slots=True)
class _Pause:
    until: float
    delays: Iterator[float]


class Pauses(Generic[K]):
    """Keys that failed, with the time until which they are left alone."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._pauses: dict[K, _Pause] = {}

    def __len__(self) -> int:
        return len(self._pauses)

    def failed(self, key: K) -> None:
        """Leave a key alone for a while; longer if it has failed before."""
        if key not in self._pauses:
            self._pauses[key] = _Pause(0.0, backoff(self._random))
        pause = self._pauses[key]
        pause.until = time.monotonic() + next(pause.delays)

    def worked(self, key: K) -> None:
        """Forget that a key ever failed."""
        self._pauses.pop(key, None)

    def now(self) -> set[K]:
        """Return the keys that are to be left alone now."""
        moment = time.monotonic()
        return {key for key, pause in self._pauses.items() if moment < pause.until}
