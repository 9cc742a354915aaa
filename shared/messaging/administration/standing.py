"""How each queue stands: what waits in it, whether somebody reads it, and what it is for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.errors import BrokerMisconfigured
from shared.messaging.administration.management import QueueState
from shared.messaging.rabbitmq.link import RabbitLink
from shared.messaging.topology import SERVICES, Topology, dead_queue, reader_of

Purpose = Literal["work", "retry", "parked"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One queue of the topology; a figure that could not be had is None.

    Args:
        party: who reads it.
        is_there: whether the broker has it, and lets us look.
    """

    queue: str
    party: str
    purpose: Purpose
    is_there: bool
    ready: int | None = None
    unacknowledged: int | None = None
    consumers: int | None = None

    @property
    def lacks_reader(self) -> bool:
        """Say whether somebody should read it and nobody does."""
        return self.purpose == "work" and self.consumers == 0


def standing_by_management(whole: Topology, queues: Mapping[str, QueueState]) -> list[Standing]:
    """Return how each queue stands, as the management side tells it."""
    return [
        _standing(name, queues[name].ready, queues[name].unacknowledged, queues[name].consumers)
        if name in queues
        else _missing(name)
        for name in (queue.name for queue in whole.queues)
    ]


def standing_by_link(whole: Topology, link: RabbitLink) -> list[Standing]:
    """Return how each queue stands, as far as a user of the broker may ask."""
    found = []
    for queue in whole.queues:
        try:
            ready, consumers = link.figures(queue.name)
        except BrokerMisconfigured:
            found.append(_missing(queue.name))
        else:
            found.append(_standing(queue.name, ready, None, consumers))
    return found


def _standing(
    queue: str, ready: int | None, unacknowledged: int | None, consumers: int | None
) -> Standing:
    return Standing(
        queue=queue,
        party=reader_of(queue),
        purpose=_purpose(queue),
        is_there=True,
        ready=ready,
        unacknowledged=unacknowledged,
        consumers=consumers,
    )


def _missing(queue: str) -> Standing:
    return Standing(queue, reader_of(queue), _purpose(queue), is_there=False)


def _purpose(queue: str) -> Purpose:
    if queue in {dead_queue(service) for service in SERVICES}:
        return "parked"
    return "retry" if queue.startswith(tuple(f"{one}.retry." for one in SERVICES)) else "work"
