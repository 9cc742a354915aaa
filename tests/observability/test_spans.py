"""Where a span stands: under its cause, at the same place each time, and told when committed."""

import json
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from services.requests_seen import RequestsSeen, SeenOnTheWay
from shared.contracts.catalogue import FINANCE_ACKNOWLEDGED
from shared.messaging.batch import Intake
from shared.persistence.database import Database
from shared.tracing import Tracing, context_of
from tests.delivery.small_service import (
    HANDLERS,
    SERVICE,
    clock,
    delivery,
    document,
    make_tables,
    referral,
    waiting,
)

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


class KeptSpans:
    """An export that keeps what it is told."""

    def __init__(self):
        self.spans = []

    def is_sampled(self, _trace_id):
        return True

    def tell(self, span):
        self.spans.append(span)


@pytest.fixture
def export():
    return KeptSpans()


@pytest.fixture
def intakes(tmp_path, export):
    made = []

    def make():
        database = Database.open(f"sqlite:///{tmp_path}/{len(made)}.db")
        make_tables(database)
        made.append(database)
        return Intake(
            service=SERVICE,
            database=database,
            handlers=HANDLERS,
            clock=clock(),
            retry_delays_seconds=(5,),
            tracing=Tracing(export),
        )

    yield make
    for database in made:
        database.close()


def test_work_that_is_done_again_makes_the_same_messages_byte_for_byte(intakes):
    first, second = intakes(), intakes()
    for intake in (first, second):
        intake.take([delivery(document("R-1", traceparent=PARENT)), referral("R-2", tag=2)])

    sent = [[one.body for one in waiting(intake.database)] for intake in (first, second)]

    assert sent[0] == sent[1]


def test_what_follows_stands_under_the_span_of_its_cause(intakes, export):
    intake = intakes()

    intake.take([delivery(document("R-1", traceparent=PARENT))])

    [span] = export.spans
    [message] = waiting(intake.database)
    assert span.parent == context_of(PARENT)
    assert span.context.trace_id == TRACE_ID
    assert json.loads(message.body)["traceparent"] == span.context.traceparent
    assert message.headers == {"traceparent": span.context.traceparent}


NO_TRACES = {
    "a child's name": "Tommy born 2015",
    "a number": 123456789,
    "a list": [PARENT],
    "no end": "0" * 5000,
    "not ASCII": "\u00fc" * 55,
    "a version that is not one": f"ff{PARENT[2:]}",
}


@pytest.mark.parametrize("trace", NO_TRACES.values(), ids=NO_TRACES)
@pytest.mark.parametrize("is_traced", [True, False])
def test_a_trace_that_is_none_holds_up_no_child_and_is_passed_on_to_nobody(
    trace, is_traced, intakes, export
):
    intake = intakes() if is_traced else replace(intakes(), tracing=None)

    intake.take([delivery(document("R-1", traceparent=trace), headers={"traceparent": trace})])

    [message] = waiting(intake.database)
    assert message.type == FINANCE_ACKNOWLEDGED
    assert ("traceparent" in message.headers) is is_traced
    assert json.dumps(trace) not in message.body.decode()
    assert len(export.spans) == is_traced
    assert not is_traced or export.spans[0].parent is None


def test_a_trace_of_a_later_version_of_the_standard_is_followed(intakes, export):
    intakes().take([delivery(document("R-1", traceparent=f"01{PARENT[2:]}"))])

    assert export.spans[0].parent == context_of(PARENT)


def test_who_takes_no_traces_passes_on_what_stands_beside_the_event_too(intakes):
    intake = replace(intakes(), tracing=None)

    intake.take([delivery(document("R-1"), headers={"traceparent": PARENT})])

    [message] = waiting(intake.database)
    assert message.headers == {"traceparent": PARENT}
    assert json.loads(message.body)["traceparent"] == PARENT


def test_a_duplicate_is_no_span_and_what_failed_says_so(intakes, export):
    intake = intakes()

    intake.take([referral("R-1"), referral("R-1", tag=2), referral("never-1", tag=3)])

    assert [
        (one.attributes["fosterframe.message.fate"], one.is_failed) for one in export.spans
    ] == [
        ("handled", False),
        ("parked", True),
    ]


def test_each_attempt_at_a_message_is_a_span_of_its_own(intakes, export):
    intake = intakes()

    intake.take([referral("later-1")])
    intake.take([referral("later-1", attempt=2)])

    assert [one.attributes["fosterframe.message.attempt"] for one in export.spans] == [1, 2]
    assert len({one.context.span_id for one in export.spans}) == 2


@pytest.mark.parametrize(
    "told",
    [
        "",
        "Alex",
        f"ff-{TRACE_ID}-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE_ID}-{'0' * 16}-01",
        PARENT.upper(),
    ],
)
def test_what_is_no_place_in_a_trace_is_none(told):
    assert context_of(told) is None


def test_a_request_is_a_span_named_by_its_route(export):
    app = FastAPI()
    app.add_middleware(SeenOnTheWay, seen=RequestsSeen(), tracing=Tracing(export))

    @app.get("/v1/placements/{placement_id}")
    def placement(placement_id: str) -> str:
        return placement_id

    TestClient(app).get("/v1/placements/P-1", headers={"traceparent": PARENT})

    [span] = export.spans
    assert (span.name, span.kind) == ("GET /v1/placements/{placement_id}", "server")
    assert span.parent == context_of(PARENT)
    assert "P-1" not in str(span)
    assert span.attributes["http.response.status_code"] == 200
