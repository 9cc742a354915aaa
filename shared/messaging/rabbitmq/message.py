"""How a message is written to RabbitMQ, and read from it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from pika import BasicProperties, spec
from pika.channel import Channel

from shared.messaging.message import Delivery, Headers, Outgoing

CONTENT_TYPE: Final = "application/cloudevents+json"
PERSISTENT: Final = 2


def publish(channel: Channel, message: Outgoing) -> None:
    """Write one message to a channel: persistent, and to be returned if no queue takes it."""
    channel.basic_publish(
        message.exchange,
        message.routing_key,
        message.body,
        BasicProperties(
            content_type=CONTENT_TYPE,
            delivery_mode=PERSISTENT,
            message_id=message.message_id,
            type=message.type,
            correlation_id=message.correlation_id or None,
            headers=dict(message.headers) or None,
        ),
        mandatory=True,
    )


def delivery_from(
    queue: str, tag: int, method: spec.Basic.Deliver, properties: BasicProperties, body: bytes
) -> Delivery:
    """Return a message as RabbitMQ delivered it; what its publisher left out is empty."""
    return Delivery(
        queue=queue,
        routing_key=method.routing_key,
        body=body,
        message_id=properties.message_id or "",
        type=properties.type or "",
        correlation_id=properties.correlation_id or "",
        headers={**plain_headers(properties.headers or {}), **_death(properties.headers or {})},
        is_redelivered=method.redelivered,
        tag=tag,
    )


def plain_headers(headers: Mapping[str, object]) -> Headers:
    """Return the headers that are text or whole numbers, as plain str and int.

    Tables and lists are left out, above all RabbitMQ's own `x-death`: carried on to another try,
    it would make the broker take our retries for a loop, and drop the message.
    """
    return {
        name: str(value) if isinstance(value, str) else int(value)
        for name, value in headers.items()
        # pika reads a whole number as a subclass of int that prints as 1L.
        if isinstance(value, str | int) and not isinstance(value, bool)
    }


def _death(headers: Mapping[str, object]) -> Headers:
    """Return, in plain words, where, why and when the broker itself last dead-lettered a message.

    Later versions say the first two by these names themselves, and not the last.
    """
    deaths = headers.get("x-death")
    last = deaths[0] if isinstance(deaths, list) and deaths else None
    if not isinstance(last, Mapping):
        return {}
    at = last.get("time")
    when = {"x-last-death-at": _in_utc(at).isoformat()} if isinstance(at, datetime) else {}
    return {
        "x-last-death-queue": str(last.get("queue", "")),
        "x-last-death-reason": str(last.get("reason", "")),
        **when,
    }


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
