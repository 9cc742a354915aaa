"""What another rulebook would have made of referrals: who gains, who loses, who is first."""

import pytest

from services.eligibility.decision import decide
from services.eligibility.trials.simulation import REFERRALS_LISTED, Simulation
from tests.eligibility.builders import agency, child, policy, referral, register
from tests.eligibility.rulebooks_tried import GOOD_IS_NOT_MET, GOOD_IS_REFERRED, proved, written

OUTSTANDING, GOOD = "SC990001", "SC990002"
REGISTER = register(
    agency(urn=OUTSTANDING, judged="outstanding", tier=2, lots=("core",)),
    agency(urn=GOOD, judged="good", tier=1, lots=("core", "sibling_group")),
)
CORE = referral(referral_id="R1", children=(child(12),))
SIBLINGS = referral(
    referral_id="R2",
    placement_type="sibling_group",
    children=(child(6, ref="C1"), child(12, ref="C2")),
)
NOBODYS = referral(referral_id="R3", placement_type="disabled_child", children=(child(6),))
STOPPED = referral(referral_id="R4", in_house_search="not_done", children=(child(16),))
ASKED = (CORE, SIBLINGS, NOBODYS, STOPPED)


@pytest.fixture(scope="module")
def stricter(tmp_path_factory):
    """Return a policy by which a person decides about good agencies."""
    folder = tmp_path_factory.mktemp("rulebooks")
    return proved(written(folder / "stricter.yaml", *GOOD_IS_REFERRED))


@pytest.fixture(scope="module")
def strictest(tmp_path_factory):
    """Return a policy by which good agencies are not eligible."""
    folder = tmp_path_factory.mktemp("rulebooks")
    return proved(written(folder / "strictest.yaml", *GOOD_IS_NOT_MET))


def simulated(before, after, asked=ASKED):
    counts = Simulation()
    for one in asked:
        panel = REGISTER.panel(one.start_date)
        counts.add(decide(one, panel, before), decide(one, panel, after))
    return counts.told()


def named(told):
    return {change: listed["referrals"] for change, listed in told["changes"].items()}


def test_the_same_rulebook_changes_nothing():
    told = simulated(policy(), policy())

    assert told["referrals"] == 4
    assert told["agencies"] == []
    assert all(listed == {"count": 0, "referrals": []} for listed in told["changes"].values())


def test_a_stricter_rulebook_costs_an_agency_its_referrals(stricter):
    told = simulated(policy(), stricter)

    assert told["agencies"] == [
        {
            "agency": GOOD,
            "name": f"Agency {GOOD}",
            "gains": 0,
            "loses": 2,
            "became": {"not_eligible": 0, "refer": 2, "eligible": 0},
        }
    ]


def test_a_referral_that_loses_its_last_eligible_agency_is_named(stricter):
    assert named(simulated(policy(), stricter)) == {
        "loses_last_eligible": ["R2"],
        "gains_first_eligible": [],
        "first_changes": ["R1"],
        "shortlist_changes": ["R1"],
    }


def test_what_one_rulebook_loses_the_other_gains(stricter):
    told = simulated(stricter, policy())

    assert named(told) == {
        "loses_last_eligible": [],
        "gains_first_eligible": ["R2"],
        "first_changes": ["R1"],
        "shortlist_changes": ["R1"],
    }
    [good] = told["agencies"]
    assert (good["gains"], good["loses"]) == (2, 0)
    assert good["became"] == {"not_eligible": 0, "refer": 0, "eligible": 2}


def test_a_shortlist_that_becomes_empty_has_another_first(strictest):
    assert named(simulated(policy(), strictest, [SIBLINGS])) == {
        "loses_last_eligible": ["R2"],
        "gains_first_eligible": [],
        "first_changes": ["R2"],
        "shortlist_changes": ["R2"],
    }


def test_from_refer_to_not_eligible_is_a_loss_too(stricter, strictest):
    [good] = simulated(stricter, strictest, [CORE])["agencies"]

    assert (good["gains"], good["loses"]) == (0, 1)


def test_a_group_counts_in_the_band_of_each_child_and_once_by_type(stricter):
    told = simulated(policy(), stricter)

    assert {band: row["referrals"] for band, row in told["by_band"].items()} == {
        "5-10": 2,
        "11-15": 2,
        "16-18": 1,
    }
    assert list(told["by_band"]) == ["5-10", "11-15", "16-18"]
    assert told["by_band"]["5-10"]["loses_last_eligible"] == 1
    assert told["by_band"]["11-15"] == {
        "referrals": 2,
        "loses_last_eligible": 1,
        "gains_first_eligible": 0,
        "first_changes": 1,
        "shortlist_changes": 1,
    }
    assert {kind: row["referrals"] for kind, row in told["by_type"].items()} == {
        "core": 2,
        "disabled_child": 1,
        "sibling_group": 1,
    }
    assert told["by_type"]["sibling_group"]["loses_last_eligible"] == 1


def test_two_children_of_one_band_count_their_referral_once():
    twins = referral(children=(child(12, ref="C1"), child(13, ref="C2")))

    told = simulated(policy(), policy(), [twins])

    assert {band: row["referrals"] for band, row in told["by_band"].items()} == {"11-15": 1}


def test_a_baby_that_comes_with_its_parent_counts_in_the_parents_band():
    unit = referral(
        placement_type="parent_and_child",
        children=(child(16, ref="C1"), child(0, ref="C2", with_parent=True)),
    )

    told = simulated(policy(), policy(), [unit])

    assert list(told["by_band"]) == ["16-18"]


def test_referrals_beyond_the_bound_are_counted_and_not_named(stricter):
    many = [
        referral(referral_id=f"R{number}", placement_type="sibling_group")
        for number in range(REFERRALS_LISTED + 7)
    ]

    lost = simulated(policy(), stricter, many)["changes"]["loses_last_eligible"]

    assert lost["count"] == REFERRALS_LISTED + 7
    assert lost["referrals"] == [f"R{number}" for number in range(REFERRALS_LISTED)]
