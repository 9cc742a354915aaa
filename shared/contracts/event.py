"""An event: the CloudEvents envelope around the data of a message."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha1
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model
from pydantic_core import to_json

from shared.contracts.catalogue import CONTRACTS
from shared.contracts.fields import Data, WireInstant
from shared.contracts.refusals import refusal_of
from shared.errors import CannotSucceed

CONTENT_TYPE: Final = "application/cloudevents+json"
LARGEST_BODY_BYTES: Final = 262_144
_TRACEPARENT: Final = re.compile(r"(?!ff)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_NAMESPACE: Final = uuid5(NAMESPACE_URL, "fosterframe:event")

D_co = TypeVar("D_co", bound=Data, covariant=True)


@dataclass(frozen=True, slots=True)
class Event(Generic[D_co]):
    """One thing that happened, with who says so, when, and because of what."""

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    data: D_co
    correlation_id: str = ""
    causation_id: str = ""
    sequence: str = ""
    traceparent: str = ""


def trace_told(told: object) -> str:
    """Return a `traceparent` in the form of the W3C; what has another form tells nothing.

    As the standard has it: a child does not wait because somebody's tracing is set up wrongly.
    """
    return told if isinstance(told, str) and _TRACEPARENT.fullmatch(told) else ""


class Envelope(BaseModel):
    """What we read of the envelope; what else stands there is tolerated."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = Field(pattern=r"^1\.0$")
    id: str = Field(min_length=1, max_length=200)
    source: str = Field(min_length=1, max_length=400)
    type: str = Field(min_length=1, max_length=120)
    subject: str = Field(default="", max_length=200)
    time: WireInstant | None = None
    correlationid: str = Field(default="", max_length=200)
    causationid: str = Field(default="", max_length=200)
    sequence: str = Field(default="", max_length=40)
    traceparent: Annotated[str, BeforeValidator(trace_told)] = Field(default="", max_length=120)


def event_id(cause_id: str, type_: str, subject: str, position: int = 0) -> str:
    """Return the id of an event that follows from a cause: the same work makes the same id."""
    name = f"{cause_id}|{type_}|{subject}|{position}".encode()
    digest = bytearray(sha1(_NAMESPACE.bytes + name, usedforsecurity=False).digest()[:16])
    # A UUID of version 5, as uuid.uuid5 makes it, in a third of the time: every message has one.
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def encode(event: Event[Data], *, written: bytes | None = None) -> bytes:
    """Return the event as a CloudEvents 1.0 document in structured mode.

    What is `written` stands for the data where its JSON is at hand already.
    """
    head: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": _instant_text(event.time),
        "datacontenttype": "application/json",
        "correlationid": event.correlation_id,
        "causationid": event.causation_id,
        "sequence": event.sequence,
        "traceparent": event.traceparent,
    }
    told = {name: value for name, value in head.items() if value != ""}
    data = event.data.__pydantic_serializer__.to_json(event.data) if written is None else written
    return to_json(told)[:-1] + b',"data":' + data + b"}"


@lru_cache(maxsize=256)
def _instant_text(instant: datetime) -> str:
    """Return an instant in UTC; all events of one transaction have the same."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def decode(body: bytes) -> Event[Data]:
    """Return the event that a message's body says.

    Raises:
        CannotSucceed: the body is not an event that we know; says which field and why, and
            repeats no value from it.
    """
    if len(body) > LARGEST_BODY_BYTES:
        raise CannotSucceed(
            f"the body is larger than {LARGEST_BODY_BYTES} bytes",
            advice="Send one referral or placement in each message.",
        )
    envelope = _read(Envelope, body)
    carrier = _CARRIERS.get(envelope.type)
    if carrier is None:
        raise CannotSucceed(
            "this type or version of message is not known here",
            field="type",
            advice=f"Known are: {', '.join(sorted(CONTRACTS))}.",
        )
    data: Data = _read(carrier, body).data  # type: ignore[attr-defined] # made by create_model
    for field, reason in data.contradictions():
        raise CannotSucceed(
            reason,
            field=f"data.{field}" if field else "data",
            advice="Correct the field and send the event again under a new id.",
        )
    return Event(
        id=envelope.id,
        type=envelope.type,
        source=envelope.source,
        subject=envelope.subject,
        time=envelope.time or datetime.fromtimestamp(0, UTC),
        data=data,
        correlation_id=envelope.correlationid,
        causation_id=envelope.causationid,
        sequence=envelope.sequence,
        traceparent=envelope.traceparent,
    )


_M = TypeVar("_M", bound=BaseModel)
_CARRIERS: Final[dict[str, type[BaseModel]]] = {
    type_: create_model(
        f"{model.__name__}Carrier",
        __config__=ConfigDict(extra="ignore", frozen=True),
        data=(model, ...),
    )
    for type_, model in CONTRACTS.items()
}


def _read(model: type[_M], body: bytes) -> _M:
    try:
        return model.model_validate_json(body)
    except ValidationError as invalid:
        refusal = refusal_of(invalid)
    # Raised in there, it would keep what pydantic said, and with it all that the sender said.
    raise refusal
