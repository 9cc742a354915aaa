"""What is promised of a batch of deliveries. A subclass says which database, by a fixture `url`."""

import json

import pytest
from sqlalchemy import text

from shared.contracts.catalogue import FINANCE_ACKNOWLEDGED
from shared.errors import DatabaseAway
from shared.messaging.batch import Intake
from shared.messaging.topology import DEAD_EXCHANGE
from shared.persistence.database import Database
from tests.delivery.parking_promises import ParkingPromises
from tests.delivery.small_service import (
    COUNTED,
    HANDLERS,
    LIGHT_HANDLERS,
    SERVICE,
    clock,
    counted,
    delivery,
    document,
    log_length,
    make_tables,
    referral,
    rejected,
    waiting,
)


class BatchPromises(ParkingPromises):
    """Inherit, and give a fixture `url` of an empty database that nobody else uses."""

    @pytest.fixture
    def database(self, url):
        opened = Database.open(url)
        make_tables(opened)
        yield opened
        opened.close()

    @pytest.fixture
    def intake(self, database):
        return Intake(service=SERVICE, database=database, handlers=HANDLERS, clock=clock())

    @pytest.fixture
    def light(self, database):
        return Intake(service=SERVICE, database=database, handlers=LIGHT_HANDLERS, clock=clock())

    # Once and only once.

    def test_each_message_is_handled_and_what_follows_waits_to_be_published(self, intake, database):
        intake.take([referral("R-1"), referral("R-2")])

        assert counted(database) == ["R-1", "R-2"]
        assert [one.type for one in waiting(database)] == [
            FINANCE_ACKNOWLEDGED,
            FINANCE_ACKNOWLEDGED,
        ]
        assert log_length(database) == 2

    def test_a_second_delivery_does_nothing(self, intake, database):
        intake.take([referral("R-1")])
        before = waiting(database)

        intake.take([referral("R-1", is_redelivered=True)])

        assert counted(database) == ["R-1"]
        assert waiting(database) == before
        assert intake.measures.messages_by_fate() == {"handled": 1, "duplicate": 1}

    def test_the_same_message_twice_in_one_batch_is_handled_once(self, intake, database):
        intake.take([referral("R-1"), referral("R-1")])

        assert counted(database) == ["R-1"]
        assert len(waiting(database)) == 1

    def test_other_content_under_the_same_id_is_parked_and_rejected(self, intake, database):
        intake.take([referral("R-1")])

        intake.take([delivery(document("R-2", id="id-R-1"))])

        assert counted(database) == ["R-1"]
        _, parked, rejection = waiting(database)
        assert parked.exchange == DEAD_EXCHANGE
        assert rejected(rejection) == (
            "id-R-1",
            "id",
            "an event with this id and other content was received before",
        )

    def test_other_content_under_the_same_id_in_one_batch_is_parked(self, intake, database):
        intake.take([referral("R-1"), delivery(document("R-2", id="id-R-1"))])

        assert counted(database) == ["R-1"]
        assert intake.measures.messages_by_fate() == {"handled": 1, "parked": 1}

    def test_what_follows_has_the_same_id_when_the_work_is_done_again(
        self, intake, database, database_of_another_life
    ):
        again = Intake(
            service=SERVICE, database=database_of_another_life, handlers=HANDLERS, clock=clock()
        )

        intake.take([referral("R-1")])
        again.take([referral("R-1")])

        (first,), (second,) = waiting(database), waiting(database_of_another_life)
        assert first.message_id == second.message_id

    def test_what_follows_tells_its_cause_its_referral_and_its_trace(self, intake, database):
        trace = f"00-{'a' * 32}-{'b' * 16}-01"

        intake.take([delivery(document("R-1", traceparent=trace))])

        (one,) = waiting(database)
        body = json.loads(one.body)
        assert (body["causationid"], body["correlationid"]) == ("id-R-1", "R-1")
        assert (body["traceparent"], one.headers) == (trace, {"traceparent": trace})
        assert body["source"] == "urn:fosterframe:eligibility"

    # A bad message fails alone.

    @pytest.mark.parametrize("bad", ["never-1", "later-1", "bug-1", "statement-1", "row-1"])
    def test_a_bad_message_in_a_batch_fails_alone(self, intake, database, bad):
        intake.take([referral("R-1"), referral(bad), referral("R-2")])

        assert counted(database) == ["R-1", "R-2"]
        passed_on = [one for one in waiting(database) if one.type == FINANCE_ACKNOWLEDGED]
        assert len(passed_on) == 2
        assert log_length(database) == 2

    @pytest.mark.parametrize("bad", ["never-1", "later-1", "bug-1", "row-1"])
    def test_a_bad_message_fails_alone_where_nobody_touched_the_connection(
        self, light, database, bad
    ):
        light.take([referral("R-1"), referral(bad), referral("R-2")])

        with database.reading() as connection:
            ids = connection.scalars(COUNTED.select().order_by(COUNTED.c.referral_id)).all()
        assert ids == ["R-1", "R-2"]

    def test_two_messages_whose_rows_contradict_do_not_harm_the_others(self, light):
        same_row = delivery(document("R-1", id="another-id"))

        light.take([referral("R-1"), same_row, referral("R-2")])

        assert light.measures.messages_by_fate() == {"handled": 2, "waiting": 1}

    def test_a_batch_that_is_wholly_bad_is_settled(self, intake, database):
        intake.take([delivery(b"{"), delivery(b"[]"), referral("never-1")])

        assert intake.measures.messages_by_fate() == {"parked": 3}
        assert len(waiting(database)) == 6

    # The database goes away.

    def test_when_the_database_is_away_nothing_is_settled(self, intake, database):
        def lose_it(work, event):  # noqa: ARG001 - a handler's signature
            raise DatabaseAway("gone")

        lost = Intake(
            service=SERVICE,
            database=database,
            handlers=dict.fromkeys(HANDLERS, lose_it),
            clock=clock(),
        )

        with pytest.raises(DatabaseAway):
            lost.take([referral("R-1")])
        intake.take([referral("R-1", is_redelivered=True)])

        assert counted(database) == ["R-1"]

    def test_a_handler_sees_what_earlier_messages_of_its_batch_added(self, database):
        seen = []

        def look(work, event):
            seen.append(work.connection.scalar(text("SELECT count(*) FROM counted")))
            work.add(COUNTED, {"referral_id": event.data.referral_id})

        intake = Intake(
            service=SERVICE,
            database=database,
            handlers=dict.fromkeys(HANDLERS, look),
            clock=clock(),
        )

        intake.take([referral("R-1"), referral("R-2"), referral("R-3")])

        assert seen == [0, 1, 2]

    def test_a_handler_may_read_for_the_whole_batch_at_once(self, database):
        seen = []

        def read_ahead(work, event):
            if "all" not in work.memory:
                work.memory["all"] = [one.data.referral_id for one in work.batch]
            seen.append((event.data.referral_id, work.memory["all"]))

        intake = Intake(
            service=SERVICE,
            database=database,
            handlers=dict.fromkeys(HANDLERS, read_ahead),
            clock=clock(),
        )

        intake.take([referral("R-1"), delivery(b"{"), referral("R-2")])

        assert seen == [("R-1", ["R-1", "R-2"]), ("R-2", ["R-1", "R-2"])]
