"""For whom the framework had how many agencies, and what kept the others out."""

import pytest

from services.eligibility.decision import decide
from services.eligibility.views.grouping import area_of
from services.eligibility.views.sufficiency import Sufficiency, supply_of
from tests.eligibility.builders import agency, child, policy, referral, register

REGISTER = register(
    # Serves everything, but no group and no long term.
    agency(urn="SC990001", largest_group=1, takes_long_term=False),
    # Serves only the older ones, and takes two together.
    agency(urn="SC990002", age_bands=("11-15", "16-18"), largest_group=2, takes_long_term=False),
    # Serves everything; a person decides.
    agency(urn="SC990003", judged="requires_improvement", takes_long_term=False, lots=("core",)),
)
CASES = {
    "two for an older child": referral(referral_id="R1"),
    "one for a younger child": referral(referral_id="R2", children=(child(6),)),
    "a person only": referral(
        referral_id="R3", children=(child(6, ref="C1"), child(7, ref="C2")), preferred_area="CT1"
    ),
    "nobody": referral(referral_id="R4", duration="long_term", preferred_area="CT20"),
    "stopped": referral(referral_id="R5", in_house_search="not_done"),
    "an exception": referral(referral_id="R6", children=(child(3),), preferred_area="ME4"),
}


def counted(*by, asked=None):
    counts = Sufficiency(by)
    for one in asked or CASES.values():
        counts.add(decide(one, REGISTER.panel(one.start_date), policy()))
    return counts.told()


def rows(told, *columns):
    return {
        tuple(group[dimension] for dimension in told["by"]): tuple(
            group[each] if each in group else group["eligible"][each] for each in columns
        )
        for group in told["groups"]
    }


@pytest.mark.parametrize(
    ("eligible", "supply"),
    [(0, "none"), (1, "one"), (2, "few"), (4, "few"), (5, "many"), (45, "many")],
)
def test_agencies_are_counted_as_none_one_few_or_many(eligible, supply):
    assert supply_of(eligible) == supply


def test_all_referrals_together_are_counted_once_each():
    total = counted("band")["total"]

    assert total["referrals"] == 6
    assert total["stopped"] == 1
    assert total["eligible"] == {"none": 3, "one": 1, "few": 1, "many": 0}
    assert (total["person_only"], total["nobody"]) == (2, 1)
    assert total["stopped_at"] == {"in-house-search": 1}
    assert total["referred_at"] == {"under-fives": 1}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (
            ["band"],
            {
                ("0-4",): (1, 0, 1, 1, 0, 0),
                ("5-10",): (2, 0, 1, 1, 1, 0),
                ("11-15",): (3, 1, 1, 0, 0, 1),
            },
        ),
        (["type"], {("core",): (6, 1, 3, 2, 1, 1)}),
        (
            ["area"],
            {
                ("CT",): (2, 0, 2, 1, 0, 0),
                ("ME",): (1, 0, 1, 1, 0, 0),
                ("any",): (3, 1, 0, 0, 1, 1),
            },
        ),
        (
            ["band", "area"],
            {
                ("0-4", "ME"): (1, 0, 1, 1, 0, 0),
                ("5-10", "CT"): (1, 0, 1, 1, 0, 0),
                ("5-10", "any"): (1, 0, 0, 0, 1, 0),
                ("11-15", "CT"): (1, 0, 1, 0, 0, 0),
                ("11-15", "any"): (2, 1, 0, 0, 0, 1),
            },
        ),
    ],
    ids=["band", "type", "area", "band and area"],
)
def test_referrals_are_counted_by_what_they_have_in_common(by, expected):
    told = counted(*by)

    found = rows(told, "referrals", "stopped", "none", "person_only", "one", "few")
    assert found == expected
    assert list(found) == list(expected), "the youngest band first, words by the alphabet"


def test_siblings_of_two_bands_count_in_each_and_once_in_all():
    siblings = referral(children=(child(6, ref="C1"), child(12, ref="C2")))

    told = counted("band", asked=[siblings])

    assert rows(told, "referrals") == {("5-10",): (1,), ("11-15",): (1,)}
    assert told["total"]["referrals"] == 1


def test_the_criterion_that_alone_kept_out_most_agencies_is_named():
    told = counted("type", asked=[CASES["nobody"]])

    # All three fail it and nothing else; that a person decides about SC990003 comes after it.
    assert told["total"]["failed_most"] == "long-term"
    assert told["total"]["kept_out"] == {"long-term": {"alone": 3, "in_all": 3, "refers": 0}}


def test_what_leaves_the_last_agencies_to_a_person_is_told():
    told = counted("type", asked=[CASES["a person only"]])["total"]

    # SC990001 takes no two together; SC990002 does, but serves neither child's band.
    assert told["kept_out"] == {
        "ofsted-quality": {"alone": 0, "in_all": 0, "refers": 1},
        "age-band": {"alone": 1, "in_all": 1, "refers": 0},
        "keeps-siblings-together": {"alone": 1, "in_all": 1, "refers": 0},
    }
    assert told["failed_most"] == "age-band"


def test_a_criterion_that_never_failed_alone_is_not_blamed():
    child_of_six = referral(
        duration="long_term", children=(child(6, ref="C1"), child(7, ref="C2")), solo=False
    )
    lonely = register(agency(urn="SC990002", age_bands=("16-18",), takes_long_term=False))
    counts = Sufficiency(["type"])

    counts.add(decide(child_of_six, lonely.panel(child_of_six.start_date), policy()))

    assert counts.told()["total"]["failed_most"] is None
    assert counts.told()["total"]["kept_out"]["long-term"]["in_all"] == 1


@pytest.mark.parametrize(("keep_together", "apart"), [(False, 1), (True, 0)])
def test_children_whom_only_two_agencies_can_take_apart_are_told_as_such(keep_together, apart):
    two_agencies = register(
        agency(urn="SC990001", age_bands=("5-10",)), agency(urn="SC990002", age_bands=("11-15",))
    )
    siblings = referral(
        children=(child(6, ref="C1"), child(12, ref="C2")), keep_together=keep_together
    )
    counts = Sufficiency(["type"])

    counts.add(decide(siblings, two_agencies.panel(siblings.start_date), policy()))

    total = counts.told()["total"]
    assert (total["eligible"]["none"], total["apart"]) == (1, apart)


def test_children_of_whom_one_has_no_agency_alone_are_not_served_apart():
    siblings = referral(children=(child(6, ref="C1"), child(12, ref="C2")), keep_together=False)
    younger_only = register(agency(urn="SC990001", age_bands=("5-10",)))
    counts = Sufficiency(["type"])

    counts.add(decide(siblings, younger_only.panel(siblings.start_date), policy()))

    assert counts.told()["total"]["apart"] == 0


def test_where_a_gate_leaves_it_to_a_person_no_criterion_is_blamed():
    told = counted("type", asked=[CASES["an exception"]])["total"]

    assert told["referred_at"] == {"under-fives": 1}
    assert told["kept_out"] == {}


@pytest.mark.parametrize(
    ("told", "area"), [("CT", "CT"), ("CT1", "CT"), ("M20", "M"), (None, "any"), ("", "any")]
)
def test_an_area_is_the_letters_of_a_district(told, area):
    assert area_of(referral(preferred_area=told)) == area
