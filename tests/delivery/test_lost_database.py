"""A PostgreSQL that is killed in mid-work: nothing is lost and nothing is done twice."""

import psycopg
import pytest

from shared.messaging.embedded.broker import EmbeddedBroker
from shared.persistence.database import Database
from tests.delivery.small_service import (
    NOW,
    PASSED_ON,
    counted,
    log_length,
    make_tables,
    sent,
    waiting,
)
from tests.delivery.worker_promises import WorkerPromises, depth, publish, read_all, until

pytestmark = pytest.mark.postgresql


def nobody_is_let_in(url):
    with pytest.raises(psycopg.errors.ConnectionTimeout):
        psycopg.connect(url, connect_timeout=2)


@pytest.fixture
def broker():
    return EmbeddedBroker()


class TestOnPostgresql(WorkerPromises):
    @pytest.fixture
    def database(self, postgresql):
        opened = Database.open(postgresql.url)
        make_tables(opened)
        yield opened
        opened.close()

    def test_a_database_killed_in_mid_work_and_restarted_loses_and_doubles_nothing(
        self, broker, postgresql, database, workers
    ):
        publish(broker, *[sent(f"R-{number}") for number in range(600)])
        one = workers(limit=10).start()

        for enough in (50, 250):
            until(lambda enough=enough: len(counted(database)) >= enough)
            postgresql.kill()
            until(lambda: not one.worker.health.readiness(NOW).is_ready)
            postgresql.start()

        until(lambda: len(counted(database)) == 600)
        until(lambda: waiting(database) == [])
        assert log_length(database) == 600
        assert len({one.message_id for one in read_all(broker, PASSED_ON)}) == 600

    def test_a_database_that_freezes_in_mid_work_and_thaws_loses_and_doubles_nothing(
        self, broker, postgresql, database, workers
    ):
        publish(broker, *[sent(f"R-{number}") for number in range(600)])
        workers(limit=10).start()

        until(lambda: len(counted(database)) >= 50)
        postgresql.freeze()
        nobody_is_let_in(postgresql.url)
        postgresql.thaw()

        until(lambda: len(counted(database)) == 600)
        until(lambda: waiting(database) == [])
        assert log_length(database) == 600
        assert len({one.message_id for one in read_all(broker, PASSED_ON)}) == 600

    def test_a_worker_that_starts_while_its_database_is_frozen_begins_when_it_thaws(
        self, broker, postgresql, database, workers
    ):
        publish(broker, sent("R-1"))
        database.close()
        postgresql.freeze()

        one = workers().start()
        until(lambda: "the database does not answer" in one.worker.health.readiness(NOW).reasons)
        postgresql.thaw()

        until(lambda: depth(broker, PASSED_ON) == 1)

    def test_two_workers_share_one_database_and_handle_each_message_once(
        self, broker, database, workers
    ):
        publish(broker, *[sent(f"R-{number}") for number in range(600)])

        pair = [workers(limit=20).start(), workers(limit=20).start()]

        until(lambda: depth(broker, PASSED_ON) == 600)
        shares = [one.worker.measures.messages_by_fate()["handled"] for one in pair]
        assert sum(shares) == len(counted(database)) == log_length(database) == 600
