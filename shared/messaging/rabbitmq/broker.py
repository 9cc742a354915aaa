"""A RabbitMQ to connect to: its address, its version, and how to be recognised there."""

import re
from typing import Any, Final

import pika

from shared.errors import BrokerAway, BrokerMisconfigured
from shared.messaging.rabbitmq.link import RabbitLink
from shared.messaging.rabbitmq.wire import Wire

OLDEST_VERSION: Final = (3, 10)
"""Quorum queues with time to live and at-least-once dead-lettering came with it."""

HEARTBEAT_SECONDS: Final = 20
"""A dead network is noticed within twice this; `?heartbeat=` in the address overrides it."""

CONNECT_SECONDS: Final = 10

_NOBODY_NAMED: Final = "RabbitMQ"
"""What a wire calls the broker; who connects says which of them it is."""

_SCHEMES: Final = ("amqp://", "amqps://")


class RabbitBroker:
    """A RabbitMQ, 3.10 or later.

    Args:
        url: `amqp://user:password@host:5672/vhost`, or `amqps://` for TLS. Certificates are
            checked against the system's authorities; SSL_CERT_FILE names another authority.
        name: how the operator finds our connections in RabbitMQ's list.
    """

    def __init__(self, url: str, *, name: str = "fosterframe") -> None:
        self._name = name
        self._parameters = _parameters(url, name)

    def __str__(self) -> str:
        address = self._parameters
        return f"RabbitMQ at {address.host}:{address.port}{_path(address.virtual_host)}"

    @property
    def virtual_host(self) -> str:
        """Return the virtual host that the address names."""
        return str(self._parameters.virtual_host)

    def connect(self) -> RabbitLink:
        """Return a new link.

        Raises:
            BrokerAway: nobody answers.
            BrokerMisconfigured: the user, password, virtual host or version is refused.
        """
        wire = Wire(self._parameters, self._name)
        try:
            properties = wire.open()
        except (BrokerAway, BrokerMisconfigured) as why_not:
            raise type(why_not)(str(why_not).replace(_NOBODY_NAMED, str(self), 1)) from why_not
        try:
            check_version(properties)
            return RabbitLink(wire)
        except BaseException:
            wire.close()
            raise


def check_version(properties: dict[str, Any]) -> None:
    """Make sure that a server is a RabbitMQ with all that the topology needs.

    Raises:
        BrokerMisconfigured: it is another product, or too old.
    """
    product, version = str(properties.get("product")), str(properties.get("version"))
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if product != "RabbitMQ" or numbers is None:
        raise BrokerMisconfigured(f"RabbitMQ 3.10 or later is needed; {product} {version} answers.")
    if (int(numbers[1]), int(numbers[2])) < OLDEST_VERSION:
        raise BrokerMisconfigured(
            f"RabbitMQ {version} is too old: its quorum queues have no time to live and no "
            "at-least-once dead-lettering. Upgrade it to 3.10 or later."
        )


def _parameters(url: str, name: str) -> pika.URLParameters:
    try:
        # pika takes any scheme that it can mistake for one of these.
        parameters = pika.URLParameters(url) if url.startswith(_SCHEMES) else None
    except (ValueError, TypeError, KeyError, IndexError):
        parameters = None
    if parameters is None:
        # What was wrong with it is not repeated: it may hold the password.
        raise BrokerMisconfigured(
            "The broker's address is malformed. It reads amqp://user:password@host:5672/vhost, "
            "where the default virtual host is written %2f. The password may stand in a file "
            "instead, which FOSTERFRAME_AMQP_PASSWORD_FILE names."
        )
    parameters.client_properties = {"connection_name": name}
    parameters.connection_attempts = 1
    parameters.socket_timeout = parameters.stack_timeout = CONNECT_SECONDS
    if parameters.heartbeat is None:
        parameters.heartbeat = HEARTBEAT_SECONDS
    return parameters


def _path(virtual_host: str) -> str:
    return "" if virtual_host == "/" else f"/{virtual_host}"
