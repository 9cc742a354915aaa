"""The fosterframe command: it starts the services, and is what people work with."""

import importlib
import importlib.util
import signal
import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Annotated, Final

import typer

from services.running import broker_of, ease_collector, open_database, worker_of
from services.serving import LOOPBACK, PORTS, Serving, application, both_services
from shared.clock import Clock, SetClock, SystemClock
from shared.errors import FosterframeError
from shared.framework.pack import load_framework
from shared.health import Health
from shared.logs import configure
from shared.messaging.topology import RETRY_DELAYS_SECONDS
from shared.settings import Settings, settings_from

app: Final = typer.Typer(
    name="fosterframe",
    help="Eligibility decisions and provable fees for a council's fostering framework.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_PARTS: Final = ("services.eligibility.cli", "services.pricing.cli")


@app.command()
def worker(
    service: Annotated[str, typer.Argument(help="eligibility or pricing")],
    retry_after: Annotated[
        str, typer.Option(help="Seconds before each further attempt, with commas between.")
    ] = ",".join(map(str, RETRY_DELAYS_SECONDS)),
    now: Annotated[
        str | None, typer.Option(help="Stand still at this instant: for demonstrations only.")
    ] = None,
) -> None:
    """Handle one service's messages until told to stop (SIGTERM or Ctrl-C)."""
    configure(service)
    settings = settings_from()
    if settings.amqp_url is None:
        raise FosterframeError(
            "A worker of its own needs a RabbitMQ: set FOSTERFRAME_AMQP_URL. To run both services "
            "in one process without one: fosterframe serve."
        )
    stop = _told_to_stop()
    delays = tuple(int(part) for part in retry_after.split(","))
    clock: Clock = SystemClock() if now is None else SetClock(datetime.fromisoformat(now))
    built = worker_of(service)(
        settings,
        open_database(settings, service),
        broker_of(settings, service),
        clock,
        declares=True,
        retry_delays_seconds=delays,
    )
    ease_collector()
    with _daily_work(service, settings, clock):
        built.run(stop)


@app.command()
def serve(
    eligibility_port: Annotated[int, typer.Option()] = PORTS["eligibility"],
    pricing_port: Annotated[int, typer.Option()] = PORTS["pricing"],
) -> None:
    """Run both services in one process on loopback, without a RabbitMQ unless one is named."""
    configure("serve")
    settings = settings_from()
    clock = SystemClock()
    ports = {"eligibility": eligibility_port, "pricing": pricing_port}
    stop = _told_to_stop()
    with both_services(settings, clock, ports), _daily_work("pricing", settings, clock):
        for service, port in ports.items():
            typer.echo(f"{service}: http://{LOOPBACK}:{port}/docs", err=True)
        stop.wait()


@app.command()
def api(
    service: Annotated[str, typer.Argument(help="eligibility or pricing")],
    host: Annotated[str, typer.Option(help="There is no login yet: keep to loopback.")] = LOOPBACK,
    port: Annotated[int | None, typer.Option()] = None,
) -> None:
    """Serve one service over HTTP."""
    configure(service)
    stop = _told_to_stop()
    health = Health("database")
    served = application(settings_from(), service, SystemClock(), health)
    health.well("database")
    with Serving(served, host, PORTS[service] if port is None else port).running():
        stop.wait()


@app.command()
def migrate(
    service: Annotated[str, typer.Argument(help="eligibility or pricing")],
) -> None:
    """Bring a service's database to the tables that this version expects."""
    worker_of(service)
    open_database(settings_from(), service).close()
    typer.echo(f"The database of {service} is up to date.")


def _told_to_stop() -> threading.Event:
    """Return an event that is set when somebody asks the process to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _daily_work(service: str, settings: Settings, clock: Clock) -> AbstractContextManager[None]:
    """Return what a service does once a day beside its messages."""
    if service != "pricing":
        return nullcontext()
    daily = importlib.import_module("services.pricing.daily")
    desk = importlib.import_module("services.pricing.desk")
    database = open_database(settings, service)
    framework = load_framework(settings.framework)
    ticking: AbstractContextManager[None] = daily.ticking_daily(
        desk.Desk(database, clock, framework)
    )
    return ticking


def _is_here(module: str) -> bool:
    """Say whether this installation holds a module: an image may hold one service only."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def main() -> None:
    """Run the command; what is refused is said in a sentence, and the exit status is 1."""
    for name in _PARTS:
        if _is_here(name):
            importlib.import_module(name).attach(app)
    if _is_here("services.demo.cli"):
        app.command("demo")(importlib.import_module("services.demo.cli").demo)
    ease_collector()
    try:
        app()
    except FosterframeError as refused:
        typer.echo(str(refused), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
