"""A delivery as it is read: under which id, at which attempt, and the event or the fault in it."""

import hashlib
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from pydantic_core import from_json

from shared.contracts.catalogue import CONTRACTS
from shared.contracts.event import LARGEST_BODY_BYTES, Event, decode, trace_told
from shared.errors import CannotSucceed
from shared.messaging.message import Delivery
from shared.persistence.inbox import Arrival

ATTEMPT_HEADER: Final = "x-fosterframe-attempt"
"""Which attempt a message is at, the first being 1; only we set it."""

LARGEST_ATTEMPT: Final = 1000
LARGEST_ID: Final = 200
UNKNOWN_TYPE: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery that was read.

    Args:
        event: what it says; None where that could not be read, and `fault` then says why.
        type: the type of message, or `unknown`; never a text of the sender's own.
    """

    delivery: Delivery
    arrival: Arrival
    type: str
    event: Event[Any] | None
    fault: CannotSucceed | None

    @property
    def message_id(self) -> str:
        """Return the id by which it is known here."""
        return self.arrival.message_id

    @property
    def correlation_id(self) -> str:
        """Return the referral or placement that it is about, as far as it says so safely."""
        told = self.event.correlation_id if self.event is not None else ""
        return _safe_id(told) or _safe_id(self.delivery.correlation_id)

    @property
    def traceparent(self) -> str:
        """Return the trace that it belongs to, where it says so in the form of the standard."""
        told = self.event.traceparent if self.event is not None else ""
        return told or trace_told(self.delivery.headers.get("traceparent", ""))

    @property
    def trace_id(self) -> str:
        """Return the id of the trace that it belongs to, if any."""
        return self.traceparent[3:35]


def read(delivery: Delivery) -> Received:
    """Read a delivery; whatever is wrong with it is kept as its fault and never raised."""
    event: Event[Any] | None = None
    fault: CannotSucceed | None = None
    try:
        event = decode(delivery.body)
        _check_texts(event)
        _check_id(event, delivery)
    except CannotSucceed as found:
        # Its traceback would lead back here, and keep body and all until the collector comes.
        fault = found.with_traceback(None)
    digest = hashlib.sha256(delivery.body).digest()
    own_id = event.id if event is not None and fault is None else _envelope_id(delivery.body)
    message_id = _safe_id(delivery.message_id) or _safe_id(own_id) or str(UUID(bytes=digest[:16]))
    type_ = event.type if event is not None else delivery.type
    known_type = type_ if type_ in CONTRACTS else UNKNOWN_TYPE
    arrival = Arrival(message_id, known_type, digest, attempt_of(delivery), delivery.is_redelivered)
    return Received(delivery, arrival, known_type, event if fault is None else None, fault)


def attempt_of(delivery: Delivery) -> int:
    """Return which attempt this is; a header that we cannot have set counts as the first."""
    told = delivery.headers.get(ATTEMPT_HEADER, 1)
    if isinstance(told, bool) or not isinstance(told, int):
        return 1
    return told if 1 <= told <= LARGEST_ATTEMPT else 1


def _check_texts(event: Event[Any]) -> None:
    """Refuse in the envelope what a column or a property of AMQP could not carry."""
    texts = {
        "id": event.id,
        "source": event.source,
        "subject": event.subject,
        "correlationid": event.correlation_id,
        "causationid": event.causation_id,
        "sequence": event.sequence,
    }
    for field, text in texts.items():
        if not _is_plain(text):
            raise CannotSucceed(
                "it holds a character that is not printable ASCII",
                field=field,
                advice="Use letters, digits and punctuation of ASCII.",
            )


def _check_id(event: Event[Any], delivery: Delivery) -> None:
    if delivery.message_id not in {"", event.id}:
        raise CannotSucceed(
            "the message-id property and the id in the envelope differ",
            field="id",
            advice="Set the message-id property to the id of the event.",
        )


def _envelope_id(body: bytes) -> str:
    """Return the id that an envelope tells though something else in it is wrong, or nothing."""
    if len(body) > LARGEST_BODY_BYTES:
        return ""
    try:
        envelope = from_json(body)
    except ValueError:
        return ""
    told = envelope.get("id", "") if isinstance(envelope, dict) else ""
    return told if isinstance(told, str) else ""


def _safe_id(text: str) -> str:
    return text if len(text) <= LARGEST_ID and _is_plain(text) else ""


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
