"""The spans of messages: one for each that is handled, one for each that is published."""

import time
from collections.abc import Iterable
from typing import Final

from shared.messaging.message import Outgoing
from shared.messaging.received import Received
from shared.persistence.inbox import Fate
from shared.tracing import Context, Span, Tracing, context_of

_SYSTEM: Final = {"messaging.system": "rabbitmq"}
_UNKNOWN: Final = "unknown"


class BatchSpans:
    """The spans of one transaction; told once it is committed, so that none says what was undone.

    A message's span begins with its handler and ends when its effects are committed.
    """

    def __init__(self, tracing: Tracing, service: str) -> None:
        self._tracing = tracing
        self._service = service
        self._begun: list[tuple[Received, Context, Context | None, int]] = []
        self._fates: list[str] = []

    def begin(self, message: Received) -> str:
        """Return the place of a message's span: the parent of all that follows from it."""
        parent = context_of(message.traceparent)
        arrival = message.arrival
        cause = f"{self._service}|{arrival.message_id}|{arrival.attempt}|{arrival.digest.hex()}"
        context = self._tracing.follow(parent, cause)
        self._begun.append((message, context, parent, time.time_ns()))
        return context.traceparent

    def settled(self, fate: str) -> None:
        """Note what became of the message that was begun last."""
        self._fates.append(fate)

    def tell(self) -> None:
        """Tell the spans of a batch that was committed just now; a duplicate did nothing."""
        ended = time.time_ns()
        for (message, context, parent, began), fate in zip(self._begun, self._fates, strict=True):
            if fate in set(Fate) and context.is_sampled:
                self._tracing.tell(
                    Span(
                        name=f"process {message.delivery.queue}",
                        kind="consumer",
                        context=context,
                        parent=parent,
                        began=began,
                        ended=ended,
                        attributes=self._attributes(message, fate),
                        is_failed=fate != Fate.HANDLED,
                    )
                )

    def _attributes(self, message: Received, fate: str) -> dict[str, str | int]:
        return {
            **_SYSTEM,
            "messaging.operation.type": "process",
            "messaging.destination.name": message.delivery.queue,
            "messaging.message.conversation_id": message.correlation_id,
            "messaging.batch.message_count": len(self._begun),
            "fosterframe.message.type": message.type,
            "fosterframe.message.attempt": message.arrival.attempt,
            "fosterframe.message.fate": str(fate),
        }


def tell_published(tracing: Tracing, messages: Iterable[Outgoing], began: int) -> None:
    """Tell that messages were published; those that belong to no trace begin none."""
    ended = time.time_ns()
    for message in messages:
        parent = context_of(str(message.headers.get("traceparent", "")))
        if parent is None or not parent.is_sampled:
            continue
        attributes: dict[str, str | int] = {
            **_SYSTEM,
            "messaging.operation.type": "send",
            "messaging.destination.name": message.exchange or message.routing_key,
            "messaging.rabbitmq.destination.routing_key": message.routing_key,
            "messaging.message.conversation_id": message.correlation_id,
            "fosterframe.message.type": message.type or _UNKNOWN,
        }
        tracing.tell(
            Span(
                name=f"send {message.type or _UNKNOWN}",
                kind="producer",
                context=tracing.follow(parent),
                parent=parent,
                began=began,
                ended=ended,
                attributes=attributes,
            )
        )
