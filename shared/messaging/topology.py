"""The exchanges, queues and bindings between the parties, in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal

from shared.contracts import catalogue
from shared.messaging.message import DEFAULT_EXCHANGE, EXCHANGE

Arguments = Mapping[str, str | int]

RETRY_DELAYS_SECONDS: Final = (5, 30, 300)
"""How long a message waits before its second, third and fourth try; then it is parked."""

DELIVERY_LIMIT: Final = 20
"""How often a delivery may be lost with its consumer before the broker parks it itself."""

UNLIMITED_DELIVERIES: Final = 1_000_000_000
"""RabbitMQ 4 drops after 20 deliveries where nothing is said: say that nothing may be dropped."""

SERVICES: Final = ("eligibility", "pricing")
DEAD_EXCHANGE: Final = "fosterframe.dead"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A named place to publish to."""

    name: str
    kind: Literal["topic", "direct", "fanout"]


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable quorum queue."""

    name: str
    arguments: Arguments = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Binding:
    """Messages with a routing key go from an exchange to a queue."""

    exchange: str
    queue: str
    routing_key: str


@dataclass(frozen=True, slots=True)
class Topology:
    """Everything that must exist in the broker before anything is published."""

    exchanges: Sequence[Exchange]
    queues: Sequence[Queue]
    bindings: Sequence[Binding]


_SUBSCRIPTIONS: Final[Mapping[str, Sequence[str]]] = {
    "eligibility.emergencies": (catalogue.REFERRAL_RECEIVED + catalogue.EMERGENCY,),
    "eligibility.referrals": (catalogue.REFERRAL_RECEIVED, catalogue.REFERRAL_WITHDRAWN),
    "eligibility.register": (catalogue.PROVIDER_UPDATED,),
    "eligibility.placements": (
        catalogue.PLACEMENT_STARTED,
        catalogue.PLACEMENT_AMENDED,
        catalogue.PLACEMENT_ENDED,
    ),
    "pricing.emergencies": (catalogue.ELIGIBILITY_DECIDED + catalogue.EMERGENCY,),
    "pricing.decisions": (catalogue.ELIGIBILITY_DECIDED,),
    "pricing.placements": (
        catalogue.PLACEMENT_STARTED,
        catalogue.PLACEMENT_AMENDED,
        catalogue.PLACEMENT_ENDED,
    ),
    "pricing.register": (catalogue.PROVIDER_UPDATED,),
    "pricing.acknowledgements": (catalogue.FINANCE_ACKNOWLEDGED,),
    "case-management.decisions": (
        catalogue.ELIGIBILITY_DECIDED,
        catalogue.ELIGIBILITY_DECIDED + catalogue.EMERGENCY,
    ),
    "case-management.shortlists": (
        catalogue.SHORTLIST_PRICED,
        catalogue.SHORTLIST_PRICED + catalogue.EMERGENCY,
    ),
    "case-management.rejections": (catalogue.MESSAGE_REJECTED,),
    "commissioning.concerns": (catalogue.PROVIDER_CONCERN,),
    "finance.price-changes": (catalogue.PRICE_CHANGED,),
    "finance.reviews": (catalogue.REVIEW_APPLIED,),
    "finance.rejections": (catalogue.MESSAGE_REJECTED + catalogue.FOR_FINANCE,),
}

CONSUMED_QUEUES: Final[Mapping[str, Sequence[str]]] = {
    service: tuple(queue for queue in _SUBSCRIPTIONS if queue.startswith(f"{service}."))
    for service in SERVICES
}
"""The queues that each service reads, the urgent one first."""

HEAVY_QUEUES: Final = frozenset({"eligibility.register"})
"""Of which one message may be as much work as a batch of others: a change in an agency decides
every open referral again."""


@cache
def is_bound(type_: str, queue: str) -> bool:
    """Say whether messages of a type come to a queue by the bindings, and not by a false key."""
    return type_ in {catalogue.type_of(key) for key in _SUBSCRIPTIONS.get(queue, ())}


def retry_queue(service: str, delay_seconds: int) -> str:
    """Return the name of the queue, and of the exchange, where messages wait for another try."""
    return f"{service}.retry.{delay_seconds}s"


def dead_queue(service: str) -> str:
    """Return the name of the queue where a service parks what it cannot handle."""
    return f"{service}.dead"


def rejection_key(type_: str, queue: str) -> str:
    """Return the routing key under which a rejection finds who sent the rejected message.

    Of a message whose type cannot be read, the queue tells who may have sent it.

    Args:
        type_: the type of the message that is rejected.
        queue: the queue that it came from.
    """
    keys = [type_] if type_ in catalogue.SENDERS else _SUBSCRIPTIONS.get(queue, ())
    senders = {sender for key in keys for sender in catalogue.SENDERS[catalogue.type_of(key)]}
    return catalogue.MESSAGE_REJECTED + (catalogue.FOR_FINANCE if senders == {"finance"} else "")


def reader_of(name: str) -> str:
    """Return the party to which a queue belongs, and a retry exchange: the first part of its name.

    The exchanges that all parties share belong to none of them.
    """
    return name.split(".", 1)[0]


def topology(retry_delays_seconds: Sequence[int] = RETRY_DELAYS_SECONDS) -> Topology:
    """Return the whole topology.

    A message waits for its next try in a retry queue, under the name of the queue that it came
    from; when its time is up it goes back there, and to no other subscriber.
    """
    exchanges = [Exchange(EXCHANGE, "topic"), Exchange(DEAD_EXCHANGE, "direct")]
    queues: list[Queue] = []
    bindings: list[Binding] = []
    for service in SERVICES:
        queues.append(Queue(dead_queue(service), _parking()))
        bindings.append(Binding(DEAD_EXCHANGE, dead_queue(service), dead_queue(service)))
        for delay in retry_delays_seconds:
            name = retry_queue(service, delay)
            exchanges.append(Exchange(name, "fanout"))
            queues.append(Queue(name, _waiting(delay)))
            bindings.append(Binding(name, name, ""))
    for queue, keys in _SUBSCRIPTIONS.items():
        queues.append(Queue(queue, _working(reader_of(queue))))
        bindings.extend(Binding(EXCHANGE, queue, key) for key in keys)
    return Topology(tuple(exchanges), tuple(queues), tuple(bindings))


def part_of(whole: Topology, service: str) -> Topology:
    """Return what a service can make for itself: its queues, retry exchanges and bindings."""
    return Topology(
        tuple(one for one in whole.exchanges if reader_of(one.name) == service),
        tuple(one for one in whole.queues if reader_of(one.name) == service),
        tuple(one for one in whole.bindings if reader_of(one.queue) == service),
    )


def shared_part_of(whole: Topology) -> Topology:
    """Return what belongs to no party, and must be there for all: the common exchanges."""
    common = (EXCHANGE, DEAD_EXCHANGE)
    return Topology(tuple(one for one in whole.exchanges if one.name in common), (), ())


def _parking() -> Arguments:
    return {
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-delivery-limit": UNLIMITED_DELIVERIES,
    }


def _waiting(delay_seconds: int) -> Arguments:
    return {
        "x-queue-type": "quorum",
        "x-message-ttl": delay_seconds * 1000,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": DEFAULT_EXCHANGE,
        "x-dead-letter-strategy": "at-least-once",
    }


def _working(party: str) -> Arguments:
    """A service's own queue parks what keeps killing its consumer; other parties see to theirs."""
    if party not in SERVICES:
        return _parking()
    return {
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        "x-dead-letter-routing-key": dead_queue(party),
        "x-dead-letter-strategy": "at-least-once",
    }
