"""The network between a service and the broker loses every packet, and heals."""

import time

import pytest

from tests.containers import engine
from tests.containers.survival import survive

pytestmark = [pytest.mark.containers, pytest.mark.slow]

CUT_SECONDS = 45
"""More than two heartbeats of the services: both ends have noticed by then."""


def cut_and_survive(system, table, service, seed):
    def strike():
        with engine.cut_between(system.containers(service), system.containers("rabbitmq")):
            time.sleep(CUT_SECONDS)

    survive(
        system,
        table,
        f"network {service} - rabbitmq cut for {CUT_SECONDS} s",
        strike,
        seed=seed,
        has_returned=lambda: True,
    )


def test_referrals_wait_and_none_is_lost_while_eligibility_cannot_reach_the_broker(system, table):
    cut_and_survive(system, table, "eligibility-worker", 301)


def test_decisions_wait_and_none_is_lost_while_pricing_cannot_reach_the_broker(system, table):
    cut_and_survive(system, table, "pricing-worker", 302)
