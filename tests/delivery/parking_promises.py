"""What is promised of messages that fail. A subclass gives `intake` and `database`."""

import json
import logging

import pytest

from shared.contracts.catalogue import MESSAGE_REJECTED
from shared.errors import CannotSucceed
from shared.logs import LineFormatter
from shared.messaging.batch import Intake
from shared.messaging.message import EXCHANGE
from shared.messaging.topology import DEAD_EXCHANGE
from tests.delivery.small_service import (
    BORN,
    HANDLERS,
    QUEUE,
    SERVICE,
    clock,
    counted,
    delivery,
    document,
    referral,
    rejected,
    waiting,
    withdrawal,
)


class ParkingPromises:
    """Inherit, and give fixtures `database` and `intake`."""

    # Parked, waiting, rejected.

    def test_a_parked_message_says_all_that_is_needed_to_judge_and_replay_it(
        self, intake, database
    ):
        arrived = referral("never-1")

        intake.take([arrived])

        parked, _ = waiting(database)
        assert (parked.exchange, parked.routing_key) == (DEAD_EXCHANGE, "eligibility.dead")
        assert (parked.body, parked.message_id) == (arrived.body, "id-never-1")
        assert parked.headers == {
            "x-fosterframe-attempt": 2,
            "x-fosterframe-queue": QUEUE,
            "x-fosterframe-reason": "no such purchaser",
            "x-fosterframe-field": "data.purchaser",
            "x-fosterframe-advice": "Name another.",
            "x-fosterframe-parked-at": "2026-11-22T09:00:00+00:00",
        }

    def test_the_sender_is_told_which_message_which_field_and_why(self, intake, database):
        intake.take([referral("never-1")])

        _, rejection = waiting(database)
        assert (rejection.exchange, rejection.routing_key) == (EXCHANGE, MESSAGE_REJECTED)
        assert rejection.correlation_id == "never-1"
        assert json.loads(rejection.body)["data"] == {
            "message_id": "id-never-1",
            "message_type": "referral.received.v1",
            "queue": QUEUE,
            "field": "data.purchaser",
            "reason": "no such purchaser",
            "advice": "Name another.",
        }

    def test_a_handler_that_gives_no_reason_does_no_harm(self, database):
        def silent(_work, _event):
            raise CannotSucceed("")

        handlers = dict.fromkeys(HANDLERS, silent)
        Intake(service=SERVICE, database=database, handlers=handlers, clock=clock()).take(
            [referral("R-1")]
        )

        _, rejection = waiting(database)
        assert rejected(rejection) == ("id-R-1", "", "it cannot be handled")

    def test_a_message_that_may_yet_succeed_goes_down_the_ladder_and_is_parked(
        self, intake, database
    ):
        for attempt in (1, 2, 3, 4):
            intake.take([referral("later-1", attempt=attempt)])

        *ladder, parked, rejection = waiting(database)
        assert [one.exchange for one in ladder] == [
            "eligibility.retry.5s",
            "eligibility.retry.30s",
            "eligibility.retry.300s",
        ]
        assert {one.routing_key for one in ladder} == {QUEUE}
        assert [one.headers["x-fosterframe-attempt"] for one in ladder] == [2, 3, 4]
        assert parked.headers["x-fosterframe-reason"] == "no rate for that day yet (tried 4 times)"
        assert rejection.type == MESSAGE_REJECTED

    def test_a_message_that_waited_is_handled_once_when_it_comes_back(self, intake, database):
        handlers = dict.fromkeys(HANDLERS, lambda *_: None)
        mended = Intake(service=SERVICE, database=database, handlers=handlers, clock=clock())
        intake.take([referral("later-1")])

        mended.take([referral("later-1", attempt=2), referral("later-1", attempt=2)])

        assert mended.measures.messages_by_fate() == {"handled": 1, "duplicate": 1}

    def test_a_lost_acknowledgement_does_not_make_it_wait_or_be_parked_twice(
        self, intake, database
    ):
        intake.take([referral("later-1"), referral("never-1")])
        before = waiting(database)

        intake.take(
            [
                referral("later-1", is_redelivered=True),
                referral("never-1", is_redelivered=True),
            ]
        )

        assert waiting(database) == before

    @pytest.mark.parametrize("told", [0, -1, 1001, True, "2", 2**70])
    def test_an_attempt_that_we_cannot_have_written_counts_as_the_first(
        self, intake, database, told
    ):
        intake.take([referral("later-1", attempt=told)])

        (retry,) = waiting(database)
        assert retry.exchange == "eligibility.retry.5s"
        assert retry.headers["x-fosterframe-attempt"] == 2

    def test_a_type_without_a_handler_is_parked(self, intake, database):
        intake.take([delivery(withdrawal())])

        _, rejection = waiting(database)
        assert rejected(rejection)[1:] == (
            "type",
            "this type of message is not handled by this service",
        )

    # Ids, and what cannot be read.

    def test_without_a_message_id_the_events_own_id_counts(self, intake):
        intake.take([referral("R-1", message_id=""), referral("R-1")])

        assert intake.measures.messages_by_fate() == {"handled": 1, "duplicate": 1}

    def test_an_event_under_another_message_id_is_parked(self, intake, database):
        intake.take([referral("R-1", message_id="another")])

        _, rejection = waiting(database)
        assert rejected(rejection)[:2] == ("another", "id")

    def test_a_malformed_event_is_rejected_under_the_id_in_its_envelope(self, intake, database):
        bad = document("R-1")
        bad["data"]["purchaser"] = 7

        intake.take([delivery(bad, message_id="")])

        _, rejection = waiting(database)
        assert rejected(rejection)[:2] == ("id-R-1", "data.purchaser")

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'"' + b"a" * 10_000_000 + b'"', b"null"],
        ids=["empty", "cut off", "not UTF-8", "deep", "10 MB", "no object"],
    )
    def test_a_body_that_cannot_be_read_is_parked_under_an_id_of_its_content(
        self, intake, database, body
    ):
        intake.take([delivery(body, message_id=""), referral("R-1")])

        assert counted(database) == ["R-1"]
        parked, rejection, _ = waiting(database)
        assert parked.body == body
        assert len(parked.message_id) == 36
        assert rejected(rejection)[0] == parked.message_id

    @pytest.mark.parametrize("field", ["id", "subject", "correlationid", "source"])
    def test_a_text_that_no_column_can_keep_is_refused_by_its_field(self, intake, database, field):
        bad = document("R-1", **{field: "a\x00b"})

        intake.take([delivery(bad, message_id=""), referral("R-2")])

        assert counted(database) == ["R-2"]
        rejection = waiting(database)[1]
        assert rejected(rejection)[1] == field

    @pytest.mark.parametrize("message_id", ["a\x00b", "é" * 150, "x" * 201])
    def test_a_message_id_that_no_column_can_keep_is_replaced(self, intake, database, message_id):
        intake.take([referral("R-1", message_id=message_id), referral("R-2")])

        assert counted(database) == ["R-2"]
        parked = waiting(database)[0]
        assert parked.message_id == "id-R-1"

    # No child data leaves the body.

    @pytest.mark.parametrize("bad", ["never-1", "bug-1", "statement-1", "row-1", "future"])
    def test_neither_headers_nor_rejections_nor_log_lines_repeat_what_is_in_the_body(
        self, intake, database, caplog, bad
    ):
        told = document(bad)
        if bad == "future":
            told["data"]["children"][0]["date_of_birth"] = "2027-08-09"
        headers = {"child-name": "Alex", "traceparent": "Alex"}
        caplog.set_level(logging.DEBUG)

        for attempt in (1, 2, 3, 4):
            intake.take([delivery(told, attempt=attempt, headers=headers)])

        out = waiting(database)
        said = [str(one.headers) + one.correlation_id + one.type for one in out]
        said += [one.body.decode() for one in out if one.type == MESSAGE_REJECTED]
        as_written = LineFormatter(SERVICE, as_json=True).format
        said += [as_written(record) for record in caplog.records]
        for secret in (BORN, "2027-08-09", "C-77", "Alex"):
            assert not [text for text in said if secret in text]
