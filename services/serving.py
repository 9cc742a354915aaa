"""Serves over HTTP, and runs both services in one process: the embedded default."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

import uvicorn
from fastapi import FastAPI

from services.running import broker_of, open_database, worker_of
from shared.clock import Clock
from shared.errors import FosterframeError
from shared.health import Health
from shared.messaging.topology import SERVICES
from shared.messaging.worker import Worker
from shared.settings import Settings

LOOPBACK: Final = "127.0.0.1"
PORTS: Final = {"eligibility": 8101, "pricing": 8102}
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


def application(settings: Settings, service: str, clock: Clock, health: Health) -> FastAPI:
    """Return a service's application, on a connection to its database of its own."""
    worker_of(service)
    database = open_database(settings, service)
    if service == "eligibility":
        from services.eligibility.api import api  # noqa: PLC0415 - an image may hold one service only
        from services.eligibility.service import EligibilityService  # noqa: PLC0415 - as above

        return api(EligibilityService.open(database, settings.framework, clock), health)
    from services.pricing import api as pricing  # noqa: PLC0415 - as above
    from services.pricing.desk import Desk  # noqa: PLC0415 - as above
    from shared.framework.pack import load_framework  # noqa: PLC0415 - as above

    return pricing.api(Desk(database, clock, load_framework(settings.framework)), health)


@contextmanager
def both_services(settings: Settings, clock: Clock, ports: dict[str, int]) -> Iterator[None]:
    """Run the workers and the HTTP sides of both services in this process, on loopback.

    Raises:
        CannotServe: a port is taken.
    """
    broker = broker_of(settings, "serve")
    stop = threading.Event()
    workers = [
        worker_of(service)(settings, open_database(settings, service), broker, clock, declares=True)
        for service in SERVICES
    ]
    with ExitStack() as stack:
        for worker in workers:
            app = application(settings, worker.service, clock, worker.health)
            stack.enter_context(Serving(app, LOOPBACK, ports[worker.service]).running())
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
