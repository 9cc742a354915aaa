"""Our envelopes are CloudEvents to the official library, and its events are messages to us."""

import json
from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings import rabbitmq
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from shared.contracts.event import CONTENT_TYPE, decode, encode
from tests.contracts.goldens import FULL, LEAST, body_of

CORE = ("id", "source", "type", "specversion")


@pytest.mark.parametrize("type_", sorted(FULL))
def test_an_envelope_of_ours_is_read_by_the_cloudevents_library(type_):
    message = rabbitmq.RabbitMQMessage({}, CONTENT_TYPE, encode(decode(body_of(FULL[type_]))))

    read = rabbitmq.from_rabbitmq_event(message)

    assert {name: read.get_attributes()[name] for name in CORE} == {
        name: FULL[type_][name] for name in CORE
    }
    assert read.get_data() == FULL[type_]["data"]


def test_the_library_reads_our_extensions_and_our_time():
    message = rabbitmq.RabbitMQMessage({}, CONTENT_TYPE, body_of(FULL["price.changed.v1"]))

    read = rabbitmq.from_rabbitmq_event(message)

    assert read.get_extension("correlationid") == "P-2024-0144"
    assert read.get_extension("causationid") == "review-2026"
    assert read.get_extension("sequence") == "3"
    assert read.get_time() == datetime(2026, 4, 20, 6, tzinfo=UTC)


@pytest.mark.parametrize("golden", [*FULL.values(), *LEAST.values()], ids=lambda g: g["id"])
def test_an_event_that_the_library_makes_is_read_by_us(golden):
    made = CloudEvent(
        attributes={
            "id": golden["id"],
            "source": golden["source"],
            "type": golden["type"],
            "subject": "whatever concerns it",
            "time": datetime(2026, 3, 12, 9, 41, tzinfo=UTC),
            "datacontenttype": "application/json",
            "correlationid": "of-the-sender",
            "vendorextension": "unknown to us",
        },
        data=golden["data"],
    )

    event = decode(rabbitmq.to_structured_event(made).body)

    assert event.data == decode(body_of(golden)).data
    assert event.time == made.get_time()
    assert event.correlation_id == "of-the-sender"


def test_an_event_that_the_library_fills_in_itself_is_read_by_us():
    golden = LEAST["referral.received.v1"]
    made = CloudEvent(
        attributes={"source": golden["source"], "type": golden["type"]}, data=golden["data"]
    )

    event = decode(rabbitmq.to_structured_event(made).body)

    assert event.id == made.get_id()


@pytest.mark.parametrize("type_", sorted(FULL))
def test_what_the_library_writes_of_our_event_says_what_we_wrote(type_):
    ours = encode(decode(body_of(FULL[type_])))

    theirs = JSONFormat().write(JSONFormat().read(CloudEvent, ours))

    assert json.loads(theirs) == json.loads(ours)
