"""How many messages make a batch: so few that an emergency never waits long for its end."""

from dataclasses import dataclass
from typing import Final

LONGEST_BATCH_SECONDS: Final = 0.25
"""How long a transaction may take; a busy or slow machine takes fewer messages into each."""

FEWEST: Final = 20
"""A batch is never smaller for want of speed: each commit costs about as much as these."""


@dataclass(slots=True)
class Pace:
    """The size of the next batch, by how long the last ones took.

    Args:
        most: the most messages in a batch, however fast they are handled.
    """

    most: int
    limit: int = 0

    def __post_init__(self) -> None:
        self.limit = self.most

    def took(self, count: int, seconds: float, beside: int = 0) -> None:
        """Note how long so many of a batch took; others may have been in it `beside` these.

        A batch that was not full says nothing of a full one's time.
        """
        if not count or count + beside < self.limit:
            return
        in_time = int(count * LONGEST_BATCH_SECONDS / seconds) if seconds > 0 else self.most
        self.limit = max(min(in_time, 2 * self.limit, self.most), min(FEWEST, self.most))
