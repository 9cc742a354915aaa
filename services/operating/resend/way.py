"""Where what is told again goes: to everybody who reads it, or to one queue or party only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.contracts.catalogue import MESSAGE_REJECTED, SENDERS, type_of
from shared.errors import FosterframeError
from shared.messaging.message import DEFAULT_EXCHANGE, EXCHANGE, Outgoing
from shared.messaging.topology import Binding, reader_of, topology


class NoSuchWay(FosterframeError):  # noqa: N818 - what was asked for
    """Nobody of that name reads what the service tells."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where messages go.

    Args:
        to: the queue or the party; all who read them, where nobody is named.
        bindings: which routing key brings a message to which queue, of those that are meant.
    """

    to: str | None
    bindings: Sequence[Binding]

    def queue_of(self, routing_key: str) -> str | None:
        """Return the queue among those that are meant to which a routing key leads, if any."""
        keys = (one.queue for one in self.bindings if one.routing_key == routing_key)
        return next(keys, None)

    def leads(self, type_: str) -> bool:
        """Say whether messages of a type come to any queue that is meant."""
        return any(type_of(one.routing_key) == type_ for one in self.bindings)

    def sent(self, message: Outgoing) -> Outgoing | None:
        """Return a message as it goes; nothing where it does not go to whom is meant.

        What goes to everybody goes as it went first. What goes to one goes past the bindings.
        """
        queue = self.queue_of(message.routing_key)
        if queue is None:
            return None
        if self.to is None:
            return message
        return replace(message, exchange=DEFAULT_EXCHANGE, routing_key=queue)


def way(service: str, to: str | None) -> Way:
    """Return where what a service tells goes.

    Args:
        service: who tells it.
        to: the name of a queue, or of a party, which is the first part of its queues' names.

    Raises:
        NoSuchWay: there is no such queue or party, or it reads nothing of the service's.
    """
    told = [
        one
        for one in topology().bindings
        if one.exchange == EXCHANGE
        and service in SENDERS[type_of(one.routing_key)]
        # A rejection is kept by nobody but its reader.
        and type_of(one.routing_key) != MESSAGE_REJECTED
    ]
    meant = [one for one in told if to is None or to in {one.queue, reader_of(one.queue)}]
    if not meant:
        readers = sorted({one.queue for one in told})
        raise NoSuchWay(
            f"Nothing that {service} tells and keeps goes to {to!r}. What it tells goes to the "
            f"queues {', '.join(readers)}; name one of them, or the party before its dot."
        )
    return Way(to, meant)
