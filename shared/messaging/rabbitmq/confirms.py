"""Which messages RabbitMQ has been sent and has not yet confirmed, refused or returned."""

import struct
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pika.channel import Channel
from pika.exceptions import ShortStringTooLong, UnsupportedAMQPFieldException

from shared.errors import BrokerAway, BrokerMisconfigured
from shared.messaging.message import Outgoing, Refused
from shared.messaging.rabbitmq.message import publish

WINDOW_MESSAGES: Final = 1000
"""How many messages may be on their way at once: beyond it nothing is gained."""

WINDOW_BYTES: Final = 16 * 1024 * 1024
"""How many bytes may be on their way at once, whatever the number, so that memory is bounded."""

_CANNOT_BE_WRITTEN = (
    ShortStringTooLong,
    UnsupportedAMQPFieldException,
    struct.error,
    UnicodeEncodeError,
)
"""What pika raises, before it sends anything, on a name too long or a header out of range."""


class RabbitSubmission:
    """Messages that were handed over together; the last confirmation completes it."""

    def __init__(self, count: int) -> None:
        self._count = self._open = count
        self._refused: list[Refused] = []
        self._failure: BrokerAway | BrokerMisconfigured | None = None
        self._done = threading.Event()
        if not count:
            self._done.set()

    def wait(self, timeout_seconds: float) -> list[Refused]:
        """Return the messages that were refused; all others are confirmed and safe.

        Raises:
            BrokerAway: the link was lost, or no confirmation came in time.
            BrokerMisconfigured: the exchange is missing, or may not be published to.
        """
        if not self._done.wait(timeout_seconds):
            raise BrokerAway(
                f"RabbitMQ confirmed {self._count - self._open} of {self._count} messages "
                f"within {timeout_seconds:g} s. Connect again and send all of them again."
            )
        if self._failure is not None:
            raise type(self._failure)(str(self._failure))
        return list(self._refused)

    def settle(self, refused: Refused | None) -> None:
        """Note the fate of one message."""
        if refused is not None:
            self._refused.append(refused)
        self._open -= 1
        if not self._open:
            self._done.set()

    def fail(self, failure: BrokerAway | BrokerMisconfigured) -> None:
        """Note that the fate of what is open will never be known."""
        self._failure = failure
        self._done.set()


@dataclass(slots=True)
class _Sent:
    message: Outgoing
    submission: RabbitSubmission
    returned: str = ""


class Confirms:
    """The window of unconfirmed messages on one channel in confirm mode.

    Args:
        channel: the pika channel; it belongs to the wire's thread.
        post: has something done in the wire's thread.
    """

    def __init__(self, channel: Channel, post: Callable[[Callable[[], None]], None]) -> None:
        self._channel = channel
        self._post = post
        self._handed_over: deque[list[_Sent]] = deque()
        self._ahead: deque[_Sent] = deque()
        self._sent: dict[int, _Sent] = {}
        self._last_tag = 0
        self._bytes = 0

    def submit(self, messages: Sequence[Outgoing]) -> RabbitSubmission:
        """Send messages in order as the window has room; return at once."""
        submission = RabbitSubmission(len(messages))
        self._handed_over.append([_Sent(message, submission) for message in messages])
        self._post(self._fill)
        return submission

    def confirmed(self, tag: int, *, multiple: bool, refusal: str = "") -> None:
        """Settle one message, or all up to it."""
        for sent in self._settled(tag, multiple=multiple):
            self._bytes -= len(sent.message.body)
            reason = sent.returned or refusal
            sent.submission.settle(Refused(sent.message, reason) if reason else None)
        self._fill()

    def returned(self, exchange: str, routing_key: str, message_id: str, reason: str) -> None:
        """Remember why a message came back; its confirmation follows."""
        key = (exchange, routing_key, message_id)
        for sent in self._sent.values():
            message = sent.message
            if not sent.returned and key == (
                message.exchange,
                message.routing_key,
                message.message_id,
            ):
                sent.returned = reason
                return

    def lost(self, failure: BrokerAway | BrokerMisconfigured) -> None:
        """Fail all that is open."""
        self._queue_up()
        for sent in (*self._sent.values(), *self._ahead):
            sent.submission.fail(failure)
        self._sent.clear()
        self._ahead.clear()

    def _queue_up(self) -> None:
        while self._handed_over:
            self._ahead.extend(self._handed_over.popleft())

    def _fill(self) -> None:
        self._queue_up()
        while self._ahead and self._has_room():
            sent = self._ahead.popleft()
            try:
                publish(self._channel, sent.message)
            except _CANNOT_BE_WRITTEN as error:
                sent.submission.settle(Refused(sent.message, f"cannot be written: {error}"))
                continue
            self._last_tag += 1
            self._sent[self._last_tag] = sent
            self._bytes += len(sent.message.body)

    def _has_room(self) -> bool:
        within = len(self._sent) < WINDOW_MESSAGES and self._bytes < WINDOW_BYTES
        return within and bool(self._channel.is_open)

    def _settled(self, tag: int, *, multiple: bool) -> list[_Sent]:
        if not multiple:
            return [self._sent.pop(tag)]
        # Tags rise, so those that are meant stand first.
        tags = []
        for one in self._sent:
            if one > tag:
                break
            tags.append(one)
        return [self._sent.pop(one) for one in tags]
