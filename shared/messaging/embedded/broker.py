"""A broker inside this process, with the topology and the promises of RabbitMQ.

It is the embedded default's broker. What it holds lives as long as the process: a queue is
durable against a worker that dies or a link that breaks, and not against the process's end.
"""

import threading
import time
from collections.abc import Callable

from shared.errors import BrokerAway
from shared.messaging.embedded.exchanges import Exchanges
from shared.messaging.embedded.link import EmbeddedLink


class EmbeddedBroker:
    """A broker for the threads of one process.

    Args:
        monotonic: tells the seconds by which a message's time to live runs.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.RLock()
        self._exchanges = Exchanges(monotonic)
        self._links: list[EmbeddedLink] = []
        self._is_away = False

    def __str__(self) -> str:
        return "the embedded broker"

    def connect(self) -> EmbeddedLink:
        """Return a new link.

        Raises:
            BrokerAway: the broker was taken away.
        """
        with self._lock:
            if self._is_away:
                raise BrokerAway("The embedded broker was taken away.")
            link = EmbeddedLink(self._exchanges, self._lock)
            self._links = [one for one in self._links if not one.is_lost] + [link]
            return link

    def go_away(self) -> None:
        """Break every link and take no new one, as a broker does that is restarted."""
        with self._lock:
            self._is_away = True
            for link in self._links:
                link.lose("The embedded broker was taken away.")

    def come_back(self) -> None:
        """Take links again; every queue holds what it held."""
        with self._lock:
            self._is_away = False
