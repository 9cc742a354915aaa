"""A receiver of traces on loopback: it takes what is exported, or says nothing for ever."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Told:
    """A span as it was received."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict
    kind: int
    nanoseconds: int


class OtlpReceiver:
    """Keeps every span that it is sent.

    Args:
        hangs: takes connections and never answers.
    """

    def __init__(self, *, hangs=False):
        self.spans = []
        self.bodies = []
        self.asked = threading.Event()
        self._ending = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                receiver.asked.set()
                if hangs:
                    receiver._ending.wait()
                    return
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.take(body)
                answer = ExportTraceServiceResponse().SerializeToString()
                self.send_response(200)
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def take(self, body):
        self.bodies.append(body)
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            named = _attributes(resource.resource.attributes)["service.name"]
            for scope in resource.scope_spans:
                self.spans += [_told(named, span) for span in scope.spans]

    def close(self):
        self._ending.set()
        self._server.shutdown()
        self._server.server_close()


def _told(service, span):
    return Told(
        service,
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        _attributes(span.attributes),
        span.kind,
        span.end_time_unix_nano - span.start_time_unix_nano,
    )


def _attributes(told):
    return {one.key: one.value.string_value or one.value.int_value for one in told}
