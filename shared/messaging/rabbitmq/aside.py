"""Questions to RabbitMQ that nobody waits for, and the channel on which they are asked."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from pika.channel import Channel
from pika.frame import Method

from shared.messaging.rabbitmq.declaring import Question
from shared.messaging.rabbitmq.refusals import Failure, failure_from

OpenChannel = Callable[[Callable[[Channel], None], Callable[[Channel, BaseException], None]], None]
"""Opens a channel; takes what is called when it is open, and what when it is closed."""


class Aside:
    """A channel that is opened at the first question and kept; it lives in the wire's thread.

    A broker that has just lost a node may take many seconds to open a channel, and reads nothing
    else from the connection meanwhile: so none is opened for each question.
    """

    def __init__(self, open_channel: OpenChannel) -> None:
        self._open_channel = open_channel
        self._channel: Channel | None = None
        self._asked: list[tuple[Question, Future[Any]]] = []

    def ask(self, question: Question, answer: Future[Any]) -> None:
        """Ask; the answer is set when it comes. A refusal is every open question's answer."""
        self._asked.append((question, answer))
        if self._channel is not None:
            question(self._channel, self._take)
        elif len(self._asked) == 1:
            self._open_channel(self._opened, self._closed)

    def _opened(self, channel: Channel) -> None:
        self._channel = channel
        for question, _ in list(self._asked):
            question(channel, self._take)

    def _take(self, answered: Method) -> None:
        _, answer = self._asked.pop(0)
        succeed(answer, answered)

    def _closed(self, _: Channel, reason: BaseException) -> None:
        self._channel = None
        asked, self._asked = self._asked, []
        for _, answer in asked:
            fail(answer, failure_from(reason))


def succeed(answer: Future[Any], result: object = None, *_: object) -> None:
    """Give an answer, unless there is one."""
    if not answer.done():
        answer.set_result(result)


def fail(answer: Future[Any], failure: Failure) -> None:
    """Say why there is no answer, unless there is one."""
    if not answer.done():
        answer.set_exception(failure)
