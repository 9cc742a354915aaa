"""Each process of the two services is killed while it works: nothing is lost or done twice."""

import pytest

from tests.containers import engine
from tests.containers.survival import survive

pytestmark = [pytest.mark.containers, pytest.mark.slow]


def kill_and_survive(system, table, service, seed, has_returned=None):
    def strike():
        engine.kill_process(system.container(service))

    survive(system, table, f"SIGKILL {service}", strike, seed=seed, has_returned=has_returned)


def answers_again(system, service):
    """Return what says whether a service was started anew and answers over HTTP."""
    container = system.container(f"{service}-api")
    before = engine.started_at(container)

    def is_ready():
        if engine.started_at(container) == before:
            return False
        answer = system.get(service, "/readyz")
        return answer is not None and answer.is_success

    return is_ready


def test_each_referral_is_decided_once_though_eligibilitys_worker_is_killed(system, table):
    kill_and_survive(system, table, "eligibility-worker", 101)


def test_each_shortlist_and_price_is_told_once_though_pricings_worker_is_killed(system, table):
    kill_and_survive(system, table, "pricing-worker", 102)


def test_no_message_waits_for_eligibilitys_api_and_it_returns_when_it_is_killed(system, table):
    kill_and_survive(system, table, "eligibility-api", 103, answers_again(system, "eligibility"))


def test_no_message_waits_for_pricings_api_and_it_returns_when_it_is_killed(system, table):
    kill_and_survive(system, table, "pricing-api", 104, answers_again(system, "pricing"))
