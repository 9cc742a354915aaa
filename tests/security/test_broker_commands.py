"""What the commands about the broker show, to whom it may be shown."""

import json
import time

import pytest
from pika import BasicProperties
from typer.testing import CliRunner

from shared.errors import BrokerMisconfigured
from shared.messaging.message import EXCHANGE
from shared.messaging.rabbitmq.broker import RabbitBroker
from shared.messaging.topology import topology
from tests.delivery.worker_promises import until
from tests.security.secured import typer_app

pytestmark = pytest.mark.rabbitmq

PATIENCE_SECONDS = 90


@pytest.fixture
def run(secured, tmp_path):
    """Run a command as a user of the broker, or with the management side as user monitoring."""

    def run(*command, amqp_as=None, management_as=None):
        given = {}
        if amqp_as:
            given["FOSTERFRAME_AMQP_URL"] = secured.url(amqp_as)
        if management_as:
            (tmp_path / "password").write_text(secured.passwords[management_as])
            port = secured.server._http_port
            given["FOSTERFRAME_MANAGEMENT_URL"] = f"http://{management_as}@127.0.0.1:{port}"
            given["FOSTERFRAME_MANAGEMENT_PASSWORD_FILE"] = str(tmp_path / "password")
        return CliRunner().invoke(typer_app(), list(command), env=given)

    return run


@pytest.fixture(autouse=True)
def empty_queues(secured):
    link = RabbitBroker(secured.url("ops")).connect()
    for queue in topology().queues:
        link.purge(queue.name)
    link.close()


def by_name(ran):
    return {one["queue"]: one for one in json.loads(ran.output)}


def test_a_service_sees_what_waits_and_who_reads_with_its_own_user(secured, run):
    with secured.channel("ops") as channel:
        channel.confirm_delivery()
        channel.basic_publish("fosterframe.dead", "pricing.dead", b"{}")
        channel.basic_consume("pricing.decisions", lambda *_: None)

        found = by_name(run("queues", "--json", amqp_as="pricing"))
        shown = run("queues", amqp_as="pricing").output

    assert set(found) == {queue.name for queue in topology().queues}
    assert found["pricing.dead"]["ready"] == 1
    assert found["pricing.decisions"]["consumers"] == 1
    assert not found["pricing.decisions"]["lacks_reader"]
    assert "Nobody reads pricing.decisions." not in shown
    assert "Nobody reads pricing.placements." in shown
    assert "Nobody reads pricing.dead" not in shown
    assert "1 parked in pricing.dead: fosterframe dead list pricing." in shown


def test_the_management_side_tells_what_is_unacknowledged_too(secured, run):
    with secured.channel("ops") as channel:
        channel.confirm_delivery()
        channel.basic_publish(EXCHANGE, "price.changed.v1", b"{}", BasicProperties(delivery_mode=2))
        method, _, _ = channel.basic_get("finance.price-changes")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = by_name(run("queues", "--json", management_as="monitoring"))
            if found["finance.price-changes"]["unacknowledged"] == 1:
                break
            assert time.monotonic() < deadline, found["finance.price-changes"]
            time.sleep(0.5)
        channel.basic_ack(method.delivery_tag)

    assert found["finance.price-changes"]["ready"] == 0


def test_a_queue_that_is_not_there_is_named_and_can_be_declared_by_ops(secured, run):
    with secured.channel("ops") as channel:
        channel.queue_delete("finance.reviews")

    missing = run("queues", amqp_as="finance")
    checked = run("broker", "check", management_as="monitoring")
    refused = run("broker", "declare", amqp_as="finance")
    made = run("broker", "declare", amqp_as="ops")
    after = run("broker", "check", management_as="ops")

    assert missing.exit_code == 0
    assert "finance.reviews is not there: fosterframe broker declare." in missing.output
    assert checked.exit_code == 1
    assert "refused: There is no queue finance.reviews." in checked.output
    assert isinstance(refused.exception, BrokerMisconfigured)
    assert f"{len(topology().queues)} queues are there" in made.output
    assert after.exit_code == 0
    assert "warning: The broker has one node" in after.output
    assert "nothing unsafe" in after.output


def test_the_check_can_be_read_by_a_program(run):
    told = json.loads(run("broker", "check", "--json", management_as="monitoring").output)

    assert told["version"].count(".") == 2
    assert {one["weight"] for one in told["findings"]} <= {"warning", "note"}


def test_whoever_reads_its_own_queues_only_may_not_look_at_the_management_side(run):
    ran = run("broker", "check", management_as="finance")

    assert isinstance(ran.exception, BrokerMisconfigured)
    assert "tag monitoring" in str(ran.exception)


@pytest.mark.slow
def test_messages_that_the_broker_no_longer_moves_on_are_noticed(secured, run):
    """RabbitMQ 3.10 may lose for good the part that dead-letters at least once."""
    secured.server.control("eval", "supervisor:terminate_child(rabbit_sup, rabbit_fifo_dlx_sup).")
    with secured.channel("ops") as channel:
        channel.confirm_delivery()
        channel.basic_publish("pricing.retry.5s", "pricing.register", b"{}")

    said = []

    def is_said():
        said[:] = run("broker", "check", management_as="monitoring").output.splitlines()
        return any("have left pricing.retry.5s" in line for line in said)

    try:
        until(is_said)
    finally:
        secured.server.stop()
        secured.server.start()
    assert any("restart the node" in line for line in said)
    until(lambda: secured_depth(secured, "pricing.register") == 1)


def secured_depth(secured, queue):
    link = RabbitBroker(secured.url("ops")).connect()
    found = link.depth(queue)
    link.close()
    return found
