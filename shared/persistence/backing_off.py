"""How long to pause between one try and the next: short at first, then longer, without end."""

from collections.abc import Iterator
from typing import Final

_FIRST_SECONDS: Final = 0.25
_LONGEST_SECONDS: Final = 5.0


def pauses() -> Iterator[float]:
    """Yield pauses in seconds, each twice as long as the one before, up to the longest."""
    pause = _FIRST_SECONDS
    while True:
        yield pause
        pause = min(2 * pause, _LONGEST_SECONDS)
