"""An answer that is not older than some seconds, and for which nobody waits long."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

A = TypeVar("A")


class FreshAnswer(Generic[A]):
    """Asks a question at most once in a while, in a thread of its own; any thread may have it.

    A server that vanished without a word keeps whoever asks it waiting for half a minute. Here
    one thread waits, and all others are told what to say `otherwise`.

    Args:
        ask: the question; what it raises is raised to whoever wants the answer.
        keeps_seconds: how long an answer is good.
        within_seconds: how long after a question was asked anybody waits for its answer.
        otherwise: makes the answer where none came in time, given the last one that did.
    """

    def __init__(
        self,
        ask: Callable[[], A],
        *,
        keeps_seconds: float,
        within_seconds: float,
        otherwise: Callable[[A | None], A],
    ) -> None:
        self._ask = ask
        self._keeps_seconds = keeps_seconds
        self._within_seconds = within_seconds
        self._otherwise = otherwise
        self._lock = threading.Lock()
        self._asking: threading.Event | None = None
        self._wait_until = 0.0
        self._last: A | None = None
        self._failure: Exception | None = None
        self._good_until = 0.0

    def now(self) -> A:
        """Return the answer.

        Raises:
            Exception: what the question raised.
        """
        with self._lock:
            if time.monotonic() >= self._good_until and self._asking is None:
                self._asking = threading.Event()
                self._wait_until = time.monotonic() + self._within_seconds
                threading.Thread(target=self._run, args=(self._asking,), daemon=True).start()
            asking, wait_until = self._asking, self._wait_until
        # Who comes later waits for the rest of that time only: a probe has not long.
        has_come = asking is None or asking.wait(max(0.0, wait_until - time.monotonic()))
        with self._lock:
            if not has_come:
                return self._otherwise(self._last)
            if self._failure is not None:
                raise self._failure
            return self._last  # type: ignore[return-value]  # an answer has come

    def known(self) -> A:
        """Return what is known without asking."""
        with self._lock:
            return self._otherwise(self._last)

    def _run(self, asking: threading.Event) -> None:
        answer, failure = self._last, None
        try:
            answer = self._ask()
        except Exception as error:  # noqa: BLE001 - raised to whoever wants the answer
            failure = error
        with self._lock:
            self._last, self._failure = answer, failure
            self._good_until = time.monotonic() + self._keeps_seconds
            self._asking = None
        asking.set()
