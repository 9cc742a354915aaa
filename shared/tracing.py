"""Traces across the services: which span a message belongs to, and telling spans by OTLP."""

import hashlib
import logging
import os
import re
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from shared.tracing_export import SpanExport

Kind = Literal["consumer", "producer", "server"]

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""The variables of which one must be set before anything is traced."""

ENDS_WITHIN_SECONDS: Final = 1.5
"""How long a process that ends waits for its last spans to be taken."""

_TRACEPARENT: Final = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_NO_TRACE: Final = "0" * 32
_NO_SPAN: Final = "0" * 16
_SAMPLED: Final = 1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Context:
    """A place in a trace, as the `traceparent` of the W3C says it."""

    trace_id: str
    span_id: str
    is_sampled: bool

    @property
    def traceparent(self) -> str:
        """Return it as it is written."""
        return f"00-{self.trace_id}-{self.span_id}-{self.is_sampled:02x}"


@dataclass(frozen=True, slots=True)
class Span:
    """Something that was done, from one nanosecond of the epoch to another.

    Args:
        attributes: what may be told of it. None of them may be child data.
    """

    name: str
    kind: Kind
    context: Context
    parent: Context | None
    began: int
    ended: int
    attributes: Mapping[str, str | int] = field(default_factory=dict)
    is_failed: bool = False


class Tracing:
    """Begins spans, and tells those that have ended; nothing is ever waited for."""

    def __init__(self, export: "SpanExport") -> None:
        self._export = export

    def follow(self, parent: Context | None, cause: str = "") -> Context:
        """Return the place of a new span.

        The same cause has the same place: work that is done again because it was not committed
        makes the same messages, byte for byte. Without a cause the place is a new one.
        """
        seed = f"{parent.traceparent if parent else ''}|{cause or secrets.token_hex(16)}"
        digest = hashlib.blake2b(seed.encode(), digest_size=24).hexdigest()
        if parent is not None:
            return Context(parent.trace_id, digest[:16], parent.is_sampled)
        return Context(digest[16:], digest[:16], self._export.is_sampled(digest[16:]))

    def tell(self, span: Span) -> None:
        """Tell a span that has ended, if its trace is among those that are kept."""
        if span.context.is_sampled:
            self._export.tell(span)


def context_of(traceparent: str) -> Context | None:
    """Return the place that a `traceparent` tells; None where it tells none."""
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is None or found[1] == _NO_TRACE or found[2] == _NO_SPAN:
        return None
    return Context(found[1], found[2], bool(int(found[3], 16) & _SAMPLED))


@contextmanager
def tracing_of(
    service: str, environment: Mapping[str, str] | None = None
) -> Iterator[Tracing | None]:
    """Give what traces a service, or nothing where no endpoint is named.

    At the end, the last spans are told, if somebody takes them soon.
    """
    given = os.environ if environment is None else environment
    is_off = given.get("OTEL_SDK_DISABLED", "").casefold() == "true"
    if is_off or not any(given.get(name) for name in ENDPOINTS):
        yield None
        return
    from shared.tracing_export import SpanExport  # noqa: PLC0415 - nobody who wants no traces pays for it

    export = SpanExport(service)
    try:
        yield Tracing(export)
    finally:
        ending = threading.Thread(target=export.close, name="last spans", daemon=True)
        ending.start()
        ending.join(ENDS_WITHIN_SECONDS)
        if ending.is_alive():
            _log.warning("the last spans were not taken in time, and are lost")
