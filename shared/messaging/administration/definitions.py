"""The definitions that RabbitMQ loads at its start: users, what each may do, and the topology."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.contracts.catalogue import SENDERS, type_of
from shared.messaging.message import EXCHANGE
from shared.messaging.topology import DEAD_EXCHANGE, SERVICES, Topology, reader_of

VIRTUAL_HOST: Final = "fosterframe"

MONITORING: Final = "monitoring"
OPS: Final = "ops"
OTHER_PARTIES: Final = ("case-management", "commissioning", "finance")
USERS: Final = (*SERVICES, *OTHER_PARTIES, MONITORING, OPS)
"""Everybody who enters the broker, each with a password of their own."""

_TAGS: Final[Mapping[str, Sequence[str]]] = {
    MONITORING: ("monitoring",),
    OPS: ("administrator",),
}
_HASHING: Final = "rabbit_password_hashing_sha256"
_SALT_BYTES: Final = 4

_NOTHING: Final = "^$"
_EVERYTHING: Final = ".*"

_TO_QUEUES: Final = "amq.default"
"""RabbitMQ's name, in permissions, of the exchange without a name."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What one user may do; each is a pattern over the names of exchanges and queues.

    Args:
        sends: the routing keys that the user may publish to the topic exchange.
        binds: the routing keys by which the user may bind a queue to it.
    """

    configure: str
    write: str
    read: str
    sends: str
    binds: str


def definitions(
    topology: Topology, passwords: Mapping[str, str], *, with_topology: bool = True
) -> dict[str, Any]:
    """Return the whole definitions, in the same order whenever they are made.

    Args:
        topology: the exchanges, queues and bindings.
        passwords: by user; of each only a salted hash is written.
        with_topology: without it, exchanges and queues are left to be declared later, as in a
            cluster: a queue gets its members when it is made, from the nodes that are there.
    """
    rights = {user: rights_of(user, topology) for user in USERS}
    return {
        "users": [_user(name, passwords[name]) for name in USERS],
        "vhosts": [{"name": VIRTUAL_HOST}],
        "permissions": [
            {
                "user": user,
                "vhost": VIRTUAL_HOST,
                "configure": may.configure,
                "write": may.write,
                "read": may.read,
            }
            for user, may in rights.items()
        ],
        "topic_permissions": [
            {
                "user": user,
                "vhost": VIRTUAL_HOST,
                "exchange": EXCHANGE,
                "write": may.sends,
                "read": may.binds,
            }
            for user, may in rights.items()
            if user != OPS
        ],
        "policies": [],
        **(_places(topology) if with_topology else {}),
    }


def rights_of(user: str, topology: Topology) -> Rights:
    """Return the least that a user must be able to do.

    The two services are trusted with each other's queues: whoever replays a parked message, or
    makes a retry queue, must be able to write to the exchange without a name, which reaches every
    queue. No other party is.
    """
    if user == OPS:
        return Rights(_EVERYTHING, _EVERYTHING, _EVERYTHING, _EVERYTHING, _EVERYTHING)
    if user == MONITORING:
        return Rights(_NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING)
    sends = _one_of(keys_sent_by(user, topology))
    own = [queue.name for queue in topology.queues if reader_of(queue.name) == user]
    if user not in SERVICES:
        writes = [EXCHANGE] if sends != _NOTHING else []
        return Rights(_NOTHING, _one_of(writes), _one_of(own), sends, _NOTHING)
    # By pattern, not by list, so that a later version may add queues of its own.
    mine = rf"{_exactly(user)}\..+"
    sources = [EXCHANGE, DEAD_EXCHANGE]
    return Rights(
        configure=f"^{mine}$",
        write=_one_of([*sources, _TO_QUEUES], mine),
        read=_one_of(sources, mine),
        sends=sends,
        binds=_one_of(
            b.routing_key
            for b in topology.bindings
            if b.exchange == EXCHANGE and reader_of(b.queue) == user
        ),
    )


def keys_sent_by(party: str, topology: Topology) -> list[str]:
    """Return the routing keys under which a party publishes."""
    return sorted(
        {
            binding.routing_key
            for binding in topology.bindings
            if binding.exchange == EXCHANGE and party in SENDERS[type_of(binding.routing_key)]
        }
    )


def password_hash(user: str, password: str) -> str:
    """Return the salted hash by which RabbitMQ knows a password.

    The salt is drawn from user and password, so that the same secrets give the same file: whoever
    loads it can see whether anything changed. Two users with one password still differ, and what
    a random salt would add, against tables of likely passwords, is not needed by random ones.
    """
    salt = hashlib.sha256(f"salt|{user}|{password}".encode()).digest()[:_SALT_BYTES]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _user(name: str, password: str) -> dict[str, Any]:
    return {
        "name": name,
        "password_hash": password_hash(name, password),
        "hashing_algorithm": _HASHING,
        "tags": list(_TAGS.get(name, ())),
        "limits": {},
    }


def _places(topology: Topology) -> dict[str, Any]:
    return {
        "exchanges": [
            {
                "name": exchange.name,
                "vhost": VIRTUAL_HOST,
                "type": exchange.kind,
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": {},
            }
            for exchange in topology.exchanges
        ],
        "queues": [
            {
                "name": queue.name,
                "vhost": VIRTUAL_HOST,
                "durable": True,
                "auto_delete": False,
                "arguments": dict(queue.arguments),
            }
            for queue in topology.queues
        ],
        "bindings": [
            {
                "source": binding.exchange,
                "vhost": VIRTUAL_HOST,
                "destination": binding.queue,
                "destination_type": "queue",
                "routing_key": binding.routing_key,
                "arguments": {},
            }
            for binding in topology.bindings
        ],
    }


def _one_of(names: Iterable[str], *patterns: str) -> str:
    """Return a pattern that matches each name, and what the patterns match, and nothing else."""
    wanted = [*(_exactly(name) for name in names), *patterns]
    return f"^({'|'.join(wanted)})$" if wanted else _NOTHING


def _exactly(name: str) -> str:
    """Return the pattern of one name; of what means something in patterns, ours hold only dots."""
    return name.replace(".", r"\.")
