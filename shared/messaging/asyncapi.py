"""The AsyncAPI 3.0 document: who says what to whom, over which exchange and queues."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from shared.contracts import catalogue
from shared.contracts.catalogue import SENDERS, type_of
from shared.contracts.event import CONTENT_TYPE
from shared.contracts.schemas import Schema, envelope_schema, shared_schemas
from shared.messaging.message import EXCHANGE
from shared.messaging.topology import Binding, Queue, Topology, reader_of

PARTIES: Final[Mapping[str, str]] = {
    "case-management": "Publishes referrals and the life of placements; reads what became of them.",
    "commissioning": "Publishes what changes about an agency.",
    "eligibility": "Decides which agencies may be offered a child. One of the two services.",
    "finance": "Pays: reads each change of a weekly fee, and the totals of each price review, and "
    "says what it has booked.",
    "ops": "Runs the services; sees to what is parked.",
    "pricing": "Prices shortlists and keeps every placement's fee right. The other service.",
}
"""Everyone who speaks over the broker, and what for."""

_BINDING_VERSION: Final = "0.3.0"
_TITLE: Final = "Fosterframe"
_ABOUT: Final = (
    "Two services for a council that buys foster placements from independent agencies. "
    "Everything is published to one topic exchange, under the type of the message as routing key "
    "(`.emergency` is appended for an emergency, `.finance` to a rejection that finance is to hear "
    "of), persistent, mandatory, with publisher confirms. "
    "Each party reads its own quorum queues. Operations are named by the party that carries them "
    "out: `finance.reads.price-changes` is what finance does."
)


def asyncapi_document(topology: Topology, version: str) -> Schema:
    """Return the whole document, in the same order whenever it is made."""
    keys = sorted({binding.routing_key for binding in _published(topology)})
    queues = sorted(topology.queues, key=lambda queue: queue.name)
    return {
        "asyncapi": "3.0.0",
        "id": "urn:fosterframe",
        "info": {"title": _TITLE, "version": version, "description": _ABOUT},
        "defaultContentType": CONTENT_TYPE,
        "servers": _servers(),
        "channels": {f"to.{key}": _key_channel(key) for key in keys}
        | {f"queue.{queue.name}": _queue_channel(queue, topology) for queue in queues},
        "operations": dict(_sends(keys)) | dict(_receives(queues, topology)),
        "components": {
            "messages": {type_: _message(type_) for type_ in catalogue.CONTRACTS},
            "schemas": {"Envelope": _embedded(envelope_schema())}
            | shared_schemas("#/components/schemas/{model}"),
            "securitySchemes": {"password": {"type": "userPassword"}},
            "tags": {party: {"name": party, "description": PARTIES[party]} for party in PARTIES},
        },
    }


def _servers() -> Schema:
    return {
        "rabbitmq": {
            "host": "{host}",
            "protocol": "amqp",
            "protocolVersion": "0.9.1",
            "description": "RabbitMQ 3.10 to 4.x.",
            "variables": {"host": {"default": "127.0.0.1:5672"}},
            "security": [{"$ref": "#/components/securitySchemes/password"}],
        }
    }


def _key_channel(key: str) -> Schema:
    return {
        "address": key,
        "description": f"Publish here, with the routing key {key}.",
        "messages": {type_of(key): {"$ref": f"#/components/messages/{type_of(key)}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": EXCHANGE,
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                    "vhost": "/",
                },
                "bindingVersion": _BINDING_VERSION,
            }
        },
    }


def _queue_channel(queue: Queue, topology: Topology) -> Schema:
    bound = [binding for binding in topology.bindings if binding.queue == queue.name]
    types = sorted({type_of(key) for key in _keys_into(queue, topology)})
    return {
        "address": queue.name,
        "description": _purpose(queue),
        "messages": {type_: {"$ref": f"#/components/messages/{type_}"} for type_ in types},
        "bindings": {
            "amqp": {
                "is": "queue",
                "queue": {
                    "name": queue.name,
                    "durable": True,
                    "exclusive": False,
                    "autoDelete": False,
                    "vhost": "/",
                },
                "bindingVersion": _BINDING_VERSION,
            }
        },
        "x-queue-arguments": dict(sorted(queue.arguments.items())),
        "x-bound-to": [
            {"exchange": binding.exchange, "routingKey": binding.routing_key} for binding in bound
        ],
    }


def _purpose(queue: Queue) -> str:
    party, _, rest = queue.name.partition(".")
    if rest == "dead":
        return f"Where {party} parks what it cannot handle, until a person sees to it."
    if rest.startswith("retry."):
        return f"Where a message to {party} waits for its next try; nobody reads it."
    return f"Read by {party}."


def _keys_into(queue: Queue, topology: Topology) -> list[str]:
    """Return the routing keys that lead to a queue: for parking and waiting, all of the service."""
    own = [binding.routing_key for binding in _published(topology) if binding.queue == queue.name]
    party = reader_of(queue.name)
    return own or [b.routing_key for b in _published(topology) if reader_of(b.queue) == party]


def _sends(keys: Sequence[str]) -> Iterator[tuple[str, Schema]]:
    for key in keys:
        for party in SENDERS[type_of(key)]:
            yield f"{party}.sends.{key}", _operation("send", party, f"to.{key}", [type_of(key)])


def _receives(queues: Sequence[Queue], topology: Topology) -> Iterator[tuple[str, Schema]]:
    for queue in queues:
        types = sorted({type_of(key) for key in _keys_into(queue, topology)})
        party, _, rest = queue.name.partition(".")
        receive = _operation("receive", party, f"queue.{queue.name}", types)
        if rest == "dead":
            yield f"ops.reads.{queue.name}", receive | {"tags": _tags("ops")}
        elif not rest.startswith("retry."):
            yield f"{party}.reads.{rest}", receive


def _operation(action: str, party: str, channel: str, types: Sequence[str]) -> Schema:
    amqp: Schema = (
        {"deliveryMode": 2, "mandatory": True, "bindingVersion": _BINDING_VERSION}
        if action == "send"
        else {"ack": True, "bindingVersion": _BINDING_VERSION}
    )
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "tags": _tags(party),
        "bindings": {"amqp": amqp},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{type_}"} for type_ in types],
    }


def _tags(party: str) -> list[Schema]:
    return [{"$ref": f"#/components/tags/{party}"}]


def _message(type_: str) -> Schema:
    model = catalogue.CONTRACTS[type_]
    of_type: Schema = {
        "type": "object",
        "properties": {
            "type": {"const": type_},
            "data": {"$ref": f"#/components/schemas/{model.__name__}"},
        },
    }
    return {
        "name": type_,
        "title": model.__name__,
        "summary": (model.__doc__ or "").split("\n", 1)[0],
        "contentType": CONTENT_TYPE,
        "headers": {
            "type": "object",
            "properties": {"traceparent": {"type": "string", "description": "W3C trace context."}},
        },
        "correlationId": {"location": "$message.payload#/correlationid"},
        "payload": {"allOf": [{"$ref": "#/components/schemas/Envelope"}, of_type]},
        "bindings": {"amqp": {"messageType": type_, "bindingVersion": _BINDING_VERSION}},
    }


def _embedded(schema: Schema) -> Schema:
    return {name: part for name, part in schema.items() if not name.startswith("$")}


def _published(topology: Topology) -> list[Binding]:
    return [binding for binding in topology.bindings if binding.exchange == EXCHANGE]
