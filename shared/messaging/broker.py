"""What every broker promises, whether it lives in this process or is a RabbitMQ."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Protocol

from shared.messaging.message import Delivery, Outgoing, Refused
from shared.messaging.topology import Topology

NO_FEWER: Final[Mapping[str, int]] = MappingProxyType({})


class Submission(Protocol):
    """Messages that were handed to the broker and wait for its confirmation."""

    def wait(self, timeout_seconds: float) -> list[Refused]:
        """Return the messages that were refused; all others are confirmed and safe.

        Raises:
            BrokerAway: the link was lost, or no confirmation came in time. What was confirmed is
                not known; send all of them again, under the same ids.
        """


class Link(Protocol):
    """One connection to a broker. It belongs to the thread that uses it.

    Every method raises BrokerAway when the link is lost (the link is then dead: connect again),
    and BrokerMisconfigured when the broker refuses by design and only a person can help.
    """

    @property
    def is_blocked(self) -> bool:
        """Say whether the broker takes nothing for now, as it does when short of memory or disk."""

    def declare(self, topology: Topology) -> None:
        """Make the exchanges, queues and bindings, where they are not there yet."""

    def check(self, topology: Topology) -> None:
        """Make sure that the exchanges and queues are there, without making any.

        Raises:
            BrokerMisconfigured: one is missing; says which and how to make it.
        """

    def consume(
        self, queues: Sequence[str], prefetch: int, fewer: Mapping[str, int] = NO_FEWER
    ) -> None:
        """Ask for deliveries from queues; `prefetch` bounds the unacknowledged of each queue.

        Of some queues it may be `fewer`.
        """

    def stop_consuming(self) -> None:
        """Ask for no more; what was delivered and not yet handed out goes back to its queue."""

    def next_batch(self, limit: int, wait_seconds: float) -> list[Delivery]:
        """Return up to `limit` deliveries, the first queue's first; none after the wait.

        It returns as soon as there is at least one. Queues are served in the order in which they
        were named in `consume`, so that emergencies come before planned referrals.
        """

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Tell the broker that these are done with."""

    def submit(self, messages: Sequence[Outgoing]) -> Submission:
        """Hand messages over, in order, without waiting for their confirmations."""

    def depth(self, queue: str) -> int:
        """Return how many messages are ready in a queue."""

    def ask_depth(self, queue: str) -> Callable[[], int | None]:
        """Ask for a queue's depth without waiting; what is returned gives the answer.

        It gives None until the answer is there, which may be long after, and raises what kept the
        broker from answering.
        """

    def purge(self, queue: str) -> None:
        """Remove the ready messages of a queue. For tests, the demo and the bench only."""

    def close(self) -> None:
        """Let go; what was delivered and not acknowledged goes back to its queue."""


class Broker(Protocol):
    """A place to connect to."""

    def connect(self) -> Link:
        """Return a new link.

        Raises:
            BrokerAway: nobody answers.
            BrokerMisconfigured: the user, password, virtual host or version is refused.
        """
