"""RabbitMQ keeps every broker's promises, and comes back from what only a server suffers."""

import time

import pika
import pytest

from shared.errors import BrokerAway, BrokerMisconfigured
from shared.messaging.rabbitmq.broker import RabbitBroker
from shared.messaging.topology import Topology
from tests.messaging.broker_promises import BrokerPromises
from tests.messaging.messages import (
    SMALL,
    SOON_SECONDS,
    message,
    quorum,
    several,
    until,
)
from tests.messaging.rabbitmq_links import linked, memory_alarm, plain_channel

pytestmark = pytest.mark.rabbitmq

SILENT_SECONDS = 4
"""Longer than the operator's command takes to end; shorter than a silent queue is asked."""


class TestRabbitmq(BrokerPromises):
    @pytest.fixture
    def broker(self, rabbitmq):
        return RabbitBroker(rabbitmq.url, name="fosterframe-tests")


# A broker that does not want us.


def test_a_wrong_password_is_a_misconfiguration_and_is_not_repeated_to_the_log(rabbitmq):
    url = rabbitmq.url.replace("guest:guest", "guest:s3cret")

    with pytest.raises(BrokerMisconfigured, match="permissions") as refused:
        RabbitBroker(url).connect()

    assert "s3cret" not in str(refused.value)


def test_a_virtual_host_that_is_not_there_is_a_misconfiguration_that_names_it(rabbitmq):
    with pytest.raises(BrokerMisconfigured, match="nowhere"):
        RabbitBroker(rabbitmq.url + "-nowhere").connect()


def test_a_user_without_rights_is_a_misconfiguration(rabbitmq, rabbitmq_server):
    rabbitmq_server.add_user("looker-on", "pw", vhost=rabbitmq.vhost, rights="^$")
    link = RabbitBroker(rabbitmq.url.replace("guest:guest", "looker-on:pw")).connect()

    with pytest.raises(BrokerMisconfigured, match="permissions"):
        link.declare(SMALL)

    link.close()


def test_tls_to_a_port_without_it_is_a_misconfiguration(rabbitmq):
    with pytest.raises(BrokerMisconfigured, match="scheme"):
        RabbitBroker(rabbitmq.url.replace("amqp://", "amqps://")).connect()


# What others see of us, and we of them.


def test_other_clients_find_the_properties_of_the_contract(rabbitmq):
    link = linked(rabbitmq)
    link.submit(
        [message("planned", message_id="5d4e", correlation_id="R-1", headers={"attempt": 2})]
    ).wait(SOON_SECONDS)

    with plain_channel(rabbitmq) as channel:
        _, properties, _ = channel.basic_get("planned", auto_ack=True)

    link.close()
    assert properties.content_type == "application/cloudevents+json"
    assert properties.delivery_mode == 2
    assert (properties.message_id, properties.type) == ("5d4e", "planned")
    assert (properties.correlation_id, properties.headers["attempt"]) == ("R-1", 2)


def test_a_message_that_leaves_everything_out_arrives_all_the_same(rabbitmq):
    link = linked(rabbitmq)
    with plain_channel(rabbitmq) as channel:
        channel.basic_publish("events", "planned", b"x")

    link.consume(["planned"], prefetch=1)
    (got,) = link.next_batch(1, SOON_SECONDS)

    link.close()
    assert (got.message_id, got.type, got.correlation_id, got.headers) == ("", "", "", {})


def test_headers_that_are_neither_text_nor_whole_numbers_are_left_out(rabbitmq):
    link = linked(rabbitmq)
    headers = {"attempt": 1, "reason": "late", "table": {"a": 1}, "list": [1], "yes": True}
    with plain_channel(rabbitmq) as channel:
        channel.basic_publish("events", "planned", b"x", pika.BasicProperties(headers=headers))

    link.consume(["planned"], prefetch=1)
    (got,) = link.next_batch(1, SOON_SECONDS)

    link.close()
    assert got.headers == {"attempt": 1, "reason": "late"}


def test_an_operator_recognises_our_connections_by_name(rabbitmq, rabbitmq_server):
    link = RabbitBroker(rabbitmq.url, name="eligibility worker").connect()

    names = rabbitmq_server.connection_names()

    link.close()
    assert "eligibility worker" in names


def test_a_connection_outlives_work_that_takes_longer_than_its_heartbeat(rabbitmq):
    link = RabbitBroker(f"{rabbitmq.url}?heartbeat=2").connect()
    link.declare(SMALL)
    link.submit([message()]).wait(SOON_SECONDS)
    link.consume(["planned"], prefetch=1)
    batch = link.next_batch(1, SOON_SECONDS)

    time.sleep(7)
    link.ack(batch)

    assert link.depth("planned") == 0
    link.close()


def test_a_broker_short_of_memory_blocks_us_and_confirms_when_it_is_well(rabbitmq):
    link = linked(rabbitmq)
    with memory_alarm(rabbitmq.server):
        submission = link.submit(several("planned", 5))
        with pytest.raises(BrokerAway, match="0 of 5"):
            submission.wait(1)
        until(lambda: link.is_blocked)

    refused = submission.wait(SOON_SECONDS)

    assert refused == []
    assert not link.is_blocked
    link.close()


def test_a_queue_that_is_silent_for_a_while_is_not_taken_for_empty(rabbitmq):
    link = linked(rabbitmq)
    link.submit(several("planned", 5)).wait(SOON_SECONDS)
    leader = f"'{rabbitmq.vhost}_planned'"
    for_a_while = f"timer:apply_after({SILENT_SECONDS * 1000}, sys, resume, [{leader}])"

    rabbitmq.server.control("eval", f"sys:suspend({leader}), {for_a_while}.")
    found = link.depth("planned")

    assert found == 5
    link.close()


def test_large_bodies_pass_through_a_window_bounded_in_bytes(rabbitmq):
    link = linked(rabbitmq)
    link.declare(Topology((), (quorum("bulk"),), ()))
    body = b"x" * 1_000_000

    many = [message("bulk", number, exchange="", body=body) for number in range(40)]
    refused = link.submit(many).wait(60)

    assert refused == []
    link.close()
