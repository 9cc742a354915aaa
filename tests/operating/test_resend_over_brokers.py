"""What the relays published first is published again while the workers run, byte for byte."""

from datetime import date

import pytest
from sqlalchemy import func, select

from services.eligibility.service import MIGRATIONS
from services.eligibility.store.tables import decisions
from services.pricing.handlers.table import handlers
from services.pricing.store.tables import PRICE_CHANGES, SHORTLISTS
from shared.clock import SetClock
from shared.messaging.embedded.broker import EmbeddedBroker
from shared.messaging.message import EXCHANGE, Outgoing
from shared.messaging.rabbitmq.broker import RabbitBroker
from shared.messaging.topology import CONSUMED_QUEUES
from shared.messaging.worker import Worker
from shared.persistence.database import Database
from shared.persistence.inbox import Fate
from shared.persistence.migrate import migrate
from shared.persistence.tables import DELIVERY
from tests.delivery.worker_promises import QUICK_LADDER, depth, publish, read_all, until
from tests.delivery.worker_promises import Running as RunningWorker
from tests.eligibility.builders import PACK
from tests.eligibility.running import JUDGED, NOW, Running, referral, update
from tests.examples.run import run as run_example
from tests.operating.commands import Operator
from tests.operating.resending import WHY, emergency, in_a_trace, quietly, resend_of
from tests.pricing.builders import FAMILY, OTHER_URN, framework
from tests.pricing.pricing_service import PricingService, amended, delivery, ended, started

PARTIES = (
    "case-management.decisions",
    "case-management.shortlists",
    "commissioning.concerns",
    "finance.price-changes",
    "finance.reviews",
)
OTHERS = ("eligibility.dead", "pricing.dead", "case-management.rejections", "finance.rejections")


class Pair:
    """Both services with a worker each, on one broker."""

    def __init__(self, broker, urls):
        self.broker = broker
        self._said_to_both = self._referrals = 0
        database = Database.open(urls["eligibility"])
        migrate(database, MIGRATIONS)
        self.eligibility = Running(database, SetClock(NOW))
        self.eligibility.import_pack()
        self.pricing = PricingService(urls["pricing"])
        self.pricing.on(date(2026, 3, 2))
        self.pricing.has_fees(families=(FAMILY, FAMILY._replace(agency=OTHER_URN)))
        self.workers = [
            self._worker("eligibility", self.eligibility, self.eligibility.service.handlers()),
            self._worker("pricing", self.pricing, handlers(framework())),
        ]

    def _worker(self, service, running, table):
        worker = Worker(
            service=service,
            broker=self.broker,
            database=running.database,
            handlers=table,
            clock=running.clock,
            declares=True,
            retry_delays_seconds=QUICK_LADDER,
        )
        return RunningWorker(worker)

    def runs(self):
        for worker in self.workers:
            worker.start()

    def hears(self, *deliveries):
        """Publish what parties say, and wait until all that follows from it is published."""
        publish(self.broker, *map(said, deliveries))
        self._said_to_both += sum(not is_referral(one) for one in deliveries)
        self._referrals += sum(map(is_referral, deliveries))
        until(self._has_heard_all)
        self.until_all_is_published()

    def _has_heard_all(self):
        by_eligibility = count(self.eligibility, DELIVERY.inbox)
        by_pricing = count(self.pricing, DELIVERY.inbox)
        decided = count(self.eligibility, decisions)
        return (
            by_eligibility == self._said_to_both + self._referrals
            and by_pricing == self._said_to_both + decided
        )

    def until_all_is_published(self):
        services = (self.eligibility, self.pricing)
        until(lambda: not any(count(each, DELIVERY.outbox) for each in services))

    def stops(self):
        """Let the workers read what stands in their queues, and publish what comes of it."""
        queues = [name for queues in CONSUMED_QUEUES.values() for name in queues]
        until(lambda: not any(depth(self.broker, name) for name in queues))
        for worker in self.workers:
            worker.stop()

    def taken(self, queues=PARTIES):
        """Return what stands in each queue, and take it out."""
        return {queue: [_seen(one) for one in read_all(self.broker, queue)] for queue in queues}

    def close(self):
        for worker in self.workers:
            worker.stop()
        for service in (self.eligibility, self.pricing):
            service.database.close()


def said(one):
    return Outgoing(EXCHANGE, key_of(one), one.body, one.message_id, one.type, "", one.headers)


def key_of(one):
    is_urgent = is_referral(one) and b'"needed_by": "today"' in one.body
    return one.type + (".emergency" if is_urgent else "")


def _seen(one):
    return (one.message_id, one.type, one.correlation_id, dict(one.headers), one.body)


def is_referral(one):
    return one.type == "referral.received.v1"


def count(service, table, *where):
    with service.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table).where(*where))


def a_past():
    """Return what two services hear until they have told of all that a message can tell."""
    return [
        [referral("R1"), emergency(), in_a_trace(referral("R2"), "CASE-2")],
        [in_a_trace(update(JUDGED), "CASE-3")],
        [in_a_trace(referral("R1", id_="again", version=2, solo=True))],
        [delivery(started("P1")), in_a_trace(delivery(started("P2")))],
        [delivery(amended("P1", effective_from=date(2026, 3, 9), agency=OTHER_URN))],
        [delivery(ended(date(2026, 4, 1), "P2"))],
    ]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def urls(request, tmp_path):
    if request.param == "sqlite":
        yield {name: f"sqlite:///{tmp_path}/{name}.db" for name in ("eligibility", "pricing")}
        return
    postgresql = request.getfixturevalue("postgresql")
    second = postgresql.server.new_database()
    yield {"eligibility": postgresql.url, "pricing": postgresql.server.url_of(second)}
    postgresql.server.drop_database(second)


@pytest.fixture
def pair_on():
    made = []

    def make(broker, urls):
        made.append(Pair(broker, urls))
        return made[-1]

    yield make
    for pair in made:
        pair.close()


def test_every_reader_gets_the_same_bytes_again_while_the_workers_run(pair_on, urls):
    pair = pair_on(EmbeddedBroker(), urls)
    pair.runs()
    for some in a_past():
        pair.hears(*some)
    pair.pricing.has_figures()
    pair.pricing.on(date(2026, 5, 4))
    pair.pricing.reviews()
    pair.until_all_is_published()
    first = pair.taken()
    told = count(pair.pricing, PRICE_CHANGES), count(pair.pricing, SHORTLISTS)

    resend_of(pair.eligibility).run("J. Okafor", WHY, quietly)
    resend_of(pair.pricing).run("J. Okafor", WHY, quietly)
    pair.until_all_is_published()
    pair.stops()

    assert all(first.values())
    assert pair.taken() == first
    assert (count(pair.pricing, PRICE_CHANGES), count(pair.pricing, SHORTLISTS)) == told
    assert not any(pair.taken(OTHERS).values())
    other = DELIVERY.inbox.c.fate != Fate.HANDLED.value
    assert count(pair.pricing, DELIVERY.inbox, other) == 0


def test_one_party_is_told_again_and_nobody_else_hears_of_it(pair_on, urls):
    pair = pair_on(EmbeddedBroker(), urls)
    pair.runs()
    for some in a_past():
        pair.hears(*some)
    first = pair.taken()

    resend_of(pair.pricing, to="finance").run("J. Okafor", WHY, quietly)
    resend_of(pair.eligibility, to="case-management").run("J. Okafor", WHY, quietly)
    pair.until_all_is_published()
    pair.stops()

    again = pair.taken()
    told = {"finance.price-changes", "case-management.decisions"}
    assert {queue for queue, some in again.items() if some} == told
    assert all(again[queue] == first[queue] for queue in told)
    assert count(pair.pricing, DELIVERY.inbox) == len(first["case-management.decisions"]) + 5


@pytest.mark.rabbitmq
def test_finance_books_what_it_lost_and_nothing_twice(rabbitmq, pair_on, tmp_path):
    urls = {name: f"sqlite:///{tmp_path}/{name}.db" for name in ("eligibility", "pricing")}
    pair = pair_on(RabbitBroker(rabbitmq.url), urls)
    pair.runs()
    for some in a_past()[3:]:
        pair.hears(*some)
    books = ("--books", tmp_path / "books.sqlite", "--seconds", "5")
    (first, *lost) = read_all(pair.broker, "finance.price-changes")
    publish(
        pair.broker, Outgoing("", "finance.price-changes", first.body, first.message_id, first.type)
    )
    booked = run_example("finance_consumer.py", rabbitmq, *books)
    operator = Operator(pricing_database_url=urls["pricing"], framework=PACK)
    resend = ("resend", "pricing", "--since", "2026-03-01", "--to", "finance", "--as", "J. Okafor")

    done = operator.runs(*resend, "--because", WHY, "--yes")
    pair.until_all_is_published()
    booked_again = run_example("finance_consumer.py", rabbitmq, *books)
    operator.runs(*resend, "--because", WHY, "--yes")
    pair.until_all_is_published()
    and_again = run_example("finance_consumer.py", rabbitmq, *books)

    assert summary(booked) == "booked 1, duplicates 0, open 0"
    assert done.status == 0, done.said
    assert f"{len(lost) + 1} messages of pricing were put into the outbox" in done.out
    assert summary(booked_again) == f"booked {len(lost)}, duplicates 1, open 0"
    assert summary(and_again) == f"booked 0, duplicates {len(lost) + 1}, open 0"
    assert read_all(pair.broker, "case-management.shortlists") == []


def summary(ran):
    """Return what the example says at its end."""
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()[-1]
