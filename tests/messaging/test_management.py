"""What is asked of RabbitMQ's management side, and what is said when it does not answer."""

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from shared.errors import BrokerAway, BrokerMisconfigured
from shared.messaging.administration.management import Management
from shared.messaging.topology import topology
from tests.messaging.rabbitmq_links import linked

MARKER = "marker-of-a-password-7f3a"


def management_of(rabbitmq, user="guest:guest"):
    return Management(f"http://{user}@127.0.0.1:{rabbitmq.server._http_port}")


class SpeaksAsAWebsite(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html>welcome</html>")

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def website():
    server = HTTPServer(("127.0.0.1", 0), SpeaksAsAWebsite)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@contextlib.contextmanager
def silence():
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.rabbitmq
def test_the_state_of_a_virtual_host_is_told_with_its_queues_and_bindings(rabbitmq):
    link = linked(rabbitmq)
    link.declare(topology())
    link.close()

    with management_of(rabbitmq) as management:
        state = management.state(rabbitmq.vhost)

    assert state.queues["eligibility.dead"].kind == "quorum"
    assert len(state.queues["eligibility.dead"].members) == 1
    assert state.exchanges["fosterframe"].kind == "topic"
    assert ("fosterframe", "finance.reviews", "review.applied.v1") in state.bindings
    assert state.feature_flags["stream_queue"]
    assert state.alarms == []


@pytest.mark.rabbitmq
def test_messages_are_counted_where_statistics_are_off(rabbitmq):
    link = linked(rabbitmq)

    with management_of(rabbitmq) as management:
        queues = management.queues(rabbitmq.vhost)

    link.close()
    assert queues["planned"].ready == 0


@pytest.mark.rabbitmq
def test_a_wrong_password_is_said_without_repeating_it(rabbitmq):
    with (
        management_of(rabbitmq, f"guest:{MARKER}") as management,
        pytest.raises(BrokerMisconfigured, match="refuses user 'guest'") as refused,
    ):
        management.state(rabbitmq.vhost)

    assert MARKER not in str(refused.value)
    assert "tag monitoring" in str(refused.value)


@pytest.mark.rabbitmq
def test_a_virtual_host_that_is_not_there_is_said(rabbitmq):
    with (
        management_of(rabbitmq) as management,
        pytest.raises(BrokerMisconfigured, match="Check the virtual host"),
    ):
        management.queues("nowhere")


def test_nobody_who_answers_is_said_with_the_address_and_without_the_password():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with (
        Management(f"http://monitoring:{MARKER}@127.0.0.1:{port}") as management,
        pytest.raises(BrokerAway, match=f"127.0.0.1:{port} is away") as away,
    ):
        management.queues("fosterframe")

    assert MARKER not in str(away.value)
    assert MARKER not in repr(management)


def test_a_management_side_that_is_silent_is_waited_for_only_so_long():
    with (
        silence() as port,
        Management(f"http://m:x@127.0.0.1:{port}", timeout_seconds=0.2) as management,
        pytest.raises(BrokerAway, match="did not answer in time"),
    ):
        management.queues("fosterframe")


def test_what_is_no_rabbitmq_is_said_to_be_none():
    with (
        website() as port,
        Management(f"http://m:x@127.0.0.1:{port}") as management,
        pytest.raises(BrokerMisconfigured, match="no RabbitMQ"),
    ):
        management.queues("fosterframe")
