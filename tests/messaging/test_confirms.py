"""How many messages are on their way at once, and which confirmation means which of them."""

import pytest
from pika.exceptions import ShortStringTooLong

from shared.errors import BrokerAway
from shared.messaging.rabbitmq.confirms import WINDOW_BYTES, WINDOW_MESSAGES, Confirms
from tests.messaging.messages import message, several


class Channel:
    """A channel that keeps what it was given, and may be closed."""

    def __init__(self) -> None:
        self.is_open = True
        self.published: list[str] = []

    def basic_publish(self, _, routing_key, __, properties, *, mandatory):
        if len(routing_key) > 255:
            raise ShortStringTooLong(routing_key)
        assert mandatory
        self.published.append(properties.message_id)


@pytest.fixture
def channel():
    return Channel()


@pytest.fixture
def confirms(channel):
    return Confirms(channel, post=lambda work: work())


def test_the_window_is_bounded_in_messages_and_slides_with_the_confirmations(confirms, channel):
    confirms.submit(several("planned", WINDOW_MESSAGES + 10))
    at_first = len(channel.published)

    confirms.confirmed(4, multiple=True)

    assert at_first == WINDOW_MESSAGES
    assert len(channel.published) == WINDOW_MESSAGES + 4


def test_the_window_is_bounded_in_bytes(confirms, channel):
    body = b"x" * (WINDOW_BYTES // 3)
    confirms.submit([message(number=number, body=body) for number in range(10)])
    at_first = len(channel.published)

    confirms.confirmed(1, multiple=False)

    assert at_first == 4
    assert len(channel.published) == 5


def test_a_body_larger_than_the_window_is_sent_all_the_same(confirms, channel):
    confirms.submit([message(body=b"x" * (WINDOW_BYTES + 1))])

    assert len(channel.published) == 1


def test_a_confirmation_of_many_settles_all_up_to_it_and_none_after(confirms):
    first, second = confirms.submit(several("planned", 3)), confirms.submit(several("planned", 2))

    confirms.confirmed(4, multiple=True)

    assert first.wait(0) == []
    with pytest.raises(BrokerAway, match="1 of 2"):
        second.wait(0)


def test_a_negative_confirmation_refuses_its_message_alone(confirms):
    submission = confirms.submit(several("planned", 3))

    confirms.confirmed(1, multiple=False)
    confirms.confirmed(2, multiple=False, refusal="the queue is full")
    confirms.confirmed(3, multiple=False)

    (refused,) = submission.wait(0)
    assert (refused.message.message_id, refused.reason) == ("id-1", "the queue is full")


def test_a_returned_message_is_refused_though_it_is_confirmed(confirms):
    submission = confirms.submit([message("planned", 1), message("nobodys", 2)])

    confirms.returned("events", "nobodys", "id-2", "no queue")
    confirms.confirmed(2, multiple=True)

    (refused,) = submission.wait(0)
    assert (refused.message.message_id, refused.reason) == ("id-2", "no queue")


def test_a_message_that_cannot_be_written_does_not_shift_the_tags_of_the_others(confirms):
    submission = confirms.submit([message("x" * 256, 1), message("planned", 2)])

    confirms.confirmed(1, multiple=False, refusal="the queue is full")

    refused = submission.wait(0)
    assert [one.message.message_id for one in refused] == ["id-1", "id-2"]
    assert refused[1].reason == "the queue is full"


def test_a_lost_link_fails_what_is_sent_and_what_still_waits(confirms):
    sent = confirms.submit(several("planned", WINDOW_MESSAGES))
    waiting = confirms.submit(several("planned", 1))

    confirms.lost(BrokerAway("gone"))

    for submission in (sent, waiting):
        with pytest.raises(BrokerAway, match="gone"):
            submission.wait(0)


def test_nothing_is_written_to_a_channel_that_is_closing(confirms, channel):
    channel.is_open = False

    confirms.submit(several("planned", 3))

    assert channel.published == []
