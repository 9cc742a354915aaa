"""Counts HTTP requests by route, and traces them: the path that was typed is told to nobody."""

import threading
import time
from collections import Counter
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.messaging.measures import Histogram
from shared.tracing import Span, Tracing, context_of

REQUEST_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
OTHER: Final = "other"
"""What matches no route."""

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_FAULT: Final = 500


class RequestsSeen:
    """How many requests there were, and how long they took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._seconds: dict[str, Histogram] = {}

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        with self._lock:
            self._counts[method, route, f"{status // 100}xx"] += 1
            if route not in self._seconds:
                self._seconds[route] = Histogram(REQUEST_BOUNDS)
            self._seconds[route].add(seconds)

    def counts(self) -> Counter[tuple[str, str, str]]:
        """Return how many there were, by method, route and status."""
        with self._lock:
            return self._counts.copy()

    def seconds(self) -> dict[str, Histogram]:
        """Return how long they took, by route."""
        with self._lock:
            return {route: one.copy() for route, one in self._seconds.items()}


class SeenOnTheWay:
    """Stands before an application: sees each request but those of probes."""

    def __init__(self, app: ASGIApp, seen: RequestsSeen, tracing: Tracing | None) -> None:
        self._app = app
        self._seen = seen
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note what became of it."""
        if scope["type"] != "http" or scope["path"] in _PROBES:
            await self._app(scope, receive, send)
            return
        status = _FAULT

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began = time.time_ns()
        try:
            await self._app(scope, receive, sending)
        finally:
            self._note(scope, status, began)

    def _note(self, scope: Scope, status: int, began: int) -> None:
        ended = time.time_ns()
        method = scope["method"] if scope["method"] in _METHODS else OTHER
        route = getattr(scope.get("route"), "path", OTHER)
        self._seen.add(method, route, status, max(ended - began, 0) / 1e9)
        if self._tracing is None:
            return
        headers = dict(scope["headers"])
        parent = context_of(headers.get(b"traceparent", b"").decode("latin-1"))
        self._tracing.tell(
            Span(
                name=f"{method} {route}",
                kind="server",
                context=self._tracing.follow(parent),
                parent=parent,
                began=began,
                ended=ended,
                attributes={
                    "http.request.method": method,
                    "http.route": route,
                    "http.response.status_code": status,
                },
                is_failed=status >= _FAULT,
            )
        )
