"""What is said of an address, a port or a version that will not do; no broker is needed for it."""

import pytest

from shared.errors import BrokerAway, BrokerMisconfigured
from shared.messaging.rabbitmq.broker import RabbitBroker, check_version
from tests.support.rabbitmq_server import free_ports


def test_a_port_where_nobody_listens_means_that_the_broker_is_away():
    (port,) = free_ports(1)

    with pytest.raises(BrokerAway, match="refused"):
        RabbitBroker(f"amqp://guest:guest@127.0.0.1:{port}/").connect()


def test_a_name_that_nobody_knows_means_that_the_broker_is_away():
    with pytest.raises(BrokerAway):
        RabbitBroker("amqp://guest:guest@no-such-host.invalid/").connect()


@pytest.mark.parametrize("url", ["127.0.0.1:5672", "http://u:s3cret@h/", "amqp://u:s3cret@h:x/"])
def test_a_malformed_address_is_refused_without_repeating_it(url):
    with pytest.raises(BrokerMisconfigured, match="amqp://user") as refused:
        RabbitBroker(url)

    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("version", ["3.9.29", "3.8.0", "2.8", "unknown"])
def test_a_broker_older_than_3_10_is_refused(version):
    with pytest.raises(BrokerMisconfigured, match=r"3\.10"):
        check_version({"product": "RabbitMQ", "version": version})


@pytest.mark.parametrize("version", ["3.10.8", "3.13.7", "4.0.2", "4.3.0-rc.1"])
def test_a_broker_from_3_10_on_is_taken(version):
    check_version({"product": "RabbitMQ", "version": version})


def test_another_product_is_refused_by_name():
    with pytest.raises(BrokerMisconfigured, match="LavinMQ"):
        check_version({"product": "LavinMQ", "version": "2.1.0"})
