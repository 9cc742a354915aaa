"""A parked message as an operator sees it: which, since when, why, and what to do."""

import re
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.messaging.message import DEFAULT_EXCHANGE, Delivery, Headers, Outgoing
from shared.messaging.parking import (
    ADVICE_HEADER,
    FIELD_HEADER,
    LONGEST_FIELD,
    LONGEST_REASON,
    PARKED_AT_HEADER,
    QUEUE_HEADER,
    REASON_HEADER,
)
from shared.messaging.received import ATTEMPT_HEADER, attempt_of, read
from shared.messaging.topology import CONSUMED_QUEUES, DELIVERY_LIMIT

DIED_IN_HEADER: Final = "x-last-death-queue"
DIED_OF_HEADER: Final = "x-last-death-reason"
DIED_AT_HEADER: Final = "x-last-death-at"
"""What the broker says of a message that it parked itself; see `rabbitmq_message.py`."""

_WORD: Final = re.compile(r"[a-z_]{1,40}")
_NO_REASON: Final = "parked without a reason"
_LOST_TOO_OFTEN: Final = (
    f"delivered {DELIVERY_LIMIT} times and lost each time, so that the broker parked it"
)
_LOOK_AT_THE_WORKER: Final = (
    "It ends its worker, or comes while the worker loses its links again and again. Find out "
    "which in the worker's log before it is replayed."
)


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """What is known of one parked message, without what it says.

    Args:
        queue: the queue that it came from and goes back to; empty if that is not known.
        attempts: how often it was tried.
        parked_at: when, as far as that is known.
        by_broker: the broker parked it, and not the service; its sender was not told.
        digest: the SHA-256 of its body, in hexadecimal digits.
    """

    message_id: str
    type: str
    correlation_id: str
    queue: str
    reason: str
    field: str
    advice: str
    attempts: int
    parked_at: datetime | None
    by_broker: bool
    body_bytes: int
    digest: str


def parked_message(delivery: Delivery, service: str) -> ParkedMessage:
    """Return what is known of a delivery from a service's queue of parked messages.

    The broker leaves a sender's own headers as they are; so of what it parked itself nothing is
    believed that we would have written there.
    """
    received = read(delivery)
    headers = delivery.headers
    by_broker = DIED_IN_HEADER in headers or REASON_HEADER not in headers
    attempt = attempt_of(delivery)
    return ParkedMessage(
        message_id=received.message_id,
        type=received.type,
        correlation_id=received.correlation_id,
        queue=_own_queue(headers.get(DIED_IN_HEADER if by_broker else QUEUE_HEADER), service),
        reason=_died_of(headers) if by_broker else _said(headers, REASON_HEADER) or _NO_REASON,
        field="" if by_broker else _said(headers, FIELD_HEADER, LONGEST_FIELD),
        advice=_LOOK_AT_THE_WORKER if by_broker else _said(headers, ADVICE_HEADER),
        # What we park carries the number of its next attempt already.
        attempts=attempt if by_broker else attempt - 1,
        parked_at=_instant(headers.get(DIED_AT_HEADER if by_broker else PARKED_AT_HEADER)),
        by_broker=by_broker,
        body_bytes=len(delivery.body),
        digest=received.arrival.digest.hex(),
    )


def replayed(delivery: Delivery, parked: ParkedMessage) -> Outgoing:
    """Return a parked message as it goes back to its own queue, at the attempt that it is at."""
    received = read(delivery)
    headers: Headers = {ATTEMPT_HEADER: attempt_of(delivery)}
    if received.traceparent:
        headers = {**headers, "traceparent": received.traceparent}
    return Outgoing(
        exchange=DEFAULT_EXCHANGE,
        routing_key=parked.queue,
        body=delivery.body,
        message_id=received.message_id,
        type=received.type,
        correlation_id=received.correlation_id,
        headers=headers,
    )


def _own_queue(told: str | int | None, service: str) -> str:
    return told if isinstance(told, str) and told in CONSUMED_QUEUES[service] else ""


def _said(headers: Headers, name: str, longest: int = LONGEST_REASON) -> str:
    """Return what a header says, on one line and without what a terminal would obey.

    Thousands say the same: it is kept once.
    """
    told = str(headers.get(name, ""))[:longest]
    plain = "".join(letter if letter.isprintable() else " " for letter in told)
    return sys.intern(" ".join(plain.split()))


def _died_of(headers: Headers) -> str:
    told = str(headers.get(DIED_OF_HEADER, ""))
    if told == "delivery_limit":
        return _LOST_TOO_OFTEN
    return f"parked by the broker ({told if _WORD.fullmatch(told) else 'it does not say why'})"


def _instant(told: str | int | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
