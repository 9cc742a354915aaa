"""One message of the invented year, and what must become of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from shared.contracts.catalogue import EMERGENCY, REFERRAL_RECEIVED
from shared.contracts.event import Event, encode, event_id
from shared.contracts.fields import Data
from shared.contracts.referral import ReferralReceived

SOURCE: Final = "/sample/case-management"
"""Who says so: no real system."""

Fate = Literal["handled", "refused"]
RefusedBy = Literal["", "contract", "inbox", "framework"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A message as case management would publish it, with what the demonstration expects.

    Args:
        message_id: the id of the event, and of the message that carries it.
        at: when it is published in the invented year.
        kind: what it is an example of, such as `sibling_group` or `number_for_text`.
        fate: whether it is handled, or parked and its sender told.
        field: the field that the rejection names; empty where the whole body is at fault.
        refused_by: who notices: the contract, the inbox (an id again), or the framework's words.
        data: what the body says; none where the body is at fault.
    """

    routing_key: str
    body: bytes
    message_id: str
    at: datetime
    kind: str
    fate: Fate = "handled"
    field: str = ""
    refused_by: RefusedBy = ""
    data: Data | None = None


def sample_of(
    type_: str, subject: str, at: datetime, kind: str, data: Data, *, source: str = SOURCE
) -> Sample:
    """Return a well-formed event; the same type, subject and time always make the same id."""
    id_ = event_id(source, type_, f"{subject} {at.isoformat()}")
    event = Event(id_, type_, source, subject, at, data, correlation_id=subject)
    return Sample(routing_key_of(type_, data), encode(event), id_, at, kind, data=data)


def routing_key_of(type_: str, data: Data) -> str:
    """Return the key to publish under; an emergency has one of its own."""
    is_emergency = isinstance(data, ReferralReceived) and data.is_emergency
    return REFERRAL_RECEIVED + EMERGENCY if is_emergency else type_
