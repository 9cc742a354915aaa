"""Which of RabbitMQ's words a reconnect may cure, and which need a person."""

import ssl

import pytest
from pika import exceptions

from shared.errors import BrokerAway, BrokerMisconfigured
from shared.messaging.rabbitmq.refusals import failure_from


@pytest.mark.parametrize(
    ("code", "text", "advice"),
    [
        (403, "ACCESS_REFUSED - access to queue 'q' refused", "permissions"),
        (404, "NOT_FOUND - no queue 'q' in vhost '/'", "Declare the topology"),
        (405, "RESOURCE_LOCKED - cannot obtain exclusive access", "consumer"),
        (406, "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl'", "other arguments"),
        (530, "NOT_ALLOWED - vhost nope not found", "virtual host"),
    ],
)
def test_a_refusal_by_design_needs_a_person_and_tells_him_what_to_do(code, text, advice):
    failure = failure_from(exceptions.ChannelClosedByBroker(code, text))

    assert isinstance(failure, BrokerMisconfigured)
    assert text in str(failure)
    assert advice in str(failure)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"),
        (404, "NOT_FOUND - queue 'q' in vhost '/' process is stopped by supervisor"),
        (404, "NOT_FOUND - home node 'a@b' of durable queue 'q' is down or inaccessible"),
        (406, "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out"),
        (541, "INTERNAL_ERROR"),
    ],
)
def test_what_passes_by_itself_is_worth_another_try(code, text):
    failure = failure_from(exceptions.ConnectionClosedByBroker(code, text))

    assert isinstance(failure, BrokerAway)
    assert text in str(failure)


def test_a_server_that_falls_silent_during_login_is_away_not_misconfigured():
    failure = failure_from(exceptions.ProbableAuthenticationError("StreamLostError: ..."))

    assert isinstance(failure, BrokerAway)


def test_a_certificate_that_nobody_vouches_for_needs_a_person():
    cause = ssl.SSLCertVerificationError("certificate verify failed")

    failure = failure_from(exceptions.AMQPConnectionError(cause))

    assert isinstance(failure, BrokerMisconfigured)
    assert "certificate" in str(failure)


def test_the_innermost_cause_is_what_a_person_reads():
    failure = failure_from(
        exceptions.AMQPConnectionError(ConnectionRefusedError(111, "Connection refused"))
    )

    assert str(failure) == "RabbitMQ is away: [Errno 111] Connection refused"
