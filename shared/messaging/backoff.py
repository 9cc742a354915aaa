"""How long to wait before a broken link is tried again."""

from collections.abc import Iterator
from random import Random
from typing import Final

FIRST_SECONDS: Final = 0.5
LONGEST_SECONDS: Final = 10.0
"""However long a broker was away, work goes on well within half a minute of its return."""


def backoff(
    random: Random,
    *,
    first_seconds: float = FIRST_SECONDS,
    longest_seconds: float = LONGEST_SECONDS,
) -> Iterator[float]:
    """Yield the seconds to wait before each next try, for ever.

    The wait doubles up to a bound. Half of it is left to chance, so that many workers that lost
    the same broker do not all come back in the same moment. Begin anew after a success.
    """
    ceiling = min(first_seconds, longest_seconds)
    while True:
        yield ceiling / 2 + random.uniform(0, ceiling / 2)
        ceiling = min(ceiling * 2, longest_seconds)
