"""Which acknowledgements are sent for the deliveries that are done with."""

import pytest

from shared.messaging.rabbitmq.arrivals import Unacknowledged


@pytest.mark.parametrize(
    ("done", "sent"),
    [
        pytest.param({1, 2, 3}, [(3, True)], id="the oldest three in one"),
        pytest.param({1, 2, 3, 4, 5, 6}, [(6, True)], id="all in one"),
        pytest.param({4, 5}, [(4, False), (5, False)], id="older ones are open: one by one"),
        pytest.param({1, 2, 5}, [(2, True), (5, False)], id="a gap: one for many, then single"),
        pytest.param(set(), [], id="nothing"),
    ],
)
def test_one_acknowledgement_stands_for_many_only_where_nothing_older_is_open(done, sent):
    tags = Unacknowledged()
    for tag in range(1, 7):
        tags.add(tag)

    assert tags.settle(done) == sent


def test_what_was_open_in_a_gap_can_stand_for_many_later():
    tags = Unacknowledged()
    for tag in range(1, 7):
        tags.add(tag)
    tags.settle({1, 3, 4})

    assert tags.settle({2, 5}) == [(5, True)]


def test_a_tag_is_a_stranger_before_it_came_and_after_it_was_settled():
    tags = Unacknowledged()
    tags.add(1)
    tags.add(2)
    tags.settle({1})

    assert tags.strangers({1, 2, 3}) == {1, 3}
