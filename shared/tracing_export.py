"""Sends spans to an OTLP endpoint from a thread of its own; a lost endpoint disturbs nothing."""

import logging
import os
from collections.abc import Sequence
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import Status, StatusCode

from shared.tracing import Context, Span
from shared.version import version

_KINDS: Final = {
    "consumer": SpanKind.CONSUMER,
    "producer": SpanKind.PRODUCER,
    "server": SpanKind.SERVER,
}
_log = logging.getLogger(__name__)


class SpanExport:
    """A bounded queue of spans, and a thread that sends them; what does not fit is dropped.

    The standard variables apply: OTEL_EXPORTER_OTLP_*, OTEL_BSP_*, OTEL_TRACES_SAMPLER,
    OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
    """

    def __init__(self, service: str) -> None:
        # It says the same on each attempt; we say it once.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        name = os.environ.get("OTEL_SERVICE_NAME") or f"fosterframe-{service}"
        provider = TracerProvider(
            resource=Resource.create({SERVICE_NAME: name}), shutdown_on_exit=False
        )
        self._resource = provider.resource
        self._sampler = provider.sampler
        self._scope = InstrumentationScope("fosterframe", version())
        self._queue = BatchSpanProcessor(_WarnsOnce(OTLPSpanExporter()))

    def is_sampled(self, trace_id: str) -> bool:
        """Say whether a new trace is among those that are kept."""
        found = self._sampler.should_sample(None, int(trace_id, 16), "")
        return bool(found.decision.value)

    def tell(self, span: Span) -> None:
        """Put a span into the queue."""
        self._queue.on_end(
            ReadableSpan(
                name=span.name,
                context=_context(span.context, is_remote=False),
                parent=None if span.parent is None else _context(span.parent, is_remote=True),
                resource=self._resource,
                attributes=span.attributes,
                kind=_KINDS[span.kind],
                status=Status(StatusCode.ERROR if span.is_failed else StatusCode.UNSET),
                start_time=span.began,
                end_time=span.ended,
                instrumentation_scope=self._scope,
            )
        )

    def close(self) -> None:
        """Send what is left."""
        self._queue.shutdown()  # type: ignore[no-untyped-call]  # the SDK does not type it


class _WarnsOnce(SpanExporter):
    """An exporter whose failures are told once, until it works again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._has_warned = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans."""
        try:
            result = self._exporter.export(spans)
        except Exception:  # noqa: BLE001 - whatever it is, it must not disturb the service
            result = SpanExportResult.FAILURE
        if result is SpanExportResult.SUCCESS:
            self._has_warned = False
        elif not self._has_warned:
            self._has_warned = True
            _log.warning(
                "spans are lost: the OTLP endpoint does not take them. Messages are handled all "
                "the same. Is OTEL_EXPORTER_OTLP_ENDPOINT right, and does somebody listen there?"
            )
        return result

    def shutdown(self) -> None:
        """Let go."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what is on its way."""
        return self._exporter.force_flush(timeout_millis)


def _context(context: Context, *, is_remote: bool) -> SpanContext:
    return SpanContext(
        int(context.trace_id, 16),
        int(context.span_id, 16),
        is_remote=is_remote,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
