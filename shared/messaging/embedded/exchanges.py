"""The exchanges and queues of the embedded broker, and which queues a message goes to."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from shared.errors import BrokerMisconfigured
from shared.messaging.embedded.queue import EmbeddedQueue
from shared.messaging.message import DEFAULT_EXCHANGE, Outgoing
from shared.messaging.topology import Binding, Exchange, Queue, Topology

_REMEMBERED_ROUTES: Final = 10_000
_LONGEST_KEY_BYTES: Final = 255


class Exchanges:
    """All that the embedded broker holds. Its caller holds the broker's lock."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._kinds: dict[str, str] = {DEFAULT_EXCHANGE: "direct"}
        self._queues: dict[str, EmbeddedQueue] = {}
        self._bindings: dict[str, list[Binding]] = {}
        self._routes: dict[tuple[str, str], tuple[EmbeddedQueue, ...]] = {}

    def declare(self, topology: Topology) -> None:
        """Make what is not there yet; refuse what is there and differs."""
        for exchange in topology.exchanges:
            self._declare_exchange(exchange)
        for queue in topology.queues:
            self._declare_queue(queue)
        for binding in topology.bindings:
            self._bind(binding)
        self._routes.clear()

    def check(self, topology: Topology) -> None:
        """Refuse if an exchange or queue is missing."""
        for exchange in topology.exchanges:
            self._kind(exchange.name)
        for queue in topology.queues:
            self.queue(queue.name)

    def queue(self, name: str) -> EmbeddedQueue:
        """Return a queue by its name."""
        if name not in self._queues:
            raise BrokerMisconfigured(f"There is no queue {name!r}. Declare the topology.")
        return self._queues[name]

    def publish(self, message: Outgoing) -> str:
        """Put a message into its queues; return why it is refused, or nothing."""
        if len(message.routing_key.encode()) > _LONGEST_KEY_BYTES:
            return f"cannot be written: the routing key is longer than {_LONGEST_KEY_BYTES} bytes"
        queues = self._route(message.exchange, message.routing_key)
        if not queues:
            return (
                f"NO_ROUTE (312): no queue takes routing key {message.routing_key!r} "
                f"of exchange {message.exchange!r}"
            )
        now = self._monotonic()
        full = [queue.name for queue in queues if not queue.put(message, now)]
        return f"the queue {full[0]!r} is full; send it again later" if full else ""

    def advance(self) -> float:
        """Move on what has had its time; return the seconds until the next has."""
        now = self._monotonic()
        for queue in self._queues.values():
            queue.expire(now)
        for queue in self._queues.values():
            for letter in queue.dead_letters():
                if letter.exchange not in self._kinds or self.publish(letter):
                    queue.keep_dead_letter(letter)
        return min((q.first_expiry for q in self._queues.values()), default=float("inf")) - now

    def _declare_exchange(self, exchange: Exchange) -> None:
        kind = self._kinds.setdefault(exchange.name, exchange.kind)
        if kind != exchange.kind:
            raise BrokerMisconfigured(
                f"Exchange {exchange.name!r} is there as {kind}, and was declared as "
                f"{exchange.kind}. Give it another name."
            )
        self._bindings.setdefault(exchange.name, [])

    def _declare_queue(self, queue: Queue) -> None:
        present = self._queues.get(queue.name)
        if present is None:
            self._queues[queue.name] = EmbeddedQueue(queue)
        elif present.arguments != dict(queue.arguments):
            raise BrokerMisconfigured(
                f"Queue {queue.name!r} is there with other arguments ({present.arguments}). "
                "Give it another name."
            )

    def _bind(self, binding: Binding) -> None:
        self._kind(binding.exchange)
        self.queue(binding.queue)
        if binding not in self._bindings[binding.exchange]:
            self._bindings[binding.exchange].append(binding)

    def _kind(self, exchange: str) -> str:
        if exchange not in self._kinds:
            raise BrokerMisconfigured(f"There is no exchange {exchange!r}. Declare the topology.")
        return self._kinds[exchange]

    def _route(self, exchange: str, key: str) -> Sequence[EmbeddedQueue]:
        route = self._routes.get((exchange, key))
        if route is None:
            if len(self._routes) >= _REMEMBERED_ROUTES:
                self._routes.clear()
            # A queue that is bound twice over takes the message once.
            names = dict.fromkeys(self._queue_names(exchange, key))
            route = tuple(self._queues[name] for name in names)
            self._routes[exchange, key] = route
        return route

    def _queue_names(self, exchange: str, key: str) -> Iterator[str]:
        kind = self._kind(exchange)
        if exchange == DEFAULT_EXCHANGE:
            if key in self._queues:
                yield key
            return
        words = key.split(".")
        for binding in self._bindings[exchange]:
            if (
                kind == "fanout"
                or binding.routing_key == key
                or (kind == "topic" and matches(binding.routing_key.split("."), words))
            ):
                yield binding.queue


def matches(pattern: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether a topic pattern fits: `*` is one word, `#` is any number of words."""
    if not pattern:
        return not words
    first, rest = pattern[0], pattern[1:]
    if first == "#":
        return any(matches(rest, words[skipped:]) for skipped in range(len(words) + 1))
    return bool(words) and first in {"*", words[0]} and matches(rest, words[1:])
