"""How a fee came about, worked out again and not recited."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.pricing.explaining.explain import NothingDue
from services.pricing.explaining.links import Earlier
from services.pricing.fees import FeeCause
from services.pricing.reviews.review import review_line
from services.pricing.store.parts_json import parts_from, parts_text
from services.pricing.terms.agreed import uplift_for
from shared.days import Period
from shared.money import percentage, pounds
from tests.pricing.builders import (
    FAMILY,
    URN,
    book,
    cpi,
    ended,
    fixed,
    framework_with,
    indices,
    key,
    placement,
    point,
    terms,
    wage,
    wages,
)
from tests.pricing.explaining import JUNE, TERMS, award, awards_of, explained, rule_of


def test_the_chain_runs_from_the_newest_review_back_to_the_tender():
    chain = explained().chain

    assert [(link.valid_from, f"{link.weekly}") for link in chain] == [
        (date(2026, 4, 1), "955.05"),
        (date(2025, 4, 1), "919.83"),
        (date(2022, 4, 1), "900.00"),
    ]
    assert all(link.agrees for link in chain)


def test_a_link_names_decision_release_rates_formula_and_rounding():
    assert explained().chain[0].sentences == (
        "Review R2026, decision 2026/00001, approved by b.director, from 2026-04-01.",
        (
            "CPI (D7G7) for 2025-09: 3.8 %, published, release of 2026-03-25 "
            "(ONS MM23 D7G7, ons_d7g7.csv)."
        ),
        (
            "nlw: 12.21 from 2025-04-01 to 12.71 from 2026-04-01, 4.095004095004 % "
            "(github PolicyEngine/policyengine-uk@c93e1a0 "
            "policyengine_uk/parameters/gov/hmrc/minimum_wage/non_apprentice.yaml)."
        ),
        "Uplift: 0.9 x 3.8 + 0.1 x 4.095004095004 = 3.8295004095 %.",
        "919.83 x (1 + 3.8295004095 / 100) = 955.05489361670385, rounded half up to 955.05.",
    )


def test_the_fee_of_a_day_before_the_reviews_is_the_tender():
    told = explained(date(2025, 3, 31))

    assert told.weekly == Decimal("900.00")
    assert told.chain[0].sentences == ("Tender tender-2022: 900.00 a week.",)


def test_a_day_costs_a_seventh():
    # 955.05 / 7 = 136.435...
    assert explained().daily == Decimal("136.44")


def test_a_fee_that_was_recorded_a_penny_off_does_not_agree():
    wrong = book(point("900.00"), point("919.84", date(2025, 4, 1), "review", "R2025"))

    told = explained(date(2025, 6, 1), fees=wrong)

    assert not told.agrees
    assert [link.agrees for link in told.chain] == [False, True]


def test_an_uplift_that_its_figures_do_not_give_does_not_agree():
    def inflated(review_id):
        rule = rule_of(review_id)
        uplift = rule.tracks[0].uplift
        parts = tuple(replace(part, change=percentage("9.9")) for part in uplift.parts)
        track = replace(rule.tracks[0], uplift=replace(uplift, parts=parts))
        return award(review_id, rule=replace(rule, tracks=(track,)))

    assert not explained(awarded=inflated).agrees


def test_a_placement_type_with_terms_of_its_own_is_explained_by_them():
    # core: 2 % of 900.00; everything else: CPI
    own = terms(fixed("2", share="1"), placement_types=("core",))
    fees = book(point("900.00"), point("918.00", date(2026, 4, 1), "review", "R2026"))

    told = explained(fees=fees, awarded=awards_of(rule_of("R2026", TERMS, own)))

    assert told.agrees
    assert told.chain[0].sentences[1:] == (
        "Laid down in the terms: 2 %.",
        "Uplift: 1 x 2 = 2 %.",
        "900.00 x (1 + 2 / 100) = 918.00, rounded half up to 918.00.",
    )


def test_where_the_terms_compound_unrounded_the_chain_says_from_what_and_agrees():
    unrounded = terms(fixed("1.111", share="1"), compounds_unrounded=True)
    rules = [rule_of("R2025", unrounded), rule_of("R2026", unrounded)]
    fees = reviewed(book(point("900.55")), *rules)

    told = explained(fees=fees, awarded=awards_of(*rules))

    # 900.55 x 1.01111 = 910.5551105; that x 1.01111 = 920.671377...
    assert told.agrees
    assert told.chain[1].sentences[-1] == (
        "The terms compound unrounded: the next review starts at 910.5551105."
    )
    assert told.chain[0].sentences[3].startswith("910.5551105 x (1 + 1.111 / 100) = 920.671")


def reviewed(fees, *rules):
    """Return a book of one key with what some reviews make of it, one after the other."""
    for number, rule in enumerate(rules, start=10):
        line = review_line(key(), fees.points(FAMILY, "5-10"), rule)
        made = point(f"{line.after}", rule.effective_from, "review", rule.review_id, number)
        fees.add(key(), made._replace(unrounded=line.unrounded, awarded_on=rule.awarded_on))
    return fees


def test_a_review_that_was_taken_back_is_explained_by_the_one_that_takes_it_back():
    first = rule_of("R2026")
    back = replace(first, review_id="R2026-back", award="reversal", reverses="R2026")
    fees = reviewed(book(point("900.00")), first, back)

    told = explained(fees=fees, awarded=awards_of(first, back))

    assert (told.weekly, told.agrees) == (Decimal("900.00"), True)
    assert told.chain[0].sentences == (
        (
            "Review R2026-back, which takes R2026 back, decision 2026/00001, approved by "
            "b.director, from 2026-04-01."
        ),
        "Back to 900.00 a week, the fee from before: the review R2026 is taken back.",
    )


def test_what_a_fee_was_held_to_be_before_is_told():
    def history(_key, valid_from):
        if valid_from != date(2025, 4, 1):
            return ()
        cause = FeeCause("review", "R2025-provisional")
        return [Earlier(pounds("918.00"), cause, date(2025, 3, 20), date(2025, 5, 2))]

    told = explained(history=history)

    assert told.chain[1].sentences[-1] == (
        "From 2025-03-20 until 2025-05-02 it was held to be 918.00 a week "
        "(review R2025-provisional)."
    )


def test_an_agency_that_left_keeps_the_fee_of_its_last_day_and_the_chain_says_so():
    fees = book(point("900.00"))
    fees.put_memberships(URN, [Period(date(2022, 4, 1), date(2025, 7, 1))])

    told = explained(fees=fees)

    assert told.agrees
    assert told.chain[0].sentences[-1] == (
        "The agency left the framework on 2025-07-01: it stays so."
    )


# When nothing is due.


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2024, 4, 30), "it starts on 2024-05-01"),
        (date(2025, 1, 1), "it ended on 2025-01-01"),
    ],
)
def test_outside_the_placement_nothing_is_due(day, why):
    with pytest.raises(NothingDue, match=f"Nothing is due for placement P1 on {day}: {why}"):
        explained(day, one=placement(ended(date(2025, 1, 1))))


def test_after_the_eighteenth_birthday_nothing_is_due_and_the_birthday_is_not_told():
    with pytest.raises(NothingDue, match="nothing is paid from birthday 18 on") as refused:
        explained(JUNE, one=placement(date_of_birth=date(2008, 5, 31)))

    assert "05-31" not in str(refused.value)


def test_a_review_that_came_after_the_end_is_not_in_the_chain_where_it_is_not_paid():
    late = replace(rule_of("R2025"), awarded_on=date(2025, 8, 1))
    fees = reviewed(book(point("900.00")), late)
    one = placement(ended(date(2025, 7, 1)))
    paid = framework_with(review_arrears_for_ended="paid")
    not_paid = framework_with(review_arrears_for_ended="not_paid")
    told = [
        explained(date(2025, 6, 1), fees=fees, one=one, awarded=awards_of(late), under=under)
        for under in (paid, not_paid)
    ]

    assert [(f"{each.weekly}", len(each.chain)) for each in told] == [("919.83", 2), ("900.00", 1)]
    assert all(each.agrees for each in told)


def test_what_an_uplift_was_read_from_is_kept_and_read_back_the_same():
    mixed = uplift_for(
        terms(cpi(9, share="0.5"), wage(share="0.3"), fixed("2", share="0.2")),
        date(2026, 4, 1),
        indices(),
        wages(),
    )

    assert parts_from(parts_text(mixed.parts)) == mixed.parts
