"""A worker that is killed in the middle of its work, again and again: nothing lost or doubled."""

import pytest

from services.demo.reckoning import placement_checks
from services.demo.sample_placements import sample_placements
from services.demo.samples import good_referrals
from services.demo.stage import current_timelines
from shared.contracts.placement import PlacementStarted
from shared.messaging.topology import CONSUMED_QUEUES
from tests.survival.counts import (
    assert_all_is_accounted_for,
    assert_every_decision_was_told,
    assert_every_shortlist_was_told,
    assert_nothing_is_left,
    price_changes_in_order,
)
from tests.survival.kills import kill_in_the_middle
from tests.survival.scene import FIRST_DAY, LAST_DAY, TOLD_AT

pytestmark = [pytest.mark.rabbitmq, pytest.mark.slow]

REFERRALS = 2_000
SEED = 20261122


@pytest.fixture(scope="module")
def referrals():
    return good_referrals(REFERRALS, SEED, FIRST_DAY, LAST_DAY)


def survive_kills_of_eligibility(scene, referrals):
    scene.publish(referrals)
    scene.eligibility.start()
    scene.pricing.start()

    kill_in_the_middle(
        scene, scene.eligibility, scene.decided, of=len(referrals), times=4, seed=SEED
    )

    scene.until_all_is_told(decided=len(referrals), heard=len(referrals))
    assert_all_is_accounted_for(scene, referrals)


def test_each_referral_is_decided_once_though_eligibility_is_killed_four_times(scene, referrals):
    survive_kills_of_eligibility(scene, referrals)


@pytest.mark.postgresql
def test_on_postgresql_too_each_referral_is_decided_once_though_eligibility_is_killed(
    scene_on_postgresql, referrals
):
    survive_kills_of_eligibility(scene_on_postgresql, referrals)


def test_each_shortlist_is_told_though_pricing_is_killed_three_times(scene, referrals):
    scene.publish(referrals)
    scene.eligibility.start()
    scene.pricing.start()

    kill_in_the_middle(
        scene, scene.pricing, scene.heard_by_pricing, of=len(referrals), times=3, seed=SEED + 1
    )

    scene.until_all_is_told(decided=len(referrals), heard=len(referrals))
    assert_all_is_accounted_for(scene, referrals)


def test_what_finance_hears_adds_up_though_pricing_is_killed_amid_placements(
    scene_of_one_instant, referrals
):
    scene = scene_of_one_instant
    placements = placements_on_shortlists(scene, referrals)
    heard = len(referrals) + len(placements)
    scene.publish(placements)
    scene.pricing.start()

    kill_in_the_middle(
        scene,
        scene.pricing,
        lambda: scene.heard_by_pricing() - len(referrals),
        of=len(placements),
        times=3,
        seed=SEED + 2,
    )

    scene.eligibility.start()
    scene.until_all_is_told(decided=len(referrals), heard=heard)
    changes = price_changes_in_order(scene)
    started = {
        one.data.placement_id for one in placements if isinstance(one.data, PlacementStarted)
    }
    checks = placement_checks(started, changes, current_timelines(scene.stage.desk))
    assert len(changes) >= len(started)
    assert [check for check in checks if not check.holds] == []
    assert_nothing_is_left(scene)


def placements_on_shortlists(scene, referrals):
    """Let both services work in peace, and return placements on the shortlists that they make."""
    scene.publish(referrals)
    scene.eligibility.start()
    scene.pricing.start()
    scene.until_all_is_told(decided=len(referrals), heard=len(referrals))
    assert_every_decision_was_told(scene, referrals)
    shortlists = assert_every_shortlist_was_told(scene, referrals)
    placements = sample_placements(shortlists, referrals, SEED, TOLD_AT.date())
    assert scene.left_in_queues(besides=CONSUMED_QUEUES["pricing"]) == {}
    return [one for one in placements if one.fate == "handled"]
