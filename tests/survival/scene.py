"""Both services on a real RabbitMQ, each a process that a test may kill, and what they kept."""

import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import func, select

from services.demo.parties import message, publish
from services.demo.stage import Stage, import_all
from services.eligibility.service import EligibilityService
from services.eligibility.store.tables import decisions
from services.pricing.desk import Desk
from services.pricing.terms.pack_yaml import read_terms
from services.running import broker_of, open_database
from shared.clock import SetClock
from shared.messaging.topology import CONSUMED_QUEUES, SERVICES, topology
from shared.persistence import outbox
from shared.persistence.tables import DELIVERY
from shared.settings import settings_from
from tests.delivery.worker_promises import read_all

ROOT = Path(__file__).parents[2]
READ = {queue for queues in CONSUMED_QUEUES.values() for queue in queues}
TOLD_AT = datetime(2026, 3, 31, 9, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date(2026, 2, 16), date(2026, 3, 30)
PATIENCE_SECONDS = 240
OFTEN_SECONDS = 0.005
STOPS_WITHIN_SECONDS = 60
LADDER = (1, 2, 4)
"""Seconds between attempts: a test that needs them must not wait as long as a real service."""


class WorkerProcess:
    """One service's worker, in a process of its own; what it logs goes to a file."""

    def __init__(self, service, environment, folder, options=()):
        self.service = service
        self.log = folder / f"{service}.log"
        self._command = [sys.executable, "-m", "services", "worker", service, *options]
        self._environment = environment
        self._running = None

    def start(self):
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command, env=self._environment, cwd=ROOT, stdout=log, stderr=log
            )

    def kill(self):
        """End it at once, as a power cut would."""
        self.assert_alive()
        running, self._running = self._running, None
        running.kill()
        running.wait(STOPS_WITHIN_SECONDS)

    def stop(self):
        """Ask it to stop, and return its exit status."""
        running, self._running = self._running, None
        running.terminate()
        return running.wait(STOPS_WITHIN_SECONDS)

    def assert_alive(self):
        """It runs, or it was not started; it never ends by itself."""
        status = None if self._running is None else self._running.poll()
        assert status is None, f"the {self.service} worker ended by itself with {status}"

    def put_away(self):
        """Leave no process behind; what it said is shown if the test failed."""
        if self._running is not None and self._running.poll() is None:
            self._running.kill()
            self._running.wait(STOPS_WITHIN_SECONDS)
        if self.log.exists():
            said = self.log.read_text(errors="replace")[-4000:]
            print(f"--- the {self.service} worker said:\n{said}")  # noqa: T201 - pytest shows it only on failure


class Scene:
    """The stage of the demo with a real RabbitMQ, and a worker process for each service.

    Args:
        database_urls: by service; a service without one has a SQLite file in the folder.
        now: where the workers' clocks stand still; else they show the machine's time.
    """

    def __init__(self, amqp_url, folder, database_urls, now=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("FOSTERFRAME_")}
        told = {"FOSTERFRAME_AMQP_URL": amqp_url, "FOSTERFRAME_STATE": str(folder)}
        for service, url in database_urls.items():
            told[f"FOSTERFRAME_{service.upper()}_DATABASE_URL"] = url
        self.stage = _stage(settings_from(told))
        options = ["--retry-after", ",".join(map(str, LADDER))]
        options += [] if now is None else ["--now", now.isoformat()]
        self.workers = {
            service: WorkerProcess(service, environment | told, folder, options)
            for service in SERVICES
        }
        self.eligibility = self.workers["eligibility"]
        self.pricing = self.workers["pricing"]
        import_all(self.stage)

    @property
    def databases(self):
        return (self.stage.eligibility.database, self.stage.desk.database)

    def publish(self, samples):
        publish(
            self.stage.broker,
            [message(one.routing_key, one.body, one.message_id) for one in samples],
        )

    def decided(self):
        """Return how many decisions are committed."""
        return _count(self.stage.eligibility.database, decisions)

    def heard_by_pricing(self):
        """Return how many messages pricing has committed."""
        return _count(self.stage.desk.database, DELIVERY.inbox)

    def until(self, condition):
        """Wait until it is so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            for worker in self.workers.values():
                worker.assert_alive()
            assert time.monotonic() < deadline, self._so_far()
            time.sleep(OFTEN_SECONDS)

    def until_all_is_told(self, *, decided, heard):
        """Wait until everything is handled and confirmed; then stop both workers."""
        self.until(lambda: self.decided() >= decided)
        self.until(lambda: self.heard_by_pricing() >= heard)
        self.until(lambda: not self.left_in_queues().keys() & READ)
        self.until(lambda: all(_is_outbox_empty(database) for database in self.databases))
        assert [worker.stop() for worker in self.workers.values()] == [0, 0]

    def take(self, queue):
        """Return everything that stands in a queue, copies included, and take it out."""
        return read_all(self.stage.broker, queue)

    def left_in_queues(self, *, besides=()):
        """Return how many messages stand in each queue that is not empty."""
        link = self.stage.broker.connect()
        depths = {queue.name: link.depth(queue.name) for queue in topology(LADDER).queues}
        link.close()
        return {name: depth for name, depth in depths.items() if depth and name not in besides}

    def _so_far(self):
        return (
            f"after {PATIENCE_SECONDS} s: {self.decided()} decisions, {self.heard_by_pricing()} "
            f"messages at pricing, in the queues {self.left_in_queues()}"
        )

    def close(self):
        for worker in self.workers.values():
            worker.put_away()
        for database in self.databases:
            database.close()


def _stage(settings):
    broker = broker_of(settings, "test")
    link = broker.connect()
    link.declare(topology(LADDER))
    link.close()
    clock = SetClock(TOLD_AT)
    databases = {service: open_database(settings, service) for service in SERVICES}
    eligibility = EligibilityService.open(databases["eligibility"], settings.framework, clock)
    desk = Desk(databases["pricing"], clock, eligibility.framework)
    terms = read_terms(settings.framework / "price-review.yaml", desk.framework)
    return Stage(settings, clock, broker, eligibility, desk, terms)


def _count(database, table):
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def _is_outbox_empty(database):
    with database.reading() as connection:
        return outbox.backlog(connection).count == 0
