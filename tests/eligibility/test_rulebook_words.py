"""A fact in words that a rulebook has not is found before anybody is judged by it."""

from dataclasses import replace
from datetime import date

import pytest

from services.eligibility.facts import Fact, OneOf, SetOf, Whole, words_unknown_to
from services.eligibility.panel import agency_on, said_by
from services.eligibility.provider import Judgement, Membership, Name
from services.eligibility.rulebooks.words import rulebooks_ahead, unknown_to_rulebooks
from services.eligibility.verdicts.policy import Policies
from shared.days import Period
from tests.eligibility.builders import agency, offer, policy

DAY = date(2026, 3, 2)
KNOWN = {
    "ofsted_overall": Fact("ofsted_overall", "agency", OneOf(("good", "unknown"))),
    "lots": Fact("lots", "agency", SetOf(("core",))),
    "tier": Fact("tier", "agency", Whole(1, 3)),
}


@pytest.mark.parametrize(
    ("said", "unknown"),
    [
        ({"ofsted_overall": "good", "lots": frozenset({"core"}), "tier": 3}, []),
        ({"ofsted_overall": "adequate"}, [("ofsted_overall", "adequate")]),
        ({"lots": frozenset({"core", "tent", "barn"})}, [("lots", "barn"), ("lots", "tent")]),
        ({"lots": frozenset()}, []),
        ({"tier": 4}, [("tier", 4)]),
        ({"takes_solo": "perhaps"}, []),
    ],
)
def test_a_word_of_a_fact_that_is_read_must_be_among_those_that_are_known(said, unknown):
    assert words_unknown_to(KNOWN, said) == unknown


def test_what_a_fact_says_is_what_a_rulebook_reads_while_it_holds():
    judged = Judgement("good", DAY, DAY, "good")
    standing = agency_on("SC990001", [judged, offer()], DAY).facts

    assert {**said_by(judged), **said_by(offer())}.items() <= standing.items()
    assert said_by(Name("A")) == said_by(Membership(DAY)) == {}


def test_every_word_of_the_sample_is_known_to_its_rulebook():
    facts = [each.fact for each in agency()]

    assert [unknown_to_rulebooks([policy().rulebook], fact) for fact in facts] == [[]] * len(facts)


def test_a_word_is_told_with_the_rulebook_that_lacks_it_and_what_it_allows():
    rulebook = replace(policy().rulebook, facts=KNOWN)

    [unknown] = unknown_to_rulebooks([rulebook], Judgement("adequate", DAY, DAY))

    assert str(unknown) == (
        "the rulebook kent-medway 2024.1 does not know ofsted_overall adequate; "
        "it allows one_of [good, unknown]"
    )


def test_only_rulebooks_of_today_and_of_later_days_must_know_a_word():
    def of(start, end=None):
        period = Period(date(start, 1, 1), end and date(end, 1, 1))
        return replace(policy(), rulebook=replace(policy().rulebook, in_force=period))

    past, now, later = of(2022, 2025), of(2025, 2027), of(2027)

    ahead = rulebooks_ahead(Policies([past, now, later]), DAY)

    assert ahead == (now.rulebook, later.rulebook)
    assert rulebooks_ahead(Policies([past]), DAY) == ()
    assert rulebooks_ahead(Policies([later]), DAY) == (later.rulebook,)
