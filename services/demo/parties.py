"""The outside parties of the demo: case management and finance, as the services meet them."""

import threading
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Final, Self
from uuid import uuid4

from shared.contracts.event import Event, decode
from shared.contracts.fields import Data
from shared.messaging.broker import Broker
from shared.messaging.message import EXCHANGE, Outgoing

CONFIRM_WITHIN_SECONDS: Final = 60.0
_CHUNK: Final = 500


def publish(broker: Broker, messages: Iterable[Outgoing]) -> int:
    """Publish messages as an outside party does, each confirmed; return how many."""
    link = broker.connect()
    waiting = list(messages)
    try:
        for start in range(0, len(waiting), _CHUNK):
            refused = link.submit(waiting[start : start + _CHUNK]).wait(CONFIRM_WITHIN_SECONDS)
            if refused:
                raise RuntimeError(f"the broker did not take a message: {refused[0].reason}")
    finally:
        link.close()
    return len(waiting)


def message(routing_key: str, body: bytes, message_id: str = "") -> Outgoing:
    """Return a body as an upstream system would put it on the exchange."""
    type_ = routing_key.removesuffix(".emergency")
    return Outgoing(
        exchange=EXCHANGE,
        routing_key=routing_key,
        body=body,
        message_id=message_id or str(uuid4()),
        type=type_,
    )


class Reader:
    """A party that reads its queues to the end and keeps what it was told."""

    def __init__(self, broker: Broker, queues: Sequence[str]) -> None:
        self._broker = broker
        self._queues = tuple(queues)
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._events: dict[str, list[Event[Data]]] = {queue: [] for queue in self._queues}
        self._ids: dict[str, set[str]] = {queue: set() for queue in self._queues}
        self._thread = threading.Thread(target=self._read, name=f"reader {queues[0]}", daemon=True)
        self._fault: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=10)

    def events(self, queue: str) -> list[Event[Data]]:
        """Return what came through a queue so far, in order, copies included."""
        with self._changed:
            return list(self._events[queue])

    def wait_for(self, queue: str, count: int, seconds: float) -> bool:
        """Wait until a queue has told so many different events; say whether it did."""
        with self._changed:
            return self._changed.wait_for(lambda: self._enough(queue, count), timeout=seconds)

    def count(self, queue: str) -> int:
        """Return how many different events a queue has told so far."""
        with self._changed:
            return len(self._ids[queue])

    def _enough(self, queue: str, count: int) -> bool:
        if self._fault is not None:
            raise RuntimeError(f"reading {queue} failed") from self._fault
        return len(self._ids[queue]) >= count

    def _read(self) -> None:
        try:
            self._read_until_stopped()
        except BaseException as fault:  # noqa: BLE001 - handed to the thread that waits
            with self._changed:
                self._fault = fault
                self._changed.notify_all()

    def _read_until_stopped(self) -> None:
        link = self._broker.connect()
        link.consume(self._queues, prefetch=500)
        while not self._stop.is_set():
            batch = link.next_batch(limit=500, wait_seconds=0.2)
            with self._changed:
                for delivery in batch:
                    event = decode(delivery.body)
                    self._events[delivery.queue].append(event)
                    self._ids[delivery.queue].add(event.id)
                self._changed.notify_all()
            link.ack(batch)
        link.close()
