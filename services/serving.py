"""Serves over HTTP, and runs both services in one process: the embedded default."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Final

import uvicorn
from fastapi import FastAPI

from services.addresses import LOOPBACK
from services.metrics import exposition_of
from services.probes import answer_probes, probe_app
from services.requests_seen import RequestsSeen, SeenOnTheWay
from services.running import broker_of, open_database, worker_of
from services.watch import Watch
from shared.clock import Clock
from shared.errors import FosterframeError
from shared.messaging.topology import SERVICES
from shared.messaging.worker import Worker
from shared.persistence.database import Database
from shared.persistence.silence import Silence
from shared.settings import Settings
from shared.tracing import Tracing, tracing_of

_STOPS_WITHIN_SECONDS: Final = 12.0


class CannotServe(FosterframeError):  # noqa: N818 - a state of the world
    """The address cannot be listened on."""


@dataclass(frozen=True)
class Serving:
    """One application on one address."""

    app: FastAPI
    host: str
    port: int

    @contextmanager
    def running(self) -> Iterator[None]:
        """Listen in a thread of its own.

        Raises:
            CannotServe: the address is taken, or not this machine's.
        """
        server = uvicorn.Server(
            # Paths are what callers typed, so they are not logged.
            uvicorn.Config(
                self.app, host=self.host, port=self.port, log_config=None, access_log=False
            )
        )
        thread = threading.Thread(target=server.run, name=f"http {self.port}", daemon=True)
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise CannotServe(
                    f"Nothing can listen on {self.host}:{self.port}. Is another one running? "
                    "Choose another port."
                )
            thread.join(0.05)
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(_STOPS_WITHIN_SECONDS)


def application(
    settings: Settings,
    service: str,
    clock: Clock,
    worker: Worker | None = None,
    tracing: Tracing | None = None,
) -> FastAPI:
    """Return a service's application with its probes, on a database connection of its own.

    Args:
        settings: what the deployment chose.
        service: eligibility or pricing.
        clock: tells the time.
        worker: the service's worker, where it runs in this process too.
        tracing: where spans are told; None where nobody wants them.
    """
    worker_of(service)
    database = open_database(settings, service)
    # A worker waits until its database answers, and loses nothing; a caller gives up before.
    Silence(database, service)
    if service == "eligibility":
        from services.eligibility.api.app import api  # noqa: PLC0415 - an image may hold one service only
        from services.eligibility.service import EligibilityService  # noqa: PLC0415 - as above

        app = api(EligibilityService.open(database, settings.framework, clock))
    else:
        from services.pricing.api.app import api as api_of_pricing  # noqa: PLC0415 - as above
        from services.pricing.desk import Desk  # noqa: PLC0415 - as above
        from shared.framework.pack import load_framework  # noqa: PLC0415 - as above

        app = api_of_pricing(Desk(database, clock, load_framework(settings.framework)))
    watch = _watch(settings, service, clock, database, worker)
    seen = RequestsSeen()
    app.add_middleware(SeenOnTheWay, seen=seen, tracing=tracing)
    answer_probes(app, watch, exposition_of(watch, seen))
    return app


@contextmanager
def probes_of(settings: Settings, worker: Worker) -> Iterator[None]:
    """Answer a worker's probes where the settings say, if they do.

    Raises:
        CannotServe: the address is taken, or not this machine's.
    """
    if settings.probes is None:
        yield
        return
    watch = _watch(settings, worker.service, worker.clock, worker.database, worker)
    app = probe_app(watch, exposition_of(watch))
    with Serving(app, settings.probes.host, settings.probes.port).running():
        yield


def _watch(
    settings: Settings, service: str, clock: Clock, database: Database, worker: Worker | None
) -> Watch:
    """Return what watches a service."""
    if service == "eligibility":
        from services.eligibility.condition import EligibilityCondition  # noqa: PLC0415 - as above

        eligibility = EligibilityCondition.of(database, clock, settings.framework)
        return Watch(service, clock, database, eligibility.now, worker)
    from services.pricing.condition import PricingCondition  # noqa: PLC0415 - as above

    pricing = PricingCondition.of(database, clock, settings.framework)
    return Watch(service, clock, database, pricing.now, worker)


@contextmanager
def both_services(settings: Settings, clock: Clock, ports: dict[str, int]) -> Iterator[None]:
    """Run the workers and the HTTP sides of both services in this process, on loopback.

    Raises:
        CannotServe: a port is taken.
    """
    broker = broker_of(settings, "serve")
    stop = threading.Event()
    with ExitStack() as stack:
        workers = []
        for service in SERVICES:
            database = open_database(settings, service)
            worker = worker_of(service)(settings, database, broker, clock, declares=True)
            tracing = stack.enter_context(tracing_of(service))
            worker = replace(worker, tracing=tracing)
            workers.append(worker)
            app = application(settings, service, clock, worker, tracing)
            stack.enter_context(Serving(app, LOOPBACK, ports[service]).running())
        stack.enter_context(_running(workers, stop))
        yield


@contextmanager
def _running(workers: Sequence[Worker], stop: threading.Event) -> Iterator[None]:
    threads = [
        threading.Thread(target=worker.run, args=(stop,), name=worker.service, daemon=True)
        for worker in workers
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(_STOPS_WITHIN_SECONDS)
