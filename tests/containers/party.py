"""Plain clients of the outside parties: they publish and read as any system with AMQP would."""

import contextlib
import queue
import threading
import time
from abc import ABC, abstractmethod

import pika
from pika.exceptions import AMQPError, NackError, UnroutableError

EXCHANGE = "fosterframe"
PREFETCH = 200
AGAIN_AFTER_SECONDS = 0.25
STOPS_WITHIN_SECONDS = 90
LOST = (AMQPError, OSError)
"""What a client sees when its broker is gone."""


class Party(threading.Thread, ABC):
    """A client with a connection of its own, that comes back whenever it loses it."""

    def __init__(self, name, parameters):
        super().__init__(name=name, daemon=True)
        self._parameters = parameters
        self._stop_asked = threading.Event()
        self.failure = None
        self.times_lost = 0

    def run(self):
        try:
            while not self.is_over():
                self._talk_until_lost()
        except BaseException as failure:  # noqa: BLE001 - told by the thread that waits for it
            self.failure = failure

    def _talk_until_lost(self):
        connection = None
        try:
            connection = pika.BlockingConnection(self._parameters())
            self.talk(connection)
        except LOST:
            self.times_lost += 1
            time.sleep(AGAIN_AFTER_SECONDS)
        finally:
            if connection is not None and connection.is_open:
                with contextlib.suppress(*LOST):
                    connection.close()

    def is_over(self):
        return self._stop_asked.is_set()

    @abstractmethod
    def talk(self, connection):
        """Do the party's work over a connection, until it is over or the connection is lost."""

    def ask_to_stop(self):
        """Tell it to end when it has finished what it holds."""
        self._stop_asked.set()

    def stop(self):
        """Let it finish what it holds; raise what ended it before its time."""
        self.ask_to_stop()
        self.join(STOPS_WITHIN_SECONDS)
        if self.failure is not None:
            raise self.failure
        assert not self.is_alive(), f"{self.name} does not end"


class Sender(Party):
    """Publishes with confirms, and again under the same id until the broker has it safe.

    Args:
        parameters: gives a broker to connect to, each time anew.
        per_second: the most that it publishes, unless it has fallen behind.
    """

    def __init__(self, name, parameters, ledger, per_second=None):
        super().__init__(name, parameters)
        self._ledger = ledger
        self._between_seconds = 0 if per_second is None else 1 / per_second
        self._waiting = queue.SimpleQueue()
        self._in_hand = None
        self._due = time.monotonic()

    def give(self, samples):
        """Hand over messages to publish, in order."""
        for sample in samples:
            self._waiting.put(sample)

    def is_over(self):
        # What was begun is finished: otherwise nobody knows whether the broker took it.
        return super().is_over() and self._in_hand is None

    def fall_behind(self, seconds):
        """Have some seconds' messages to catch up with at once."""
        self._due -= seconds

    def is_done(self):
        return self._waiting.empty() and self._in_hand is None

    def talk(self, connection):
        channel = connection.channel()
        channel.confirm_delivery()
        while not self.is_over():
            if self._in_hand is None and not self._take_next(connection):
                continue
            entry = self._in_hand
            self._ledger.sending(entry)
            try:
                self._publish(channel, entry.sample)
            except (NackError, UnroutableError):
                connection.sleep(AGAIN_AFTER_SECONDS)
                continue
            self._ledger.confirmed(entry)
            self._in_hand = None

    def _take_next(self, connection):
        early = self._due - time.monotonic()
        if early > 0:
            connection.sleep(min(early, AGAIN_AFTER_SECONDS))
            return False
        try:
            sample = self._waiting.get_nowait()
        except queue.Empty:
            self._due = time.monotonic()
            connection.sleep(AGAIN_AFTER_SECONDS)
            return False
        self._due += self._between_seconds
        self._in_hand = self._ledger.enter(sample)
        return True

    @staticmethod
    def _publish(channel, sample):
        channel.basic_publish(
            EXCHANGE,
            sample.routing_key,
            sample.body,
            pika.BasicProperties(
                content_type="application/cloudevents+json",
                delivery_mode=pika.DeliveryMode.Persistent,
                message_id=sample.message_id,
                type=sample.routing_key.removesuffix(".emergency"),
            ),
            mandatory=True,
        )


class Listener(Party):
    """Reads a party's own queues, and acknowledges what stands in the ledger."""

    def __init__(self, name, parameters, ledger, queues):
        super().__init__(name, parameters)
        self._ledger = ledger
        self._queues = queues

    def talk(self, connection):
        channel = connection.channel()
        channel.basic_qos(prefetch_count=PREFETCH)
        for name in self._queues:
            channel.basic_consume(name, self._heard, consumer_tag=name)
        while not self.is_over():
            connection.process_data_events(AGAIN_AFTER_SECONDS)
            # A queue whose node was lost tells us so by ending our subscription.
            if len(channel.consumer_tags) < len(self._queues):
                return

    def _heard(self, channel, method, properties, body):
        self._ledger.heard(method.consumer_tag, properties, body)
        channel.basic_ack(method.delivery_tag)
