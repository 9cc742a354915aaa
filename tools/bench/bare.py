"""Plain pika at its fastest: what the pair is measured against."""

import time
from dataclasses import dataclass, field
from typing import Any, Final

import pika

WINDOW: Final = 1_000
PREFETCH: Final = 200
ACK_EVERY: Final = 50
_PROPERTIES: Final = pika.BasicProperties(
    content_type="application/cloudevents+json", delivery_mode=2
)


@dataclass
class BarePublisher:
    """Publishes one body many times with confirms in flight, and stops when all are confirmed."""

    url: str
    exchange: str
    routing_key: str
    body: bytes
    count: int
    sent: int = 0
    confirmed: int = 0
    seconds: float = 0.0
    _begun: float = 0.0
    _connection: Any = None
    _channel: Any = None

    def run(self) -> float:
        """Return the messages a second."""
        self._connection = pika.SelectConnection(
            pika.URLParameters(self.url), on_open_callback=self._opened
        )
        self._connection.ioloop.start()
        return self.count / self.seconds

    def _opened(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Any) -> None:
        self._channel = channel
        channel.confirm_delivery(self._confirm, callback=lambda _frame: self._start())

    def _start(self) -> None:
        self._begun = time.perf_counter()
        self._fill()

    def _fill(self) -> None:
        while self.sent < self.count and self.sent - self.confirmed < WINDOW:
            self._channel.basic_publish(
                self.exchange, self.routing_key, self.body, _PROPERTIES, mandatory=True
            )
            self.sent += 1

    def _confirm(self, frame: Any) -> None:
        self.confirmed = frame.method.delivery_tag
        if self.confirmed >= self.count:
            self.seconds = time.perf_counter() - self._begun
            self._connection.close()
            self._connection.ioloop.stop()
        else:
            self._fill()


@dataclass
class BareLoop:
    """Consumes, publishes an answer of a given size, and acknowledges when it is confirmed."""

    url: str
    queue: str
    exchange: str
    routing_key: str
    answer: bytes
    count: int
    seconds: float = 0.0
    _begun: float = 0.0
    _published: int = 0
    _acked: int = 0
    _tags: dict[int, int] = field(default_factory=dict)
    _connection: Any = None
    _consumer: Any = None
    _publisher: Any = None

    def run(self) -> float:
        """Return the messages a second, from the first delivery to the last acknowledgement."""
        self._connection = pika.SelectConnection(
            pika.URLParameters(self.url), on_open_callback=self._opened
        )
        self._connection.ioloop.start()
        return self.count / self.seconds

    def _opened(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._publisher_opened)

    def _publisher_opened(self, channel: Any) -> None:
        self._publisher = channel
        channel.confirm_delivery(
            self._confirm,
            callback=lambda _frame: self._connection.channel(
                on_open_callback=self._consumer_opened
            ),
        )

    def _consumer_opened(self, channel: Any) -> None:
        self._consumer = channel
        channel.basic_qos(prefetch_count=PREFETCH)
        channel.basic_consume(self.queue, self._delivered)

    def _delivered(self, _channel: Any, method: Any, _properties: Any, _body: bytes) -> None:
        if not self._begun:
            self._begun = time.perf_counter()
        self._published += 1
        self._tags[self._published] = method.delivery_tag
        self._publisher.basic_publish(
            self.exchange, self.routing_key, self.answer, _PROPERTIES, mandatory=True
        )

    def _confirm(self, frame: Any) -> None:
        confirmed = frame.method.delivery_tag
        is_last = confirmed >= self.count
        if confirmed - self._acked >= ACK_EVERY or is_last:
            self._consumer.basic_ack(self._tags[confirmed], multiple=True)
            self._acked = confirmed
        if is_last:
            self.seconds = time.perf_counter() - self._begun
            self._connection.close()
            self._connection.ioloop.stop()
