"""One queue of the embedded broker: its order, its time to live, and what it gives up on."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from shared.errors import BrokerMisconfigured
from shared.messaging.message import Outgoing
from shared.messaging.topology import Queue

_UNDERSTOOD: Final = {
    "x-queue-type": {"quorum"},
    "x-overflow": {"reject-publish"},
    "x-dead-letter-strategy": {"at-least-once"},
    "x-message-ttl": None,
    "x-max-length": None,
    "x-delivery-limit": None,
    "x-dead-letter-exchange": None,
    "x-dead-letter-routing-key": None,
}
"""The arguments that this broker acts upon, and the values where there is no choice."""


@dataclass(slots=True)
class Held:
    """A message in a queue.

    Args:
        losses: how often it was delivered and came back unacknowledged.
    """

    message: Outgoing
    expires_at: float
    losses: int = 0


class EmbeddedQueue:
    """The messages of one queue. Guarded by the broker's lock, like all of the broker."""

    def __init__(self, queue: Queue) -> None:
        _refuse_unknown(queue)
        self.name = queue.name
        self.arguments = dict(queue.arguments)
        self._readers: list[threading.Condition] = []
        self._ready: deque[Held] = deque()
        self._returned: deque[Held] = deque()
        self._dying: deque[Outgoing] = deque()
        self._ttl_seconds = float(self.arguments.get("x-message-ttl", "inf")) / 1000
        self._most = float(self.arguments.get("x-max-length", "inf"))
        self._limit = float(self.arguments.get("x-delivery-limit", "inf"))
        self._dead_exchange = self.arguments.get("x-dead-letter-exchange")
        self._dead_key = self.arguments.get("x-dead-letter-routing-key")

    def __len__(self) -> int:
        return len(self._ready) + len(self._returned)

    @property
    def first_expiry(self) -> float:
        """Return when the next message's time is up: infinite if none waits for its time."""
        return min((held[0].expires_at for held in self._heads()), default=float("inf"))

    def wake(self, reader: threading.Condition) -> None:
        """Notify a reader of what comes, from now on."""
        self._readers.append(reader)

    def let_sleep(self, reader: threading.Condition) -> None:
        """Notify a reader no more."""
        self._readers.remove(reader)

    def put(self, message: Outgoing, now: float) -> bool:
        """Take a message in, behind all others; return whether there was room."""
        if len(self) >= self._most:
            return False
        self._ready.append(Held(message, now + self._ttl_seconds))
        for reader in self._readers:
            reader.notify()
        return True

    def take(self) -> Held:
        """Hand out the next message: what came back before what is new."""
        return (self._returned or self._ready).popleft()

    def give_back(self, returned: Iterable[Held]) -> None:
        """Take back what was delivered and not acknowledged, before all that was not delivered."""
        for held in returned:
            held.losses += 1
            if held.losses > self._limit:
                self._bury(held, "delivery_limit")
            else:
                self._returned.append(held)
        for reader in self._readers:
            reader.notify()

    def expire(self, now: float) -> None:
        """Give up the messages whose time is up."""
        for heads in (self._returned, self._ready):
            while heads and heads[0].expires_at <= now:
                self._bury(heads.popleft(), "expired")

    def purge(self) -> None:
        """Remove all that is ready."""
        self._ready.clear()
        self._returned.clear()

    def dead_letters(self) -> Iterator[Outgoing]:
        """Yield what was given up, as it is to be published; keep what the caller sends back."""
        for _ in range(len(self._dying)):
            yield self._dying.popleft()

    def keep_dead_letter(self, message: Outgoing) -> None:
        """Hold on to a dead letter that found no queue: it is tried again, never dropped."""
        self._dying.append(message)

    def _heads(self) -> Iterator[deque[Held]]:
        yield from (heads for heads in (self._returned, self._ready) if heads)

    def _bury(self, held: Held, reason: str) -> None:
        """Without a dead-letter exchange it is gone, as it is in RabbitMQ."""
        if self._dead_exchange is None:
            return
        deaths = {
            "x-first-death-queue": self.name,
            "x-first-death-reason": reason,
            "x-first-death-exchange": held.message.exchange,
        }
        key = held.message.routing_key if self._dead_key is None else str(self._dead_key)
        self._dying.append(
            replace(
                held.message,
                exchange=str(self._dead_exchange),
                routing_key=key,
                headers=deaths | dict(held.message.headers),
            )
        )


def _refuse_unknown(queue: Queue) -> None:
    for name, value in queue.arguments.items():
        allowed = _UNDERSTOOD.get(name, set())
        if allowed is not None and value not in allowed:
            raise BrokerMisconfigured(
                f"Queue {queue.name!r}: the embedded broker does not understand {name}={value!r}. "
                "Leave it out, or use RabbitMQ."
            )
