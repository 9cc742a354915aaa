"""How the services are put together from settings: their databases, brokers and workers."""

import gc
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from shared.clock import Clock
from shared.errors import FosterframeError
from shared.messaging.broker import Broker
from shared.messaging.embedded.broker import EmbeddedBroker
from shared.messaging.rabbitmq.broker import RabbitBroker
from shared.messaging.topology import RETRY_DELAYS_SECONDS
from shared.messaging.worker import Worker
from shared.persistence.database import Database
from shared.persistence.migrate import migrate, prepare
from shared.persistence.patience import await_database
from shared.settings import Settings

_COLLECTOR_THRESHOLDS: Final = (50_000, 20, 20)


class UnknownService(FosterframeError):  # noqa: N818 - what was asked for
    """There is no service of that name."""


def broker_of(settings: Settings, name: str) -> Broker:
    """Return the RabbitMQ of the settings, or a broker that lives in this process."""
    if settings.amqp_url is None:
        return EmbeddedBroker()
    return RabbitBroker(settings.amqp_url, name=f"fosterframe {name}")


def open_database(settings: Settings, service: str) -> Database:
    """Return a service's database with every table that this version expects.

    Where FOSTERFRAME_MIGRATE is `check`, nothing is changed.

    Raises:
        DatabaseAway: it did not answer, though it was given time to start.
        NotMigrated: this version cannot work with it; says what to do.
    """
    database = Database.open(settings.database_url(service))
    await_database(database, service)
    migrates = settings.migrate == "at-start"
    prepare(database, _migrations(service), service=service, migrates=migrates)
    return database


def migrate_database(settings: Settings, service: str) -> None:
    """Bring a service's database up to date, whatever FOSTERFRAME_MIGRATE says.

    Raises:
        UnknownService: says which services there are.
        DatabaseAway, CannotMigrate, NotMigrated: as `migrate`.
    """
    worker_of(service)
    database = Database.open(settings.database_url(service))
    try:
        await_database(database, service)
        migrate(database, _migrations(service))
    finally:
        database.close()


def eligibility_worker(
    settings: Settings,
    database: Database,
    broker: Broker,
    clock: Clock,
    *,
    declares: bool,
    retry_delays_seconds: Sequence[int] = RETRY_DELAYS_SECONDS,
) -> Worker:
    """Return a worker of the eligibility service, its rulebooks proved.

    Raises:
        MayYetSucceed: one of those in use cannot be read by this version of the service.
    """
    from services.eligibility.service import EligibilityService  # noqa: PLC0415 - an image may hold one service only

    service = EligibilityService.open(database, settings.framework, clock)
    service.prove()
    return Worker(
        service="eligibility",
        broker=broker,
        database=database,
        handlers=service.handlers(),
        clock=clock,
        declares=declares,
        only_own=_makes_only_own(settings),
        retry_delays_seconds=retry_delays_seconds,
    )


def pricing_worker(
    settings: Settings,
    database: Database,
    broker: Broker,
    clock: Clock,
    *,
    declares: bool,
    retry_delays_seconds: Sequence[int] = RETRY_DELAYS_SECONDS,
) -> Worker:
    """Return a worker of the pricing service."""
    from services.pricing.handlers.table import handlers  # noqa: PLC0415 - as above
    from shared.framework.pack import load_framework  # noqa: PLC0415 - as above

    return Worker(
        service="pricing",
        broker=broker,
        database=database,
        handlers=handlers(load_framework(settings.framework)),
        clock=clock,
        declares=declares,
        only_own=_makes_only_own(settings),
        retry_delays_seconds=retry_delays_seconds,
    )


WORKERS: Final[Mapping[str, Callable[..., Worker]]] = {
    "eligibility": eligibility_worker,
    "pricing": pricing_worker,
}


def ease_collector() -> None:
    """Keep the garbage collector from looking again and again at what stays for good.

    Measured: a tenth of the time of a price review, and of the eligibility worker.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTOR_THRESHOLDS)


def _makes_only_own(settings: Settings) -> bool:
    """A broker of this process's own holds nothing yet that somebody else could have made."""
    return settings.topology == "own" and settings.amqp_url is not None


def _migrations(service: str) -> Path:
    return Path(__file__).parent / service / "migrations"


def worker_of(service: str) -> Callable[..., Worker]:
    """Return what builds a service's worker.

    Raises:
        UnknownService: says which services there are.
    """
    if service not in WORKERS:
        raise UnknownService(f"There is no service {service!r}; there are: {', '.join(WORKERS)}.")
    return WORKERS[service]
