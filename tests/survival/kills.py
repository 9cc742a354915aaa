"""When a test kills: at moments that a seed gives, while the work is in the middle."""

import time
from random import Random

from shared.errors import DatabaseAway

A_BATCH = 200
LONGEST_PAUSE_SECONDS = 0.25
"""Longer than a batch takes: some kills fall into a transaction, some between commit and
acknowledgement, some while its messages are being published."""


def kill_in_the_middle(scene, victim, counted, *, of, times, seed):
    """Kill something so many times while some work is done and some is not; start it each time.

    Each kill comes a random while after more work was committed, and leaves enough of it for
    those to come.

    Args:
        victim: has kill() and start().
        counted: tells how much of the work is committed.
        of: how much work there is.
    """
    random = Random(seed)  # noqa: S311 - a moment, nothing secret
    for to_come in reversed(range(times)):
        begun = counted()
        scene.until(lambda begun=begun: counted() > begun)
        ends = time.monotonic() + random.uniform(0, LONGEST_PAUSE_SECONDS)
        enough = of - (to_come + 3) * A_BATCH
        scene.until(lambda ends=ends, enough=enough: time.monotonic() > ends or counted() > enough)
        before = counted()
        victim.kill()
        done = _counted_while_it_is_down(counted)
        victim.start()
        assert before > 0, "nothing was done yet when it was killed"
        assert (counted() if done is None else done) < of, "all was done already when it was killed"


def _counted_while_it_is_down(counted):
    """Return how much is committed; nothing where it is the database that was killed."""
    try:
        return counted()
    except DatabaseAway:
        return None
