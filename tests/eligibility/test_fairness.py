"""Whose turn it was: how often each agency came first, beside what the draw owes to it."""

from dataclasses import replace
from fractions import Fraction
from math import comb

import pytest

from services.eligibility.decision import decide
from services.eligibility.shortlist import tie_break
from services.eligibility.views.fairness import Fairness, Turns
from tests.eligibility.builders import agency, child, policy, referral, register

EQUALS = ("SC990001", "SC990002", "SC990003")
LOWER = "SC990004"
CORE_ONLY = "SC990005"
REGISTER = register(
    *(agency(urn=urn, tier=1) for urn in EQUALS),
    agency(urn=LOWER, tier=2),
    agency(urn=CORE_ONLY, tier=1, lots=("core",)),
)
DISABLED = [
    referral(
        referral_id=f"D{number}",
        placement_type="disabled_child",
        children=(child(12, disability=True),),
    )
    for number in range(600)
]


def counted(asked, *, by=None, lots=()):
    counts = Fairness(lots)
    for one in asked:
        counts.add(decide(one, REGISTER.panel(one.start_date), by or policy()))
    return counts


def rows(counts, lot):
    return {each["agency"]: each for each in counts.told()["lots"][lot]["agencies"]}


def test_each_of_three_equals_is_owed_a_third_of_the_first_places():
    told = rows(counted(DISABLED), "disabled_child")

    assert {urn: row["fair_share"] for urn, row in told.items()} == {
        **dict.fromkeys(EQUALS, 200.0),
        LOWER: 0.0,
    }
    assert {urn: row["among_the_best"] for urn, row in told.items()} == {
        **dict.fromkeys(EQUALS, 600),
        LOWER: 0,
    }
    assert {urn: row["listed"] for urn, row in told.items()} == dict.fromkeys((*EQUALS, LOWER), 600)


def test_who_came_first_is_who_the_draw_says():
    drawn = [
        min(EQUALS, key=lambda urn, one=one: tie_break(one.referral_id, urn)) for one in DISABLED
    ]

    told = rows(counted(DISABLED), "disabled_child")

    assert {urn: row["offered_first"] for urn, row in told.items()} == {
        **{urn: drawn.count(urn) for urn in EQUALS},
        LOWER: 0,
    }
    assert all(row["within_chance"] for row in told.values())


def test_an_order_without_a_draw_is_seen_to_be_unfair():
    always_the_same = replace(policy(), shortlist_order=("outcome", "tier"))

    told = rows(counted(DISABLED, by=always_the_same), "disabled_child")

    assert [told[urn]["offered_first"] for urn in EQUALS] == [600, 0, 0]
    assert [told[urn]["within_chance"] for urn in EQUALS] == [False] * 3


def test_each_lot_is_counted_on_its_own():
    counts = counted([*DISABLED[:6], referral(referral_id="R1"), referral(referral_id="R2")])

    core = rows(counts, "core")
    assert counts.lots["core"].shortlists == 2
    assert counts.lots["disabled_child"].shortlists == 6
    assert core[CORE_ONLY]["fair_share"] == 0.5
    assert CORE_ONLY not in rows(counts, "disabled_child")


def test_only_the_lots_that_are_asked_for_are_counted():
    counts = counted([*DISABLED[:6], referral()], lots=["core"])

    assert counts.decisions == 1
    assert list(counts.lots) == ["core"]


def test_a_referral_that_a_gate_stopped_is_nobodys_turn():
    counts = counted([referral(in_house_search="not_done")])

    assert (counts.decisions, counts.lots) == (1, {})


def test_who_stands_alone_at_the_top_has_no_luck():
    alone = Turns("A", listed=3, first=3)
    alone.equals.update({1: 3})

    assert (alone.fair_share, alone.chance, alone.is_within_chance) == (3, 0, True)


@pytest.mark.parametrize(
    ("equals", "share", "chance"),
    [
        ({2: 4}, Fraction(2), 2.5),
        ({1: 1, 4: 4}, Fraction(2), 2.2320508),
        ({3: 1}, Fraction(1, 3), 1.4428090),
        ({45: 1}, Fraction(1, 45), 1.0),
    ],
)
def test_chance_is_two_standard_deviations_of_a_fair_draw_and_half_a_turn(equals, share, chance):
    turns = Turns("A")
    turns.equals.update(equals)

    assert turns.fair_share == share
    assert turns.chance == pytest.approx(chance)


@pytest.mark.parametrize("equals", [2, 10, 45])
def test_who_comes_first_of_many_on_a_single_shortlist_is_within_chance(equals):
    drawn = Turns("A", listed=1, first=1)
    drawn.equals.update({equals: 1})

    assert drawn.is_within_chance


@pytest.mark.parametrize(("shortlists", "equals"), [(2, 10), (5, 10), (10, 3), (20, 45), (60, 5)])
def test_a_fair_draw_is_within_chance_in_nineteen_cases_of_twenty(shortlists, equals):
    share = 1 / equals

    outside = 0.0
    for first in range(shortlists + 1):
        turns = Turns("A", first=first)
        turns.equals.update({equals: shortlists})
        if not turns.is_within_chance:
            often = comb(shortlists, first) * share**first * (1 - share) ** (shortlists - first)
            outside += often

    assert 0 < outside <= 1 / 20
