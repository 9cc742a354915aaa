"""What the bench stands on: a real RabbitMQ of its own, and service processes beside it."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pika

from shared.messaging.rabbitmq.broker import RabbitBroker
from shared.messaging.topology import topology
from tests.support.rabbitmq_server import RabbitmqServer

PATIENCE_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.02
_STOPS_WITHIN_SECONDS: Final = 15.0


@dataclass(frozen=True)
class Ground:
    """A broker with the whole topology, and a folder for databases."""

    url: str
    state: Path

    def broker(self) -> RabbitBroker:
        """Return the broker."""
        return RabbitBroker(self.url, name="bench")

    def purge(self) -> None:
        """Empty every queue."""
        link = self.broker().connect()
        for queue in topology().queues:
            link.purge(queue.name)
        link.close()


@contextlib.contextmanager
def ground() -> Iterator[Ground]:
    """Start a RabbitMQ on loopback, with the topology declared; stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="fosterframe-bench-") as folder:
        data = Path(folder) / "rabbitmq"
        data.mkdir()
        server = RabbitmqServer(data)
        server.start()
        try:
            here = Ground(server.url, Path(folder))
            link = here.broker().connect()
            link.declare(topology())
            link.close()
            yield here
        finally:
            server.stop()


@contextlib.contextmanager
def worker(here: Ground, service: str) -> Iterator[int]:
    """Run a service's worker as a process of its own; give its process id."""
    environment = {
        **os.environ,
        "FOSTERFRAME_AMQP_URL": here.url,
        "FOSTERFRAME_STATE": str(here.state),
    }
    with (here.state / f"{service}.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program, fixed words
            [sys.executable, "-m", "services", "worker", service],
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_STOPS_WITHIN_SECONDS)


class Watch:
    """Watches how a queue fills, from a connection that takes nothing out of it."""

    def __init__(self, url: str, queue: str) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(url))
        self._channel = self._connection.channel()
        self._queue = queue

    def depth(self) -> int:
        """Return how many messages are ready."""
        told = self._channel.queue_declare(self._queue, passive=True)
        return int(told.method.message_count)

    def until(self, count: int) -> float:
        """Wait until so many are ready; return the instant, in seconds of the monotonic clock."""
        ends = time.perf_counter() + PATIENCE_SECONDS
        while self.depth() < count:
            if time.perf_counter() > ends:
                raise TimeoutError(f"{self._queue} has {self.depth()} messages of {count}")
            time.sleep(_POLL_SECONDS)
        return time.perf_counter()

    def body_bytes(self) -> int:
        """Return the size of the first message; it stays where it is."""
        method, _, body = self._channel.basic_get(self._queue)
        if method is None or body is None:
            raise LookupError(f"{self._queue} is empty")
        self._channel.basic_nack(method.delivery_tag, requeue=True)
        return len(body)

    def close(self) -> None:
        """Let go."""
        self._connection.close()
