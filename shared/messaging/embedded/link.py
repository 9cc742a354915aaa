"""One link to the embedded broker: what the worker or the relay does with it."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

from shared.errors import BrokerAway, BrokerMisconfigured
from shared.messaging.broker import NO_FEWER
from shared.messaging.embedded.exchanges import Exchanges
from shared.messaging.embedded.queue import EmbeddedQueue, Held
from shared.messaging.message import Delivery, Outgoing, Refused
from shared.messaging.topology import Topology


class EmbeddedSubmission:
    """Messages whose fate is known at once, as nothing stands between us and the queues."""

    def __init__(self, refused: list[Refused], failure: BrokerMisconfigured | None) -> None:
        self._refused = refused
        self._failure = failure

    def wait(self, timeout_seconds: float) -> list[Refused]:  # noqa: ARG002 - never needs to wait
        """Return the messages that were refused; all others are in their queues.

        Raises:
            BrokerMisconfigured: the exchange is missing.
        """
        if self._failure is not None:
            raise self._failure
        return list(self._refused)


class EmbeddedLink:
    """A link with the promises of any other; it belongs to the thread that uses it."""

    is_blocked = False
    """Whether the broker takes no messages now; this one always does."""

    def __init__(self, exchanges: Exchanges, lock: threading.RLock) -> None:
        self._exchanges = exchanges
        self._changed = threading.Condition(lock)
        self._consumed: list[EmbeddedQueue] = []
        self._prefetch = 0
        self._fewer: Mapping[str, int] = NO_FEWER
        self._tags = count(1)
        self._unacknowledged: dict[int, tuple[EmbeddedQueue, Held, Counter[str]]] = {}
        self._outstanding: Counter[str] = Counter()
        self._lost = ""

    @property
    def is_lost(self) -> bool:
        """Whether the link has ended."""
        return bool(self._lost)

    def declare(self, topology: Topology) -> None:
        """Make the exchanges, queues and bindings, where they are not there yet."""
        with self._changed:
            self._raise_if_lost()
            self._exchanges.declare(topology)

    def check(self, topology: Topology) -> None:
        """Make sure that the exchanges and queues are there, without making any.

        Raises:
            BrokerMisconfigured: one is missing.
        """
        with self._changed:
            self._raise_if_lost()
            self._exchanges.check(topology)

    def consume(
        self, queues: Sequence[str], prefetch: int, fewer: Mapping[str, int] = NO_FEWER
    ) -> None:
        """Ask for deliveries from queues; `prefetch` bounds the unacknowledged of each queue.

        Of some queues it may be `fewer`.
        """
        with self._changed:
            self._raise_if_lost()
            if self._consumed:
                raise ValueError("This link consumes already: stop_consuming() first.")
            self._prefetch, self._fewer = prefetch, fewer
            # What was handed out before a stop does not count against the new prefetch.
            self._outstanding = Counter()
            self._consumed = [self._exchanges.queue(name) for name in queues]
            for queue in self._consumed:
                queue.wake(self._changed)

    def stop_consuming(self) -> None:
        """Ask for no more. Nothing is delivered here before it is handed out."""
        with self._changed:
            self._raise_if_lost()
            self._leave_queues()

    def next_batch(self, limit: int, wait_seconds: float) -> list[Delivery]:
        """Return up to `limit` deliveries, the first queue's first; none after the wait."""
        deadline = time.monotonic() + wait_seconds
        with self._changed:
            while True:
                self._raise_if_lost()
                until_expiry = self._exchanges.advance()
                batch = list(self._deliveries(limit))
                left = deadline - time.monotonic()
                if batch or left <= 0:
                    return batch
                self._changed.wait(min(left, until_expiry))

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Tell the broker that these are done with."""
        with self._changed:
            self._raise_if_lost()
            strangers = {delivery.tag for delivery in deliveries} - self._unacknowledged.keys()
            if strangers:
                raise ValueError(f"These deliveries are not open on this link: {sorted(strangers)}")
            for delivery in deliveries:
                _, _, outstanding = self._unacknowledged.pop(delivery.tag)
                outstanding[delivery.queue] -= 1

    def submit(self, messages: Sequence[Outgoing]) -> EmbeddedSubmission:
        """Put messages into their queues, in order."""
        with self._changed:
            self._raise_if_lost()
            refused: list[Refused] = []
            try:
                for message in messages:
                    reason = self._exchanges.publish(message)
                    if reason:
                        refused.append(Refused(message, reason))
            except BrokerMisconfigured as failure:
                self.lose(str(failure))
                return EmbeddedSubmission(refused, failure)
            return EmbeddedSubmission(refused, None)

    def depth(self, queue: str) -> int:
        """Return how many messages are ready in a queue."""
        with self._changed:
            self._raise_if_lost()
            self._exchanges.advance()
            return len(self._exchanges.queue(queue))

    def ask_depth(self, queue: str) -> Callable[[], int | None]:
        """Ask for a queue's depth; return what gives the answer, which is there at once."""
        ready = self.depth(queue)
        return lambda: ready

    def purge(self, queue: str) -> None:
        """Remove the ready messages of a queue. For tests, the demo and the bench only."""
        with self._changed:
            self._raise_if_lost()
            self._exchanges.queue(queue).purge()

    def close(self) -> None:
        """Let go; what was delivered and not acknowledged goes back to its queue."""
        self.lose("This link was closed.")

    def lose(self, reason: str) -> None:
        """End this link, and wake its user; a second time does nothing."""
        with self._changed:
            if self._lost:
                return
            self._lost = reason
            self._leave_queues()
            returned: dict[EmbeddedQueue, list[Held]] = {}
            for queue, held, _ in self._unacknowledged.values():
                returned.setdefault(queue, []).append(held)
            self._unacknowledged.clear()
            for queue, came_back in returned.items():
                queue.give_back(came_back)
            self._exchanges.advance()
            self._changed.notify_all()

    def _raise_if_lost(self) -> None:
        if self._lost:
            raise BrokerAway(self._lost)

    def _leave_queues(self) -> None:
        for queue in self._consumed:
            queue.let_sleep(self._changed)
        self._consumed = []

    def _deliveries(self, limit: int) -> Iterator[Delivery]:
        for queue in self._consumed:
            prefetch = self._fewer.get(queue.name, self._prefetch)
            room = min(limit, prefetch - self._outstanding[queue.name])
            for _ in range(min(room, len(queue))):
                limit -= 1
                yield self._hand_out(queue)

    def _hand_out(self, queue: EmbeddedQueue) -> Delivery:
        held = queue.take()
        tag = next(self._tags)
        self._unacknowledged[tag] = (queue, held, self._outstanding)
        self._outstanding[queue.name] += 1
        message = held.message
        return Delivery(
            queue=queue.name,
            routing_key=message.routing_key,
            body=message.body,
            message_id=message.message_id,
            type=message.type,
            correlation_id=message.correlation_id,
            headers=_headers(held),
            is_redelivered=held.losses > 0,
            tag=tag,
        )


def _headers(held: Held) -> dict[str, str | int]:
    """Return the headers as RabbitMQ delivers them: with the count of losses, if any."""
    headers = dict(held.message.headers)
    if held.losses:
        headers["x-delivery-count"] = held.losses
    return headers
