"""The fosterframe command: it starts the services, and is what people work with."""

import importlib
import importlib.util
import logging
import signal
import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

import typer

from services.addresses import LOOPBACK, PORTS
from services.running import broker_of, ease_collector, migrate_database, open_database, worker_of
from shared.clock import Clock, SetClock, SystemClock
from shared.errors import FosterframeError
from shared.framework.pack import load_framework
from shared.logs import configure, is_json, tell_unforeseen, tell_unforeseen_in_threads
from shared.messaging.topology import RETRY_DELAYS_SECONDS
from shared.settings import Settings, settings_from
from shared.tracing import tracing_of

_log = logging.getLogger(__name__)

app: Final = typer.Typer(
    name="fosterframe",
    help="Eligibility decisions and provable fees for a council's fostering framework.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_PARTS: Final = (
    "services.eligibility.cli.commands",
    "services.pricing.cli.commands",
    "services.operating.cli",
    "services.operating.broker_cli",
    "services.demo.cli",
)


LAST_PORT: Final = 65535
Port = Annotated[int, typer.Option(min=1, max=LAST_PORT, help="Where to listen, on loopback.")]


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
    from services.serving import probes_of  # noqa: PLC0415 - a web server, for who serves only

    settings = _begin(service)
    if settings.amqp_url is None:
        raise FosterframeError(
            "A worker of its own needs a RabbitMQ: set FOSTERFRAME_AMQP_URL. To run both services "
            "in one process without one: fosterframe serve."
        )
    stop = _told_to_stop()
    delays = _seconds(retry_after)
    clock: Clock = SystemClock() if now is None else SetClock(_instant(now))
    built = worker_of(service)(
        settings,
        open_database(settings, service),
        broker_of(settings, service),
        clock,
        declares=True,
        retry_delays_seconds=delays,
    )
    ease_collector()
    with tracing_of(service) as tracing, _daily_work(service, settings, clock):
        built = replace(built, tracing=tracing)
        with probes_of(settings, built):
            built.run(stop)


@app.command()
def serve(
    eligibility_port: Port = PORTS["eligibility"],
    pricing_port: Port = PORTS["pricing"],
) -> None:
    """Run both services in one process on loopback, without a RabbitMQ unless one is named."""
    from services.serving import both_services  # noqa: PLC0415 - as above

    settings = _begin("serve")
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
    port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=LAST_PORT,
            help=f"Unless named: {PORTS['eligibility']}, or {PORTS['pricing']} for pricing.",
        ),
    ] = None,
) -> None:
    """Serve one service over HTTP."""
    from services.serving import Serving, application  # noqa: PLC0415 - as above

    settings = _begin(service)
    stop = _told_to_stop()
    with tracing_of(service) as tracing:
        served = application(settings, service, SystemClock(), tracing=tracing)
        with Serving(served, host, PORTS[service] if port is None else port).running():
            stop.wait()


@app.command()
def migrate(
    service: Annotated[str, typer.Argument(help="eligibility or pricing")],
) -> None:
    """Bring a service's database to the tables that this version expects.

    It is safe while workers of this version or the one before go on, and when two do it at once.
    It waits for a database that is just starting.
    """
    migrate_database(_begin(service), service)
    typer.echo(f"The database of {service} is up to date.")


def _seconds(told: str) -> tuple[int, ...]:
    parts = told.split(",")
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise FosterframeError("--retry-after is seconds with commas between, such as 5,30,300.")
    return tuple(int(part) for part in parts)


def _instant(told: str) -> datetime:
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise FosterframeError(
            "--now is an instant with its offset, such as 2026-04-01T09:00:00+01:00."
        )
    return found


def _begin(service: str) -> Settings:
    """Return the settings, and log as they say; a setting that is refused is logged too."""
    configure(service)
    settings = settings_from()
    configure(service, level=settings.log_level)
    return settings


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
    daily = importlib.import_module("services.pricing.placements.daily")
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


def _with_advice(refused: FosterframeError) -> str:
    """Return what is refused; what a message would be told to do, a person is told too."""
    advice = getattr(refused, "advice", "")
    return f"{str(refused).rstrip('.')}. {advice}" if advice else str(refused)


def main() -> None:
    """Run the command; what is refused is said in a sentence, and the exit status is 1."""
    for name in _PARTS:
        if _is_here(name):
            importlib.import_module(name).attach(app)
    ease_collector()
    tell_unforeseen_in_threads()
    try:
        app()
    except FosterframeError as refused:
        if is_json():
            # A service whose log is collected says this too as a line of the log.
            _log.error("%s", _with_advice(refused))
        else:
            typer.echo(_with_advice(refused), err=True)
        sys.exit(1)
    except Exception as fault:  # noqa: BLE001 - Python's own way of telling it shows values
        tell_unforeseen(fault)
        sys.exit(1)


if __name__ == "__main__":
    main()
