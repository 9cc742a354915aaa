"""One referral is one trace across both services; who takes no traces pays and disturbs nothing."""

import json
import subprocess
import sys
import time

import pytest

from services.demo.parties import message, publish
from shared.contracts.catalogue import REFERRAL_RECEIVED
from shared.tracing import context_of
from tests.observability.conftest import Watched
from tests.observability.otlp_receiver import OtlpReceiver
from tests.observability.test_metrics import malformed, private_words
from tests.support.ports import free_ports

CONSUMER, PRODUCER = 5, 4
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
SENDER = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
NOT_SAMPLED = f"00-{TRACE_ID[::-1]}-00f067aa0ba902b7-00"
STOPS_WITHIN_SECONDS = 10


@pytest.fixture
def receiver():
    receiver = OtlpReceiver()
    yield receiver
    receiver.close()


@pytest.fixture
def traced(rabbitmq, tmp_path, receiver):
    more = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    scene = Watched(rabbitmq.url, tmp_path, more)
    yield scene
    scene.close()


def with_trace(sample, traceparent):
    document = json.loads(sample.body) | {"traceparent": traceparent}
    return message(sample.routing_key, json.dumps(document).encode(), sample.message_id)


def shortlists(scene, count):
    """Return the shortlists that case management is sent, when there are so many."""
    found = []
    scene.until(
        lambda: found.extend(scene.take("case-management.shortlists")) or len(found) == count
    )
    return found


@pytest.fixture
def four(referrals):
    """Three referrals (in a trace, in one that is not kept, in none), and what is malformed."""
    [first, second, third, *_] = referrals
    return [
        with_trace(first, SENDER),
        with_trace(second, NOT_SAMPLED),
        message(third.routing_key, third.body, third.message_id),
        malformed(),
    ]


@pytest.mark.rabbitmq
def test_a_referral_is_one_trace_from_case_management_to_the_shortlist(
    traced, receiver, referrals, four
):
    in_a_trace, not_kept, in_none = map(subject_of, referrals[:3])
    traced.start()

    publish(traced.stage.broker, four)
    sent = {one.correlation_id: one for one in shortlists(traced, 3)}
    traced.until(lambda: len(receiver.spans) == 9)

    decide, price = consumed(receiver.spans, TRACE_ID)
    assert decide.parent_id == context_of(SENDER).span_id
    assert price.parent_id == decide.span_id
    shortlist = sent[in_a_trace]
    assert shortlist.headers["traceparent"] == f"00-{TRACE_ID}-{price.span_id}-01"
    assert json.loads(shortlist.body)["traceparent"] == shortlist.headers["traceparent"]
    told = [one for one in receiver.spans if one.kind == PRODUCER and one.trace_id == TRACE_ID]
    assert {one.parent_id for one in told} == {decide.span_id, price.span_id}
    # What its sender does not keep is passed on, and not told.
    unkept = context_of(sent[not_kept].headers["traceparent"])
    assert (unkept.trace_id, unkept.is_sampled) == (TRACE_ID[::-1], False)
    assert not [one for one in receiver.spans if one.trace_id == unkept.trace_id]
    # A referral without a trace begins one.
    begun = context_of(sent[in_none].headers["traceparent"]).trace_id
    assert len(consumed(receiver.spans, begun)) == 2


@pytest.mark.rabbitmq
def test_a_span_tells_what_was_done_and_nothing_of_a_child(traced, receiver, referrals, four):
    traced.start()

    publish(traced.stage.broker, four)
    traced.until(lambda: len(receiver.spans) == 9)

    decide, price = consumed(receiver.spans, TRACE_ID)
    assert (decide.service, price.service) == ("fosterframe-eligibility", "fosterframe-pricing")
    assert decide.attributes["messaging.destination.name"].startswith("eligibility.")
    assert decide.attributes["messaging.system"] == "rabbitmq"
    assert decide.attributes["fosterframe.message.type"] == REFERRAL_RECEIVED
    assert decide.attributes["fosterframe.message.fate"] == "handled"
    assert len([one for one in receiver.spans if "parked" in one.attributes.values()]) == 1
    told = b"".join(receiver.bodies).decode("latin-1")
    # A trace may say which referral it is about, and nothing else of it.
    secret = set(private_words(referrals[:3])) - {subject_of(one) for one in referrals[:3]}
    assert not [word for word in secret if word in told]


def subject_of(sample):
    return json.loads(sample.body)["subject"]


def consumed(spans, trace_id):
    found = [one for one in spans if one.kind == CONSUMER and one.trace_id == trace_id]
    return sorted(found, key=lambda one: one.service)


@pytest.mark.rabbitmq
@pytest.mark.parametrize("kind", ["absent", "hanging"])
def test_a_receiver_that_does_not_answer_disturbs_neither_the_work_nor_the_end(
    kind, rabbitmq, tmp_path, referrals
):
    hanging = OtlpReceiver(hangs=True)
    endpoint = hanging.url if kind == "hanging" else f"http://127.0.0.1:{free_ports(1)[0]}"
    more = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    scene = Watched(rabbitmq.url, tmp_path, more)
    try:
        scene.start()
        scene.publish(referrals)

        assert len(shortlists(scene, len(referrals))) == len(referrals)
        for worker in scene.workers.values():
            began = time.monotonic()
            assert worker.stop() == 0
            assert time.monotonic() - began < STOPS_WITHIN_SECONDS
        said = scene.eligibility.log.read_text()
        assert said.count("spans are lost") <= 1
        assert "Traceback" not in said
    finally:
        scene.close()
        hanging.close()


IMPORTS = """
import sys
from shared.tracing import tracing_of
import services.__main__, services.serving
from services.running import worker_of
with tracing_of("eligibility", {}) as tracing:
    assert tracing is None
off = {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "x"}
with tracing_of("eligibility", off) as tracing:
    assert tracing is None
heavy = ("opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.proto", "requests")
print([name for name in sys.modules if name.startswith(heavy) or name == "shared.tracing_export"])
"""


def test_without_an_endpoint_nothing_is_imported_that_exports_traces(one_service):
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTS],
        env=one_service,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert ran.stdout.strip() == "[]"
