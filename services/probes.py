"""Answers what a platform asks of a process: is it alive, is it ready, what does it count?"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

from services.watch import Watch

Exposition = Callable[[], bytes]
"""Writes the metrics as Prometheus reads them."""

_METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def answer_probes(app: FastAPI, watch: Watch, exposition: Exposition) -> None:
    """Let an application answer /healthz, /readyz and /metrics.

    What has to be asked is asked in threads that no other request needs, so that long work cannot
    starve a probe.
    """

    @app.get("/healthz", tags=["probes"])
    async def alive() -> dict[str, str]:
        """Say that the process can work."""
        return {"status": "alive"}

    @app.get("/readyz", tags=["probes"])
    async def ready() -> JSONResponse:
        """Say whether the service is ready, and if not, why not."""
        told, status = await asyncio.to_thread(_readiness, watch)
        return JSONResponse(told, status)

    @app.get("/metrics", tags=["probes"])
    async def metrics() -> Response:
        """Tell every metric of deploy/observability/METRICS.md."""
        return Response(await asyncio.to_thread(exposition), media_type=_METRICS_TYPE)


def probe_app(watch: Watch, exposition: Exposition) -> FastAPI:
    """Return the application of a worker, which answers its probes and nothing else."""
    app = FastAPI(
        title=f"Fosterframe {watch.service} worker", docs_url=None, redoc_url=None, openapi_url=None
    )
    answer_probes(app, watch, exposition)
    return app


def _readiness(watch: Watch) -> tuple[dict[str, Any], int]:
    found = watch.readiness()
    notices = watch.condition().notices
    status = "ready" if found.is_ready else "not ready"
    told = {
        "ready": found.is_ready,
        "status": status,
        "reasons": list(found.reasons),
        "notices": list(notices),
    }
    return told, 200 if found.is_ready else 503
