"""The demo's stage: both services with fresh databases, the real figures, and a broker."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from services.demo.figures import import_prices
from services.eligibility.register.importing import import_register
from services.eligibility.service import EligibilityService
from services.pricing.desk import Desk
from services.pricing.fees import FeeBook
from services.pricing.placement import placement_of
from services.pricing.placements.telling import current_timeline
from services.pricing.reviews.apply import apply
from services.pricing.reviews.approval import approve
from services.pricing.reviews.draft import draft
from services.pricing.reviews.preview import preview
from services.pricing.store.fee_book import complete
from services.pricing.store.fees import every_point
from services.pricing.store.placements import events_of, every_id
from services.pricing.store.reviews import PREVIEWED, review_named
from services.pricing.terms.pack_yaml import PriceReview, read_terms
from services.pricing.timeline import Timeline
from services.running import broker_of, open_database, worker_of
from shared.clock import SetClock
from shared.contracts.catalogue import PLACEMENT_AMENDED, PLACEMENT_ENDED, PLACEMENT_STARTED
from shared.errors import FosterframeError
from shared.logs import configure
from shared.messaging.broker import Broker
from shared.messaging.topology import SERVICES, dead_queue, topology
from shared.messaging.work import work_on
from shared.persistence.database import Database
from shared.persistence.inbox import Fate
from shared.persistence.tables import DELIVERY
from shared.settings import Settings

RETRY_DELAYS_SECONDS: Final = (1, 1)
"""The demo waits less between attempts than a real service, so that a person can watch."""

PAST_REVIEWS: Final = (date(2023, 4, 1), date(2024, 4, 1), date(2025, 4, 1))
PRICED_BY: Final = "a.finance"
APPROVED_BY: Final = "b.director"
_OF_PLACEMENTS: Final = (PLACEMENT_STARTED, PLACEMENT_AMENDED, PLACEMENT_ENDED)
_STOPS_WITHIN_SECONDS: Final = 15.0


class StageBlocked(FosterframeError):  # noqa: N818 - a state of the world
    """The demo cannot begin here; says why and what to do."""


@dataclass(frozen=True)
class Stage:
    """What the demo plays on."""

    settings: Settings
    clock: SetClock
    broker: Broker
    eligibility: EligibilityService
    desk: Desk
    terms: PriceReview


def set_stage(settings: Settings, instant: datetime) -> Stage:
    """Return a clean stage at an instant: databases made anew, the topology declared.

    Raises:
        StageBlocked: the RabbitMQ holds messages that are not the demo's to remove.
        FileRefused: a file of the pack or of the national figures has faults.
    """
    broker = broker_of(settings, "demo")
    _declare(broker)
    # Only now: whoever is refused keeps what the last demo left.
    state = settings.state / "demo"
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True)
    settings = replace(settings, state=state, database_urls={})
    clock = SetClock(instant)
    databases = {service: open_database(settings, service) for service in SERVICES}
    eligibility = EligibilityService.open(databases["eligibility"], settings.framework, clock)
    desk = Desk(databases["pricing"], clock, eligibility.framework)
    terms = read_terms(settings.framework / "price-review.yaml", desk.framework)
    return Stage(settings, clock, broker, eligibility, desk, terms)


def keep_logs(stage: Stage) -> None:
    """Send what the services log in this process to a file beside the databases."""
    log = (stage.settings.state / "demo.log").open("a", encoding="utf-8")
    configure("demo", stream=log)


def import_all(stage: Stage) -> dict[str, int]:
    """Import the register, the fees and the national figures; return how many of each."""
    settings = stage.settings
    cause = f"demo:{stage.eligibility.framework.digest}"
    with work_on(stage.eligibility.database, stage.clock, "eligibility", cause_id=cause) as work:
        desk = stage.eligibility.register_desk()
        register = import_register(work, desk, settings.framework, PRICED_BY)
    return {"agencies": register.agencies, **import_prices(settings, stage.desk)}


def review_of(stage: Stage, effective_from: date) -> str:
    """Draft, preview and approve a review, each by who may; return its id."""
    review = draft(stage.desk, stage.terms, effective_from, actor=PRICED_BY)
    preview(stage.desk, review.id, actor=PRICED_BY)
    return review.id


def approve_and_apply(stage: Stage, review_id: str, decision_reference: str, digest: str) -> None:
    """Approve what was previewed, as another person, and apply it."""
    approve(
        stage.desk,
        review_id,
        actor=APPROVED_BY,
        decision_reference=decision_reference,
        digest=digest,
    )
    apply(stage.desk, review_id, actor=PRICED_BY)


def apply_past_reviews(stage: Stage) -> list[str]:
    """Apply the reviews of the years before, so that each fee has its history."""
    told = stage.clock.now()
    done = []
    for day in PAST_REVIEWS:
        stage.clock.set(datetime(day.year, 3, 20, 10, tzinfo=UTC))
        review_id = review_of(stage, day)
        digest = previewed_digest(stage, review_id)
        approve_and_apply(stage, review_id, f"sample-decision-{day.year}", digest)
        done.append(review_id)
    stage.clock.set(told)
    return done


def previewed_digest(stage: Stage, review_id: str) -> str:
    """Return the digest that an approver reads on a preview."""
    with stage.desk.database.transaction() as connection:
        digest: str = review_named(connection, review_id).last(PREVIEWED).body["digest"]
    return digest


@contextlib.contextmanager
def services_running(stage: Stage) -> Iterator[None]:
    """Run both services: as threads on the embedded broker, as two processes on RabbitMQ."""
    running = _threads if stage.settings.amqp_url is None else _processes
    with running(stage):
        yield


@contextlib.contextmanager
def _threads(stage: Stage) -> Iterator[None]:
    stop = threading.Event()
    faults: list[BaseException] = []
    databases = {"eligibility": stage.eligibility.database, "pricing": stage.desk.database}
    threads = [
        threading.Thread(
            target=_run_worker,
            args=(stage, service, databases[service], stop, faults),
            name=service,
            daemon=True,
        )
        for service in SERVICES
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(_STOPS_WITHIN_SECONDS)
    if faults:
        raise faults[0]


def _run_worker(
    stage: Stage,
    service: str,
    database: Database,
    stop: threading.Event,
    faults: list[BaseException],
) -> None:
    try:
        worker = worker_of(service)(
            stage.settings,
            database,
            stage.broker,
            stage.clock,
            declares=False,
            retry_delays_seconds=RETRY_DELAYS_SECONDS,
        )
        worker.run(stop)
    except BaseException as fault:  # noqa: BLE001 - raised by the thread that waits
        faults.append(fault)


@contextlib.contextmanager
def _processes(stage: Stage) -> Iterator[None]:
    # Told to stop, the demo must still end its workers: nobody else knows of them.
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.extend(_start(stage, service) for service in SERVICES)
        yield
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            _wait_for_end(process)
        signal.signal(signal.SIGTERM, before)


def _wait_for_end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(_STOPS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _start(stage: Stage, service: str) -> "subprocess.Popen[bytes]":
    settings = stage.settings
    environment = {
        **os.environ,
        "FOSTERFRAME_AMQP_URL": settings.amqp_url or "",
        "FOSTERFRAME_STATE": str(settings.state),
        "FOSTERFRAME_FRAMEWORK": str(settings.framework),
        f"FOSTERFRAME_{service.upper()}_DATABASE_URL": settings.database_url(service),
    }
    command: Sequence[str] = (
        sys.executable,
        "-m",
        "services",
        "worker",
        service,
        "--now",
        stage.clock.now().isoformat(),
        "--retry-after",
        ",".join(map(str, RETRY_DELAYS_SECONDS)),
    )
    log = Path(settings.state / f"{service}.log").open("wb")  # noqa: SIM115 - the process keeps it
    return subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603 - our own program, fixed words


def _declare(broker: Broker) -> None:
    whole = topology(RETRY_DELAYS_SECONDS)
    link = broker.connect()
    try:
        link.declare(whole)
        full = [queue.name for queue in whole.queues if link.depth(queue.name)]
    finally:
        link.close()
    if full:
        raise StageBlocked(
            f"The RabbitMQ holds messages already (in {', '.join(full)}). They are not the demo's "
            "to remove: give it a virtual host of its own, or empty these queues."
        )


def parked(stage: Stage) -> dict[str, int]:
    """Return how many messages each service has parked."""
    link = stage.broker.connect()
    try:
        return {service: link.depth(dead_queue(service)) for service in SERVICES}
    finally:
        link.close()


def placements_heard(stage: Stage) -> int:
    """Return how many messages about placements eligibility has heard and kept."""
    inbox = DELIVERY.inbox
    kept = (inbox.c.type.in_(_OF_PLACEMENTS), inbox.c.fate == Fate.HANDLED.value)
    with stage.eligibility.database.reading() as connection:
        counted = connection.execute(select(func.count()).select_from(inbox).where(*kept))
        return int(counted.scalar_one())


def current_timelines(desk: Desk) -> dict[str, Timeline]:
    """Return the timeline of every placement, derived anew from what is known."""
    found: dict[str, Timeline] = {}
    with work_on(desk.database, desk.clock, "pricing", cause_id="demo:reckoning") as work:
        fees = complete(work.connection, FeeBook(every_point(work.connection)))
        for placement_id, known in events_of(work.connection, every_id(work.connection)).items():
            placement = placement_of(known.events, desk.framework)
            found[placement_id] = current_timeline(work, placement, fees, desk.framework)
    return found
