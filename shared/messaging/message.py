"""A message as a broker carries it: one that came, or one that goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

Headers = Mapping[str, str | int]

EXCHANGE: Final = "fosterframe"
"""The one topic exchange; the routing key is the type of the message."""

DEFAULT_EXCHANGE: Final = ""
"""The exchange that takes a message straight to the queue named by its routing key."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way out. Every one is persistent and mandatory: some queue must take it."""

    exchange: str
    routing_key: str
    body: bytes
    message_id: str
    type: str
    correlation_id: str = ""
    headers: Headers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that a broker handed over, and that is ours until it is acknowledged.

    Args:
        tag: the broker's number for this delivery, good only on the link that delivered it.
    """

    queue: str
    routing_key: str
    body: bytes
    message_id: str
    type: str
    correlation_id: str
    headers: Headers
    is_redelivered: bool
    tag: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that the broker did not take, and why."""

    message: Outgoing
    reason: str
