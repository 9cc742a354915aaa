"""One connection to RabbitMQ, kept alive and spoken to by a thread of its own."""

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from typing import Any, Final, TypeVar

import pika
from pika.channel import Channel
from pika.connection import Parameters
from pika.exceptions import ChannelClosedByClient
from pika.frame import Method

from shared.errors import BrokerAway
from shared.messaging.rabbitmq.aside import Aside, fail, succeed
from shared.messaging.rabbitmq.declaring import Question
from shared.messaging.rabbitmq.refusals import Failure, failure_from

REPLY_SECONDS: Final = 30.0
"""How long the broker may take to answer; declaring a quorum queue in a busy cluster is slow."""

CLOSE_SECONDS: Final = 5.0

T = TypeVar("T")

_log: Final = logging.getLogger(__name__)


class Wire:
    """The thread in which everything of one connection happens, heartbeats included.

    The user's thread hands work over by `post` and `ask`; callbacks run in the wire's thread.
    """

    def __init__(self, parameters: Parameters, name: str) -> None:
        self.is_blocked = False
        self._parameters = parameters
        self._lock = threading.Lock()
        self._failure: Failure | None = None
        self._unanswered: set[Future[Any]] = set()
        self._mourners: list[Callable[[Failure], None]] = []
        self._is_buried = False
        self._connection: Any = None
        self._aside = Aside(self._open_channel)
        self._opened: Future[Any] = Future()
        self._thread = threading.Thread(target=self._run, name=f"{name} wire", daemon=True)

    def open(self) -> dict[str, Any]:
        """Connect; return what the broker says about itself.

        Raises:
            BrokerAway: nobody answers.
            BrokerMisconfigured: we are refused.
        """
        self._unanswered.add(self._opened)
        self._thread.start()
        self._answer_to(self._opened)
        return dict(self._connection.server_properties)

    def on_lost(self, mourner: Callable[[Failure], None]) -> None:
        """Have a function called once when the connection is lost, or now if it already is."""
        with self._lock:
            if not self._is_buried:
                self._mourners.append(mourner)
                return
        if self._failure is not None:
            mourner(self._failure)

    def forget(self, mourner: Callable[[Failure], None]) -> None:
        """Have a function no longer called when the connection is lost."""
        with self._lock:
            self._mourners.remove(mourner)

    def raise_if_lost(self) -> None:
        """Raise the reason for which the connection was lost, if it was."""
        if self._failure is not None:
            raise type(self._failure)(str(self._failure))

    def post(self, work: Callable[[], None]) -> None:
        """Have something done in the wire's thread, soon and in the order of posting."""
        with self._lock:
            self.raise_if_lost()
            self._connection.ioloop.add_callback_threadsafe(work)

    def channel(self) -> Channel:
        """Return a new channel; if the broker closes it, the whole link is lost."""
        opened = self._question()
        self.post(lambda: self._open_channel(partial(succeed, opened), self._lose_by_channel))
        return self._answer_to(opened)

    def close_channel(self, channel: Channel) -> None:
        """Close a channel; its queues take back what was open on it soon after this returns."""
        closed = self._question()

        def close() -> None:
            channel.add_on_close_callback(partial(succeed, closed))
            if channel.is_open:
                channel.close()

        self.post(close)
        self._answer_to(closed)

    def ask(self, channel: Channel, questions: Iterable[Question]) -> list[Method]:
        """Return the answers to questions that are asked on a channel in one go."""
        answered = self._question()
        self.post(lambda: _ask_all(channel, list(questions), partial(succeed, answered)))
        return list(self._answer_to(answered))

    def ask_apart(self, questions: Iterable[Question]) -> list[Method]:
        """Return the answers to questions on a channel of their own.

        Raises:
            BrokerMisconfigured: one was refused; the link lives on.
        """
        answered = self._question()

        def ask(channel: Channel) -> None:
            def close(answers: list[Method]) -> None:
                channel.close()
                succeed(answered, answers)

            _ask_all(channel, list(questions), close)

        def refused(_: Channel, reason: BaseException) -> None:
            fail(answered, failure_from(reason))

        self.post(lambda: self._open_channel(ask, refused))
        return list(self._answer_to(answered))

    def ask_aside(self, question: Question) -> "Future[Method]":
        """Ask without waiting; a refusal is told by the answer, and the link lives on."""
        answer = self._question()
        answer.add_done_callback(self._unanswered.discard)
        self.post(lambda: self._aside.ask(question, answer))
        return answer

    def lose(self, failure: Failure) -> None:
        """Give the connection up, for a reason found in the wire's thread."""
        self._lose(failure)
        self._close_connection()

    def close(self) -> None:
        """Close the connection after all that was posted; a second time does nothing."""
        with self._lock:
            if self._failure is not None:
                return
            self._failure = BrokerAway("This link was closed.")
            self._connection.ioloop.add_callback_threadsafe(self._close_connection)
        self._thread.join(CLOSE_SECONDS)
        if self._thread.is_alive():
            self._connection.ioloop.add_callback_threadsafe(self._connection.ioloop.stop)

    def _run(self) -> None:
        try:
            self._connection = pika.SelectConnection(
                self._parameters,
                on_open_callback=self._on_open,
                on_open_error_callback=self._on_end,
                on_close_callback=self._on_end,
            )
            self._connection.ioloop.start()
        except Exception as error:  # noqa: BLE001 - whatever ends this thread has lost the link
            _log.warning("the link to RabbitMQ broke", exc_info=error)
            self._lose(failure_from(error))
        finally:
            self._bury()

    def _on_open(self, connection: pika.SelectConnection) -> None:
        connection.add_on_connection_blocked_callback(lambda *_: self._set_blocked(is_so=True))
        connection.add_on_connection_unblocked_callback(lambda *_: self._set_blocked(is_so=False))
        succeed(self._opened, connection)

    def _on_end(self, connection: pika.SelectConnection, reason: BaseException | str) -> None:
        self._lose(failure_from(reason if isinstance(reason, BaseException) else OSError(reason)))
        connection.ioloop.stop()

    def _set_blocked(self, *, is_so: bool) -> None:
        self.is_blocked = is_so
        _log.warning("RabbitMQ %s publishing", "blocks" if is_so else "no longer blocks")

    def _open_channel(
        self,
        on_open: Callable[[Channel], None],
        on_close: Callable[[Channel, BaseException], None],
    ) -> None:
        channel = self._connection.channel(on_open_callback=on_open)
        channel.add_on_close_callback(on_close)

    def _lose_by_channel(self, _: Channel, reason: BaseException) -> None:
        if not isinstance(reason, ChannelClosedByClient):
            self.lose(failure_from(reason))

    def _close_connection(self) -> None:
        if self._connection.is_open:
            self._connection.close()

    def _lose(self, failure: Failure) -> None:
        with self._lock:
            self._failure = self._failure or failure

    def _bury(self) -> None:
        """Tell everybody who waits; from here on `post` refuses, so nobody comes too late."""
        self._lose(BrokerAway("The link to RabbitMQ ended."))
        with self._lock:
            failure = self._failure
            unanswered, self._unanswered = self._unanswered, set()
            mourners, self._is_buried = list(self._mourners), True
        if failure is None:
            raise AssertionError("a lost wire knows why")
        for answer in unanswered:
            fail(answer, failure)
        for mourner in mourners:
            mourner(failure)
        if self._connection is not None:
            self._drop_socket()
            self._connection.ioloop.close()

    def _drop_socket(self) -> None:
        """Make sure that the broker sees us go, or it would keep our deliveries to itself.

        pika closes the socket when a connection ends in an orderly way, and only then.
        """
        transport = self._connection._transport  # noqa: SLF001 - pika has no public way
        stray = getattr(transport, "_sock", None)
        if stray is not None:
            stray.close()

    def _question(self) -> "Future[Any]":
        answer: Future[Any] = Future()
        with self._lock:
            self.raise_if_lost()
            self._unanswered.add(answer)
        return answer

    def _answer_to(self, answer: "Future[T]") -> T:
        try:
            return answer.result(REPLY_SECONDS)
        except TimeoutError:
            self.close()
            raise BrokerAway(f"RabbitMQ did not answer within {REPLY_SECONDS:.0f} s.") from None
        finally:
            self._unanswered.discard(answer)


def _ask_all(
    channel: Channel, questions: list[Question], on_answers: Callable[[list[Method]], None]
) -> None:
    answers: list[Method] = []

    def take(answer: Method) -> None:
        answers.append(answer)
        if len(answers) == len(questions):
            on_answers(answers)

    if not questions:
        on_answers(answers)
    for question in questions:
        question(channel, take)
