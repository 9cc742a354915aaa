"""A batch of deliveries on SQLite and on PostgreSQL."""

import threading

import pytest

from shared.messaging.batch import Intake
from shared.persistence.database import Database
from tests.delivery.batch_promises import BatchPromises
from tests.delivery.small_service import (
    HANDLERS,
    SERVICE,
    clock,
    counted,
    log_length,
    make_tables,
    referral,
    waiting,
)


@pytest.fixture
def database_of_another_life(tmp_path):
    opened = Database.open(f"sqlite:///{tmp_path}/another-life.db")
    make_tables(opened)
    yield opened
    opened.close()


class TestSqlite(BatchPromises):
    @pytest.fixture
    def url(self, tmp_path):
        return f"sqlite:///{tmp_path}/service.db"


@pytest.mark.postgresql
class TestPostgresql(BatchPromises):
    @pytest.fixture
    def url(self, postgresql):
        return postgresql.url

    def test_two_workers_on_one_database_handle_each_message_once(self, database):
        messages = [referral(f"R-{number}") for number in range(200)]
        intakes = [
            Intake(service=SERVICE, database=database, handlers=HANDLERS, clock=clock())
            for _ in range(2)
        ]

        def work_through(intake, ordered):
            for first in range(0, len(ordered), 20):
                intake.take(ordered[first : first + 20])

        workers = [
            threading.Thread(target=work_through, args=(intakes[0], messages)),
            threading.Thread(target=work_through, args=(intakes[1], messages[::-1])),
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)

        handled = sum(intake.measures.messages_by_fate()["handled"] for intake in intakes)
        assert handled == len(counted(database)) == log_length(database) == 200
        assert len(waiting(database)) == 200
