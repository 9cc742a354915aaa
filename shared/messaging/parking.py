"""The messages that go out for one that failed: to wait, to be parked, and to tell its sender."""

from datetime import datetime
from typing import Final

from shared.contracts.catalogue import MESSAGE_REJECTED
from shared.contracts.event import Event, encode, event_id
from shared.contracts.rejection import MessageRejected
from shared.messaging.fate import Parked, RetryAfter
from shared.messaging.message import EXCHANGE, Headers, Outgoing
from shared.messaging.received import ATTEMPT_HEADER, Received
from shared.messaging.topology import DEAD_EXCHANGE, dead_queue, rejection_key, retry_queue
from shared.messaging.work import source_of

QUEUE_HEADER: Final = "x-fosterframe-queue"
"""The queue that a parked message came from, and goes back to when it is replayed."""

REASON_HEADER: Final = "x-fosterframe-reason"
FIELD_HEADER: Final = "x-fosterframe-field"
ADVICE_HEADER: Final = "x-fosterframe-advice"
PARKED_AT_HEADER: Final = "x-fosterframe-parked-at"

LONGEST_REASON: Final = 600
LONGEST_FIELD: Final = 200


def retry(received: Received, fate: RetryAfter, service: str) -> Outgoing:
    """Return the message as it waits for its next attempt; then it goes back to its own queue."""
    return _again(
        received,
        exchange=retry_queue(service, fate.delay_seconds),
        routing_key=received.delivery.queue,
        headers={ATTEMPT_HEADER: received.arrival.attempt + 1},
    )


def parked(received: Received, fate: Parked, service: str, now: datetime) -> Outgoing:
    """Return the message as it is parked, with all that a person needs to judge and replay it.

    Its attempt header is the next attempt's already: a replay sends it back as it is.
    """
    return _again(
        received,
        exchange=DEAD_EXCHANGE,
        routing_key=dead_queue(service),
        headers={
            ATTEMPT_HEADER: received.arrival.attempt + 1,
            QUEUE_HEADER: received.delivery.queue,
            REASON_HEADER: _reason(fate),
            FIELD_HEADER: fate.field[:LONGEST_FIELD],
            ADVICE_HEADER: fate.advice[:LONGEST_REASON],
            PARKED_AT_HEADER: now.isoformat(timespec="seconds"),
        },
    )


def rejection(received: Received, fate: Parked, service: str, now: datetime) -> Outgoing:
    """Return what the sender is told: which message, which field, why, and what to do."""
    arrival = received.arrival
    # The same content parked again after the same attempt is the same rejection, and no other.
    cause = f"{arrival.message_id}|{arrival.digest.hex()}"
    event = Event(
        id=event_id(cause, MESSAGE_REJECTED, received.delivery.queue, arrival.attempt),
        type=MESSAGE_REJECTED,
        source=source_of(service),
        subject=arrival.message_id,
        time=now,
        data=MessageRejected(
            message_id=arrival.message_id,
            message_type=received.type,
            queue=received.delivery.queue,
            field=fate.field[:LONGEST_FIELD],
            reason=_reason(fate),
            advice=fate.advice[:LONGEST_REASON],
        ),
        correlation_id=received.correlation_id or arrival.message_id,
        causation_id=arrival.message_id,
        traceparent=received.traceparent,
    )
    return Outgoing(
        exchange=EXCHANGE,
        routing_key=rejection_key(received.type, received.delivery.queue),
        body=encode(event),
        message_id=event.id,
        type=event.type,
        correlation_id=event.correlation_id,
        headers={"traceparent": event.traceparent} if event.traceparent else {},
    )


def _reason(fate: Parked) -> str:
    return fate.reason[:LONGEST_REASON] or "it cannot be handled"


def _again(
    received: Received, *, exchange: str, routing_key: str, headers: dict[str, str | int]
) -> Outgoing:
    """Return the same message on another way; of its own headers only the trace is kept.

    What else a sender wrote in headers may say anything, and headers are listed for people.
    """
    kept: Headers = {"traceparent": received.traceparent} if received.traceparent else {}
    return Outgoing(
        exchange=exchange,
        routing_key=routing_key,
        body=received.delivery.body,
        message_id=received.message_id,
        type=received.type,
        correlation_id=received.correlation_id,
        headers={**kept, **headers},
    )
