"""How long a worker waits before it tries a broken link again."""

from itertools import islice
from random import Random

from shared.messaging.backoff import backoff


class Extreme(Random):
    """A chance that always falls out the same way."""

    def __init__(self, share: float) -> None:
        super().__init__(0)
        self.share = share

    def uniform(self, a: float, b: float) -> float:
        return a + (b - a) * self.share


def test_the_wait_doubles_up_to_its_bound():
    waits = backoff(Extreme(1.0), first_seconds=1, longest_seconds=10)

    assert list(islice(waits, 6)) == [1, 2, 4, 8, 10, 10]


def test_half_of_the_wait_is_left_to_chance():
    waits = backoff(Extreme(0.0), first_seconds=1, longest_seconds=10)

    assert list(islice(waits, 5)) == [0.5, 1, 2, 4, 5]


def test_two_workers_do_not_come_back_in_the_same_moment():
    one, other = backoff(Random(1)), backoff(Random(2))  # noqa: S311 - no secret is made

    assert all(a != b for a, b in islice(zip(one, other, strict=False), 20))


def test_it_never_stops_and_never_waits_longer_than_ten_seconds():
    waits = list(islice(backoff(Random(7)), 5000))  # noqa: S311 - no secret is made

    assert len(waits) == 5000
    assert max(waits) <= 10
    assert min(waits) >= 0.25
