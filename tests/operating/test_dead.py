"""Parked messages on a real RabbitMQ: listed without a trace, mended, replayed once, discarded."""

import json

import pytest
from sqlalchemy import insert, select

from services.running import open_database
from shared.contracts.catalogue import REFERRAL_RECEIVED
from shared.errors import BrokerAway
from shared.messaging.worker import Worker
from shared.persistence import chain
from shared.persistence.inbox import Fate
from shared.persistence.tables import DELIVERY
from shared.settings import settings_from
from tests.delivery.small_service import (
    BORN,
    COUNTED,
    QUEUE,
    SERVICE,
    TOTALS,
    clock,
    count_referral,
    counted,
    sent,
)
from tests.delivery.worker_promises import (
    QUICK_LADDER,
    SOON_SECONDS,
    Running,
    depth,
    publish,
    until,
)
from tests.operating.parked_ones import DEAD, everything, malformed, parked_in_order

pytestmark = pytest.mark.rabbitmq

MARKERS = (BORN, "C-77", "Tomasina", "born 4 March")
LOST_TOO_OFTEN = 21


@pytest.fixture
def database(operator):
    opened = open_database(settings_from(operator.environment), SERVICE)
    for table in (COUNTED, TOTALS):
        table.create(opened.engine)
    with opened.transaction() as connection:
        connection.execute(insert(TOTALS).values(only=1, n=0))
    yield opened
    opened.close()


class Handlers(dict):
    """What the service does about a referral; it can be mended while the worker runs."""

    def __init__(self):
        super().__init__({REFERRAL_RECEIVED: self._handle})
        self.is_mended = False

    def _handle(self, work, event):
        if not self.is_mended:
            count_referral(work, event)
            return
        work.add(COUNTED, {"referral_id": event.data.referral_id})
        work.connection.execute(TOTALS.update().values(n=TOTALS.c.n + 1))


@pytest.fixture
def handlers():
    return Handlers()


@pytest.fixture
def worker(broker, database, handlers):
    made = Worker(
        service=SERVICE,
        broker=broker,
        database=database,
        handlers=handlers,
        clock=clock(),
        retry_delays_seconds=QUICK_LADDER,
    )
    running = Running(made)
    yield running
    if running._thread.is_alive():
        running.stop()


def lose_too_often(broker, queue):
    """Take a message and vanish, as a worker does that it kills."""
    for _ in range(LOST_TOO_OFTEN):
        link = broker.connect()
        link.consume([queue], prefetch=1)
        assert link.next_batch(1, SOON_SECONDS)
        link.close()


def park_one_of_each_kind(broker, worker):
    """Have four messages parked: each for a reason of its own."""
    publish(broker, sent("poison-1"))
    lose_too_often(broker, QUEUE)
    until(lambda: depth(broker, DEAD) == 1)
    publish(broker, malformed(), sent("later-1"), sent("bug-1"), sent("R-fine"))
    worker.start()
    until(lambda: depth(broker, DEAD) == 4)


@pytest.mark.slow
def test_what_was_parked_for_any_reason_is_mended_replayed_and_handled_once(
    broker, database, handlers, worker, operator
):
    park_one_of_each_kind(broker, worker)
    before = parked_in_order(broker)

    listed = operator.runs("dead", "list", SERVICE, "--json").told
    listed_again = operator.runs("dead", "list", SERVICE, "--json").told
    in_words = operator.runs("dead", "list", SERVICE)
    shown = [operator.runs("dead", "show", SERVICE, each["id"]) for each in listed["messages"]]
    tried = operator.runs("dead", "replay", SERVICE, "--all")

    assert listed == listed_again
    assert [each["id"] for each in listed["messages"]] == before
    until(lambda: depth(broker, DEAD) == 4)
    assert parked_in_order(broker) == before
    by_id = {each["id"]: each for each in listed["messages"]}
    assert by_id["id-poison-1"]["parked_by"] == "broker"
    assert "delivered 20 times" in by_id["id-poison-1"]["reason"]
    assert by_id["id-later-1"]["reason"] == "no rate for that day yet (tried 3 times)"
    assert by_id["id-later-1"]["attempts"] == 3
    assert "fault of this service" in by_id["id-bug-1"]["reason"]
    assert by_id["M-1"]["field"] == "data.need_category"
    assert {each["queue"] for each in listed["messages"]} == {QUEUE}
    assert all(each["parked_at"] for each in listed["messages"])
    assert len(listed["reasons"]) == 4
    assert "4 messages are parked in eligibility." in in_words.out
    assert [each.status for each in shown] == [0] * 4
    assert '"date_of_birth": "(text)"' in shown[-1].out
    assert "4 messages would be sent back to work; add --yes to do it." in tried.out

    handlers.is_mended = True
    replayed = operator.runs("dead", "replay", SERVICE, "--all", "--yes", "--json").told

    assert replayed["count"] == 4
    until(lambda: counted(database) == ["R-fine", "bug-1", "later-1", "poison-1"])
    until(lambda: parked_in_order(broker) == ["M-1"])
    assert not [marker for marker in MARKERS if marker in operator.everything_said]


def test_a_message_is_discarded_only_when_the_log_says_which_who_and_why(
    broker, database, worker, operator
):
    publish(broker, malformed("M-1"), malformed("M-2"))
    worker.start()
    until(lambda: depth(broker, DEAD) == 2)
    discard = ("dead", "discard", SERVICE, "--id", "M-1", "--as", "J. Okafor", "--because")

    tried = operator.runs(*discard, "sent again under R-7")
    done = operator.runs(*discard, "sent again under R-7", "--yes")
    unknown = operator.runs(*discard, "again", "--yes")
    unsaid = operator.runs(*discard, " ", "--yes")

    assert "1 messages would be discarded" in tried.out
    assert done.status == 0
    assert "1 messages discarded, and written to the log." in done.out
    assert (unknown.status, unsaid.status) == (1, 1)
    assert "no parked message M-1" in unknown.err
    assert "--because says why" in unsaid.err
    assert parked_in_order(broker) == ["M-2"]
    with database.reading() as connection:
        (act,) = connection.execute(select(DELIVERY.acts)).all()
        entry = connection.execute(select(DELIVERY.log).order_by(DELIVERY.log.c.position)).all()[-1]
        assert chain.verify(connection) is None
    assert (act.kind, act.subject) == ("message.discarded", "M-1") == (entry.kind, entry.subject)
    told = json.loads(act.told)
    assert (told["by"], told["because"]) == ("J. Okafor", "sent again under R-7")
    assert len(told["body_digest"]) == 64
    assert not [marker for marker in MARKERS if marker in operator.everything_said + act.told]


class DiesBeforeItAcknowledges:
    """A link whose process is killed between the publishing and the acknowledgement."""

    def __init__(self, link):
        self._link = link

    def __getattr__(self, name):
        return getattr(self._link, name)

    def ack(self, _deliveries):
        self._link.close()
        raise BrokerAway("killed")


def test_a_replay_that_is_killed_before_it_acknowledges_does_nothing_twice(
    broker, database, handlers, worker
):
    publish(broker, sent("bug-1"), sent("bug-2"))
    worker.start()
    until(lambda: depth(broker, DEAD) == 2)
    handlers.is_mended = True

    with pytest.raises(BrokerAway):
        everything(DiesBeforeItAcknowledges(broker.connect())).replay(lambda _: True)
    until(lambda: counted(database) == ["bug-1", "bug-2"])
    until(lambda: depth(broker, DEAD) == 2)
    link = broker.connect()
    again = everything(link).replay(lambda _: True)
    link.close()

    assert again.done == 2
    until(lambda: depth(broker, QUEUE) == 0)
    until(lambda: depth(broker, DEAD) == 0)
    assert counted(database) == ["bug-1", "bug-2"]
    with database.reading() as connection:
        fates = connection.scalars(select(DELIVERY.inbox.c.fate)).all()
    assert fates == [Fate.HANDLED] * 2
