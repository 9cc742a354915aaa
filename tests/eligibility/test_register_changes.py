"""A file adds to the register what is new, corrects what is wrong, and takes no newer word back."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.panel import agency_on
from services.eligibility.provider import Judgement, Membership, Name, Registration, Suspension
from services.eligibility.register.changes import change_by, with_known_parts
from tests.eligibility.builders import offer

JOINED, LEFT, AGAIN = date(2022, 4, 1), date(2024, 4, 1), date(2025, 4, 1)
INSPECTED, PUBLISHED = date(2025, 1, 10), date(2025, 2, 20)
GOOD = Judgement("good", INSPECTED, PUBLISHED)
PARTS = Judgement("good", INSPECTED, PUBLISHED, "requires_improvement", "good")
MIXED = replace(PARTS, leaders_and_managers="outstanding")


@pytest.mark.parametrize(
    ("known", "told", "word"),
    [
        # Names.
        ([], Name("A"), "added"),
        ([Name("A")], Name("A"), "unchanged"),
        ([Name("A")], Name("B"), "changed"),
        ([Name("A"), Name("B")], Name("A"), "overtaken"),
        # An inspection is told once; another grade for it is a correction.
        ([], GOOD, "added"),
        ([GOOD], GOOD, "unchanged"),
        ([GOOD], Judgement("inadequate", INSPECTED, PUBLISHED), "changed"),
        ([GOOD], Judgement("inadequate", INSPECTED, AGAIN), "changed"),
        ([GOOD], Judgement("inadequate", INSPECTED, INSPECTED), "overtaken"),
        ([GOOD], Judgement("good", INSPECTED, INSPECTED), "changed"),
        ([GOOD, Judgement("inadequate", INSPECTED, PUBLISHED)], GOOD, "overtaken"),
        ([GOOD], Judgement("inadequate", JOINED, LEFT), "added"),
        # So is another grade of a part; one that was left open is only filled in.
        ([PARTS], Judgement("good", INSPECTED, PUBLISHED, "good", "good"), "changed"),
        ([PARTS], Judgement("good", INSPECTED, INSPECTED, "good", "good"), "overtaken"),
        ([GOOD], Judgement("good", INSPECTED, INSPECTED, "good", "good"), "changed"),
        ([GOOD], Judgement("inadequate", AGAIN, AGAIN), "added"),
        # Memberships.
        ([], Membership(JOINED), "added"),
        ([Membership(JOINED)], Membership(JOINED), "unchanged"),
        ([Membership(JOINED)], Membership(JOINED, LEFT), "changed"),
        ([Membership(JOINED)], Membership(LEFT), "changed"),
        ([Membership(JOINED), Membership(JOINED, LEFT)], Membership(JOINED), "overtaken"),
        ([Membership(JOINED, LEFT)], Membership(JOINED), "overtaken"),
        ([Membership(JOINED, LEFT)], Membership(JOINED, AGAIN), "changed"),
        ([Membership(JOINED, LEFT)], Membership(AGAIN), "added"),
        ([Membership(JOINED, LEFT), Membership(AGAIN)], Membership(JOINED), "overtaken"),
        ([Membership(JOINED), Membership(AGAIN)], Membership(JOINED, LEFT), "changed"),
        # A registration that has ended is not opened again by an earlier day of its beginning.
        ([Registration(JOINED, AGAIN)], Registration(LEFT), "overtaken"),
        ([Registration(JOINED, LEFT)], Registration(AGAIN), "added"),
        # Offers.
        ([offer()], offer(), "unchanged"),
        ([offer()], offer(tier=2), "changed"),
        ([offer(), offer(tier=2)], offer(), "overtaken"),
        ([offer()], offer(tier=2, valid_from=AGAIN), "changed"),
        ([offer(), offer(tier=2, valid_from=AGAIN)], offer(tier=3), "overtaken"),
        # A suspension counts whenever it is told: who is offered no child is at least safe.
        ([Suspension(JOINED, LEFT, "x")], Suspension(JOINED, None, "x"), "changed"),
        ([Suspension(JOINED, LEFT, "x")], Suspension(AGAIN, None, "x"), "added"),
        ([Suspension(JOINED, None, "x")], Suspension(JOINED, LEFT, "x"), "changed"),
    ],
)
def test_what_becomes_of_a_fact_depends_on_what_is_known(known, told, word):
    change = change_by(told, known)

    assert change.word == word
    assert (change.was is None) == (word == "added")
    assert bool(change.because) == (word == "overtaken")


@pytest.mark.parametrize(
    ("known", "told", "filled"),
    [
        ([PARTS], GOOD, PARTS),
        ([GOOD, PARTS, Name("A")], GOOD, PARTS),
        ([PARTS, GOOD], GOOD, GOOD),
        ([PARTS], replace(GOOD, leaders_and_managers="outstanding"), MIXED),
        ([PARTS], replace(GOOD, overall="inadequate"), replace(GOOD, overall="inadequate")),
        ([PARTS], replace(GOOD, inspected_on=JOINED), replace(GOOD, inspected_on=JOINED)),
        ([PARTS], Name("A"), Name("A")),
        ([], GOOD, GOOD),
    ],
)
def test_the_parts_that_a_file_leaves_open_stay_as_they_are_known(known, told, filled):
    assert with_known_parts(told, known) == filled


days = st.dates(date(2022, 1, 1), date(2022, 1, 9))
ends = st.one_of(st.none(), st.dates(date(2022, 1, 10), date(2022, 1, 20)))
facts = st.one_of(
    st.builds(Name, st.sampled_from("AB")),
    st.builds(Membership, days, ends),
    st.builds(Registration, days, ends),
    st.builds(Suspension, days, ends, st.just("x")),
    st.builds(Judgement, st.sampled_from(["good", "inadequate"]), days, ends.filter(bool)),
    st.builds(lambda day, tier: offer(valid_from=day, tier=tier), days, st.integers(1, 3)),
)


@given(st.lists(facts, max_size=8), facts)
def test_whatever_is_known_a_fact_is_taken_once(known, fact):
    known = [*known, fact] if change_by(fact, known).is_new else known

    assert not change_by(fact, known).is_new


@given(st.lists(facts, max_size=8), facts, st.dates(date(2022, 1, 1), date(2022, 1, 25)))
def test_what_is_unchanged_holds_or_something_newer_does(known, fact, day):
    """So that to leave it out changes nothing: it would stand no better if it were told again."""
    if change_by(fact, known).word == "unchanged":
        position = len(known) - 1 - known[::-1].index(fact)
        later = known[position + 1 :]
        if not any(isinstance(each, type(fact)) for each in later):
            assert agency_on("SC990001", known, day) == agency_on("SC990001", [*known, fact], day)
