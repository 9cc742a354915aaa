"""Work that a person or the clock causes: all of it or none, and the same ids again."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from shared.contracts.catalogue import PLACEMENT_ENDED
from shared.contracts.placement import PlacementEnded
from shared.messaging.work import work_on
from shared.persistence.database import Database
from tests.delivery.small_service import COUNTED, NOW, clock, log_length, make_tables, waiting

ENDED = PlacementEnded(placement_id="P-1", end_date=date(2026, 12, 1))


@pytest.fixture
def database(tmp_path):
    opened = Database.open(f"sqlite:///{tmp_path}/service.db")
    make_tables(opened)
    yield opened
    opened.close()


def work(database, cause_id="tick 2026-11-22"):
    return work_on(database, clock(), "pricing", cause_id=cause_id)


def test_rows_messages_and_log_are_written_together(database):
    with work(database) as one:
        one.add(COUNTED, {"referral_id": "R-1"})
        one.send(one.follow(PLACEMENT_ENDED, "P-1", ENDED))
        one.record("ended", "P-1", b"{}")

    assert len(waiting(database)) == log_length(database) == 1


def test_when_it_fails_nothing_is_written_and_nothing_published(database):
    def fails_halfway():
        with work(database) as one:
            one.add(COUNTED, {"referral_id": "R-1"})
            one.flush()
            one.send(one.follow(PLACEMENT_ENDED, "P-1", ENDED))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_halfway()

    assert waiting(database) == []
    with database.reading() as connection:
        assert connection.execute(select(COUNTED)).all() == []


def test_what_was_flushed_can_be_read_back(database):
    with work(database) as one:
        one.add(COUNTED, {"referral_id": "R-1"})
        one.flush()

        assert one.connection.scalars(select(COUNTED.c.referral_id)).all() == ["R-1"]


def test_the_same_work_done_again_makes_the_same_ids(database):
    ids = []
    for _ in range(2):
        with work(database) as one:
            events = [one.follow(PLACEMENT_ENDED, "P-1", ENDED) for _ in range(2)]
            ids.append([event.id for event in events])

    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2


def test_other_work_makes_other_ids(database):
    ids = set()
    for cause in ("tick 2026-11-22", "tick 2026-11-23"):
        with work(database, cause) as one:
            ids.add(one.follow(PLACEMENT_ENDED, "P-1", ENDED).id)

    assert len(ids) == 2


def test_the_day_of_the_work_is_the_day_in_london(database):
    with work(database) as one:
        assert (one.now, one.today) == (NOW, date(2026, 11, 22))


def test_a_message_goes_where_it_is_told(database):
    with work(database) as one:
        one.send(one.follow(PLACEMENT_ENDED, "P-1", ENDED), routing_key="elsewhere")

    (message,) = waiting(database)
    assert (message.routing_key, message.type) == ("elsewhere", PLACEMENT_ENDED)


def test_data_that_is_written_already_is_sent_as_it_is(database):
    written = b'{"placement_id":"P-1","end_date":"2026-12-01"}'

    with work(database) as one:
        event = one.follow(PLACEMENT_ENDED, "P-1", ENDED)
        one.send(event)
        one.send(event, written=written)

    bodies = [json.loads(message.body) for message in waiting(database)]
    assert bodies[0] == bodies[1]
