"""A RabbitMQ or a PostgreSQL that is killed while both services work: nothing lost or doubled."""

import pytest

from services.demo.samples import good_referrals
from tests.survival.counts import assert_all_is_accounted_for
from tests.survival.kills import kill_in_the_middle
from tests.survival.scene import FIRST_DAY, LAST_DAY

pytestmark = [pytest.mark.rabbitmq, pytest.mark.slow]

REFERRALS = 2_000
SEED = 20261122


@pytest.fixture(scope="module")
def referrals():
    return good_referrals(REFERRALS, SEED, FIRST_DAY, LAST_DAY)


def survive_kills(scene, server, referrals, *, times):
    scene.publish(referrals)
    scene.eligibility.start()
    scene.pricing.start()

    kill_in_the_middle(scene, server, scene.decided, of=len(referrals), times=times, seed=SEED)

    scene.until_all_is_told(decided=len(referrals), heard=len(referrals))
    assert_all_is_accounted_for(scene, referrals)


def test_nothing_is_lost_or_decided_twice_though_rabbitmq_is_killed_twice(
    scene, rabbitmq, referrals
):
    survive_kills(scene, rabbitmq, referrals, times=2)


@pytest.mark.postgresql
def test_nothing_is_lost_or_decided_twice_though_postgresql_is_killed_three_times(
    scene_on_postgresql, postgresql, referrals
):
    survive_kills(scene_on_postgresql, postgresql, referrals, times=3)
