"""What of an agency's standing is worse than before, in the rulebook's words."""

from datetime import date, timedelta

import pytest

from services.eligibility.concerns.standing import Worse, still_worse, together, worse_standing
from services.eligibility.fact_words import fact_words, facts_words
from services.eligibility.provider import Membership, Name, Registration, Suspension
from services.eligibility.register.changed_agencies import changed_agencies
from shared.days import Period
from tests.eligibility.builders import URN, agency, judgement, offer, policy, register

TODAY = date(2026, 3, 2)
LATER = date(2026, 4, 10)
YESTERDAY = TODAY - timedelta(days=1)


def worse(*facts, judged="good", urn=URN):
    """Return what is worse of an agency once more facts are known of it."""
    before = register(agency(judged=judged))
    after = register(agency(*facts, judged=judged))
    found = worse_standing(policy(), urn, before, after, TODAY)
    return [(each.criterion, each.on, each.was, each.verdict) for each in found]


def test_an_inadequate_judgement_is_worse_from_today():
    told = judgement("inadequate", date(2026, 1, 10), date(2026, 2, 20))

    assert worse(told) == [("ofsted-quality", TODAY, "met", "not_met")]


def test_a_judgement_that_leaves_it_to_a_person_is_worse_than_good():
    told = judgement("requires_improvement", date(2026, 1, 10), date(2026, 2, 20))

    assert worse(told) == [("ofsted-quality", TODAY, "met", "refer")]


def test_what_left_it_to_a_person_and_now_fails_is_worse_too():
    told = judgement("inadequate", date(2026, 1, 10), date(2026, 2, 20))

    found = worse(told, judged="requires_improvement")

    assert found == [("ofsted-quality", TODAY, "refer", "not_met")]


def test_a_better_judgement_is_no_concern():
    told = judgement("outstanding", date(2026, 1, 10), date(2026, 2, 20))

    assert worse(told, judged="inadequate") == []


def test_a_suspension_from_a_later_day_is_told_with_that_day():
    told = Suspension(LATER, None, "staffing")

    assert worse(told) == [("not-suspended", LATER, "met", "not_met")]


def test_a_suspension_that_is_over_is_no_concern():
    told = Suspension(date(2026, 1, 1), YESTERDAY, "staffing")

    assert worse(told) == []


def test_a_judgement_that_worsens_in_two_steps_is_told_with_both_days():
    soon, later = date(2026, 3, 20), date(2026, 5, 20)

    found = worse(
        judgement("requires_improvement", date(2026, 1, 10), soon),
        judgement("inadequate", date(2026, 2, 10), later),
    )

    assert found == [
        ("ofsted-quality", soon, "met", "refer"),
        ("ofsted-quality", later, "met", "not_met"),
    ]


def test_an_agency_that_leaves_the_framework_is_told_with_its_last_day():
    told = Membership(date(2022, 4, 1), LATER)

    assert worse(told) == [("on-framework", LATER, "met", "not_met")]


def test_a_registration_that_ended_yesterday_is_worse_today():
    told = Registration(date(2010, 1, 1), YESTERDAY)

    assert worse(told) == [("ofsted-registration", TODAY, "met", "not_met")]


def test_what_depends_on_the_child_is_not_the_agency_s_standing():
    told = offer(valid_from=date(2026, 2, 1), takes_solo=False, lots=("core",))

    assert worse(told) == []


def test_an_agency_that_is_new_does_not_stand_worse():
    before = register(agency(urn="SC990009"))
    after = register(agency(urn="SC990009"), agency(judged="inadequate"))

    assert worse_standing(policy(), URN, before, after, TODAY) == ()


@pytest.mark.parametrize(
    ("grade", "found"),
    [
        ("good", []),
        ("requires_improvement", []),
        ("inadequate", [("ofsted-quality", TODAY, "refer", "not_met")]),
    ],
)
def test_what_corrects_a_word_that_the_rulebook_lacks_is_worse_where_it_is_not_met(grade, found):
    told = judgement(grade, date(2026, 1, 10), date(2026, 2, 20))

    assert worse(told, judged="word_of_another_pack") == found


def test_a_word_that_the_rulebook_lacks_keeps_no_suspension_from_being_told():
    told = Suspension(TODAY, None, "staffing")

    found = worse(told, judged="word_of_another_pack")

    assert found == [("not-suspended", TODAY, "met", "not_met")]


def still(*facts, told, today=LATER, since=()):
    """Return what is worse to this day of what was told of an agency that was good."""
    found = still_worse(policy(), URN, register(agency(*facts)), told, today, told_since=since)
    return [(each.criterion, each.on, each.was, each.verdict) for each in found]


def told_of(criterion="ofsted-quality", on=TODAY, was="met", verdict="not_met"):
    return Worse(criterion, on, was, verdict, "What was told.")


INADEQUATE = judgement("inadequate", date(2026, 1, 10), date(2026, 2, 20))


def test_what_was_told_and_nobody_has_changed_since_is_worse_to_this_day():
    assert still(INADEQUATE, told=[told_of()]) == [("ofsted-quality", LATER, "met", "not_met")]


def test_what_is_to_become_worse_is_said_with_its_day():
    suspended = Suspension(LATER, None, "staffing")

    found = still(suspended, told=[told_of("not-suspended", LATER)], today=TODAY)

    assert found == [("not-suspended", LATER, "met", "not_met")]


def test_what_is_half_well_again_is_still_worse_than_it_was():
    better = judgement("requires_improvement", date(2026, 3, 5), date(2026, 3, 20))

    found = still(INADEQUATE, better, told=[told_of()])

    assert found == [("ofsted-quality", LATER, "met", "refer")]


def test_what_is_as_it_was_before_is_worse_no_more():
    better = judgement("requires_improvement", date(2026, 3, 5), date(2026, 3, 20))

    assert still(INADEQUATE, better, told=[told_of(was="refer")]) == []


def test_what_was_well_in_between_and_was_told_anew_is_worse_no_more():
    well = judgement("good", date(2026, 3, 5), date(2026, 3, 20))
    worse_again = judgement("inadequate", date(2026, 3, 25), date(2026, 4, 1))
    facts = (INADEQUATE, well, worse_again)

    assert still(*facts, told=[told_of()], since=[told_of(on=date(2026, 4, 1))]) == []
    assert still(*facts, told=[told_of()], since=[told_of("not-suspended", LATER)]) != []


def test_a_second_spell_that_was_never_told_on_its_own_is_still_to_come():
    spells = [
        Suspension(TODAY, date(2026, 3, 10), "staffing"),
        Suspension(date(2026, 6, 1), None, "staffing"),
    ]

    found = still(*spells, told=[told_of("not-suspended")])

    assert found == [("not-suspended", date(2026, 6, 1), "met", "not_met")]


def test_what_is_worse_until_a_known_day_is_said_with_nothing_beyond_it():
    suspended = [Suspension(TODAY, LATER, "staffing"), Suspension(date(2026, 6, 1), None, "staff")]

    found = still(*suspended, told=[told_of("not-suspended")], today=TODAY)

    assert found == [("not-suspended", TODAY, "met", "not_met")]


def test_a_criterion_that_the_rulebook_has_no_more_says_nothing():
    assert still(INADEQUATE, told=[told_of("a-criterion-of-an-older-rulebook")]) == []


def test_a_word_of_the_days_before_that_the_rulebook_has_no_more_stands_in_nobody_s_way():
    old_word = judgement("word_of_an_older_pack", date(2026, 1, 10), date(2026, 2, 20))
    since = judgement("inadequate", date(2026, 3, 5), date(2026, 3, 20))

    found = still(old_word, since, told=[told_of()])

    assert found == [("ofsted-quality", LATER, "met", "not_met")]


def test_a_word_that_the_rulebook_lacks_today_says_nothing_and_stops_nothing():
    strange = judgement("word_of_an_older_pack", date(2026, 3, 5), date(2026, 3, 20))

    assert still(INADEQUATE, strange, told=[told_of()]) == []


def test_of_what_several_concerns_say_each_verdict_is_said_once_from_when_it_stood_best():
    found = together(
        [
            told_of(on=LATER),
            told_of(was="refer"),
            told_of(was="met"),
            told_of("not-suspended", on=YESTERDAY),
        ]
    )

    assert [(each.criterion, each.on, each.was) for each in found] == [
        ("not-suspended", YESTERDAY, "met"),
        ("ofsted-quality", TODAY, "met"),
    ]


def test_the_reason_is_in_the_rulebook_s_words():
    before = register(agency())
    told = judgement("inadequate", date(2026, 1, 10), date(2026, 2, 20))

    [found] = worse_standing(policy(), URN, before, register(agency(told)), TODAY)

    assert found.because == "Ofsted's judgement is inadequate."


@pytest.mark.parametrize(
    ("fact", "periods"),
    [
        (Suspension(LATER, date(2026, 5, 1), "staffing"), (Period(LATER, date(2026, 5, 1)),)),
        (Suspension(date(2025, 1, 1), date(2025, 2, 1), "staffing"), ()),
        (Suspension(date(2025, 1, 1), LATER, "staffing"), (Period(TODAY, LATER),)),
        (judgement("good", date(2023, 5, 1), date(2023, 6, 1)), ()),
    ],
)
def test_an_agency_stands_otherwise_only_on_the_days_that_a_fact_changes(fact, periods):
    found = changed_agencies(register(agency()), register(agency(fact)), [URN], TODAY)

    assert found.get(URN, ()) == periods


def test_an_agency_that_is_new_stands_otherwise_on_every_day():
    others = agency(urn="SC990009")

    found = changed_agencies(register(others), register(others, agency()), [URN], TODAY)

    [*_, last] = found[URN]
    assert found[URN][0].start == TODAY
    assert last.end is None


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (Name("Elm Tree"), "the name Elm Tree"),
        (Membership(TODAY), "membership of the framework from 2026-03-02"),
        (Registration(TODAY, LATER), "registration with Ofsted from 2026-03-02 until 2026-04-10"),
        (
            Suspension(TODAY, None, "staff_turnover"),
            "a suspension from 2026-03-02 (staff turnover)",
        ),
        (offer(valid_from=TODAY), "what it offers from 2026-03-02"),
        (
            judgement("requires_improvement", date(2026, 1, 10), TODAY),
            "Ofsted's judgement requires improvement, published on 2026-03-02",
        ),
    ],
)
def test_a_fact_is_said_as_a_person_says_it(fact, words):
    assert fact_words(fact) == words


def test_of_many_facts_the_first_are_named_and_the_others_counted():
    told = facts_words([Membership(TODAY)] * 7)

    assert told.count("membership") == 5
    assert told.endswith("; 2 more")
