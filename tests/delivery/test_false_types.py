"""A message counts only where its type is bound: a party writes under its own keys alone."""

import json

import pytest

from shared.contracts import catalogue
from shared.messaging.batch import Intake
from shared.messaging.topology import CONSUMED_QUEUES, DEAD_EXCHANGE, is_bound
from shared.persistence.database import Database
from tests.delivery.small_service import (
    HANDLERS,
    SERVICE,
    clock,
    counted,
    make_tables,
    referral,
    rejected,
    waiting,
)

FALSE = ["eligibility.register", "eligibility.placements", "pricing.decisions", "no.such.queue"]
TRUE = ["eligibility.referrals", "eligibility.emergencies"]


@pytest.fixture
def database(tmp_path):
    opened = Database.open(f"sqlite:///{tmp_path}/service.db")
    make_tables(opened)
    yield opened
    opened.close()


@pytest.fixture
def intake(database):
    return Intake(service=SERVICE, database=database, handlers=HANDLERS, clock=clock())


@pytest.mark.parametrize("queue", FALSE)
def test_a_type_that_is_not_bound_to_its_queue_is_parked_and_rejected(intake, database, queue):
    intake.take([referral("R-1", queue=queue)])

    parked, rejection = waiting(database)
    assert parked.exchange == DEAD_EXCHANGE
    assert parked.headers["x-fosterframe-queue"] == queue
    assert rejected(rejection) == (
        "id-R-1",
        "type",
        "this type of message is not handled by this service",
    )
    assert "routing key" in json.loads(rejection.body)["data"]["advice"]
    assert counted(database) == []


@pytest.mark.parametrize("queue", TRUE)
def test_the_same_message_is_handled_where_its_type_is_bound(intake, database, queue):
    intake.take([referral("R-1", queue=queue)])

    assert counted(database) == ["R-1"]


def test_a_false_one_in_a_batch_fails_alone(intake, database):
    intake.take([referral("R-1"), referral("R-2", queue=FALSE[0]), referral("R-3")])

    assert counted(database) == ["R-1", "R-3"]


@pytest.mark.parametrize(
    ("type_", "queues"),
    [
        (
            catalogue.REFERRAL_RECEIVED,
            {"eligibility.emergencies", "eligibility.referrals"},
        ),
        (catalogue.ELIGIBILITY_DECIDED, {"pricing.emergencies", "pricing.decisions"}),
        (catalogue.PLACEMENT_STARTED, {"eligibility.placements", "pricing.placements"}),
        (catalogue.PROVIDER_UPDATED, {"eligibility.register", "pricing.register"}),
        (catalogue.FINANCE_ACKNOWLEDGED, {"pricing.acknowledgements"}),
        (catalogue.PRICE_CHANGED, set()),
    ],
)
def test_every_type_has_its_queues_of_the_services(type_, queues):
    every = [queue for read in CONSUMED_QUEUES.values() for queue in read]

    assert {queue for queue in every if is_bound(type_, queue)} == queues
