"""Each service's worker does all its work with no more rights than its own user has."""

import json
from datetime import UTC, datetime

import pytest

from services.eligibility.register.importing import import_register
from services.eligibility.service import EligibilityService
from services.running import broker_of, open_database, worker_of
from shared.clock import SetClock
from shared.contracts.catalogue import PLACEMENT_ENDED, REFERRAL_RECEIVED
from shared.messaging.message import EXCHANGE, Outgoing
from shared.messaging.rabbitmq.broker import RabbitBroker
from shared.messaging.topology import topology
from shared.messaging.work import work_on
from shared.persistence.inbox import Fate
from shared.settings import settings_from
from tests.delivery.small_service import document
from tests.delivery.worker_promises import SOON_SECONDS, Running, depth, until

pytestmark = pytest.mark.rabbitmq

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LADDER = (1,)
"""One wait, in a queue that the service makes for itself: the loaded definitions have none."""


@pytest.fixture
def started(secured, tmp_path):
    """Start a service's worker as a container would, with its password in a file."""
    running = []

    def start(service):
        (tmp_path / "password").write_text(f"{secured.passwords[service]}\n")
        address = secured.url(service).replace(f":{secured.passwords[service]}@", "@")
        settings = settings_from(
            {
                "FOSTERFRAME_AMQP_URL": address,
                "FOSTERFRAME_AMQP_PASSWORD_FILE": str(tmp_path / "password"),
                "FOSTERFRAME_TOPOLOGY": "own",
                "FOSTERFRAME_STATE": str(tmp_path),
            }
        )
        database, broker = open_database(settings, service), broker_of(settings, service)
        worker = worker_of(service)(
            settings,
            database,
            broker,
            SetClock(NOW),
            declares=True,
            retry_delays_seconds=LADDER,
        )
        running.append(Running(worker).start())
        until(lambda: worker.health.readiness(NOW).is_ready)
        return worker, settings

    yield start
    for one in running:
        one.stop()
        assert one.failure is None


@pytest.fixture(autouse=True)
def empty_queues(secured):
    """The broker is shared with other tests, and they leave messages."""
    link = RabbitBroker(secured.url("ops")).connect()
    for queue in topology().queues:
        link.purge(queue.name)
    link.close()


def say(secured, *documents):
    """Publish as case management does, under its own user."""
    link = RabbitBroker(secured.url("case-management")).connect()
    sent = [
        Outgoing(EXCHANGE, one["type"], json.dumps(one).encode(), one["id"], one["type"])
        for one in documents
    ]
    assert link.submit(sent).wait(SOON_SECONDS) == []
    link.close()


def depth_of(secured, queue):
    return depth(RabbitBroker(secured.url("ops")), queue)


def import_agencies(worker, settings):
    service = EligibilityService.open(worker.database, settings.framework, SetClock(NOW))
    with work_on(worker.database, SetClock(NOW), "eligibility", cause_id="import") as work:
        import_register(work, service.register_desk(), settings.framework, "test")


def test_a_referral_is_decided_and_priced_and_its_shortlist_comes_back(secured, started):
    import_agencies(*started("eligibility"))
    started("pricing")

    say(secured, document("R-1"))

    until(lambda: depth_of(secured, "case-management.shortlists") == 1)


def test_eligibility_tries_again_parks_and_tells_the_sender(secured, started):
    worker, _ = started("eligibility")  # the register is empty: later it may not be

    say(secured, document("R-2"), document("R-3", data={"nonsense": True}))

    until(lambda: depth_of(secured, "eligibility.dead") == 2)
    until(lambda: depth_of(secured, "case-management.rejections") == 2)
    assert worker.measures.messages_by_fate()[Fate.WAITING] == 1


def test_pricing_tries_again_parks_and_tells_the_sender(secured, started):
    worker, _ = started("pricing")
    ended = {"placement_id": "P-1", "end_date": "2026-12-01"}

    say(secured, document("P-1", id="e-1", type=PLACEMENT_ENDED, data=ended))

    until(lambda: depth_of(secured, "pricing.dead") == 1)
    until(lambda: depth_of(secured, "case-management.rejections") == 1)
    assert worker.measures.messages_by_fate()[Fate.WAITING] == 1


def test_a_queue_of_ours_with_other_arguments_keeps_the_worker_from_reading(secured, tmp_path):
    link = RabbitBroker(secured.url("ops")).connect()
    address = secured.url("eligibility")
    settings = settings_from(
        {
            "FOSTERFRAME_AMQP_URL": address,
            "FOSTERFRAME_TOPOLOGY": "own",
            "FOSTERFRAME_STATE": str(tmp_path),
        }
    )
    with secured.channel("ops") as channel:
        channel.queue_declare(
            "eligibility.retry.9s", durable=True, arguments={"x-queue-type": "quorum"}
        )
    worker = worker_of("eligibility")(
        settings,
        open_database(settings, "eligibility"),
        broker_of(settings, "eligibility"),
        SetClock(NOW),
        declares=True,
        retry_delays_seconds=(9,),
    )

    running = Running(worker).start()
    until(lambda: "406" in str(worker.health.readiness(NOW).reasons))
    (reason,) = (one for one in worker.health.readiness(NOW).reasons if "406" in one)
    say(secured, document("R-4", type=REFERRAL_RECEIVED))
    still_there = link.depth("eligibility.referrals")
    running.stop()
    link.close()
    with secured.channel("ops") as channel:
        channel.queue_delete("eligibility.retry.9s")

    assert "eligibility.retry.9s" in reason
    assert "fosterframe broker declare" in reason
    assert still_there == 1
    assert running.failure is None
