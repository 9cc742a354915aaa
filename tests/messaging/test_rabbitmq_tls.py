"""RabbitMQ over TLS: whom we trust, and whom we do not."""

import shutil
import subprocess

import pytest

from shared.errors import BrokerMisconfigured
from shared.messaging.rabbitmq.broker import RabbitBroker
from tests.messaging.messages import SMALL, SOON_SECONDS, message
from tests.support.absent import absent
from tests.support.rabbitmq_server import RabbitmqNotInstalled, RabbitmqServer, free_ports

pytestmark = [pytest.mark.rabbitmq, pytest.mark.slow]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    if shutil.which("openssl") is None:
        absent("No openssl here to make a certificate with.")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", folder / "key.pem", "-out", folder / "certificate.pem"),
        ],
        check=True,
        capture_output=True,
    )
    return folder / "certificate.pem"


@pytest.fixture(scope="module")
def tls_url(certificate, tmp_path_factory):
    (port,) = free_ports(1)
    settings = (
        f"listeners.ssl.1 = 127.0.0.1:{port}\n"
        f"ssl_options.cacertfile = {certificate}\n"
        f"ssl_options.certfile = {certificate}\n"
        f"ssl_options.keyfile = {certificate.with_name('key.pem')}\n"
    )
    try:
        server = RabbitmqServer(tmp_path_factory.mktemp("rabbitmq-tls"), settings)
    except RabbitmqNotInstalled as missing:
        absent(str(missing))
    server.start()
    yield f"amqps://guest:guest@127.0.0.1:{port}/%2f"
    server.stop()


def test_a_broker_whose_certificate_we_trust_is_used_over_tls(tls_url, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    link = RabbitBroker(tls_url).connect()

    link.declare(SMALL)
    refused = link.submit([message(body=b"x" * 500_000)]).wait(SOON_SECONDS)

    link.close()
    assert refused == []


def test_a_broker_whose_certificate_nobody_vouches_for_is_refused(tls_url):
    with pytest.raises(BrokerMisconfigured, match="certificate"):
        RabbitBroker(tls_url).connect()
