"""What reviews make of a fee does not depend on the order in which anything was recorded."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pricing.fee_book.compounding import compounded, in_order
from services.pricing.fees import with_point
from services.pricing.membership import left_on
from services.pricing.reviews.review import exact_fee, review_line
from services.pricing.terms.agreed import Exclusion
from shared.days import Period
from tests.pricing.builders import fixed, key, point, terms
from tests.pricing.ruling import a_rule

YEARS = (2023, 2024, 2025, 2026)
TENDER = point("900.00")


class Ledger:
    """The points of one key, as they are recorded one after another."""

    def __init__(self):
        self.points, self.rules, self.periods, self.number = (), [], (), 0

    def left(self, day):
        return left_on(self.periods, day)

    def record(self, new):
        self.number += 1
        self.points = with_point(self.points, new._replace(number=self.number))

    def tell(self, fact):
        """Record a fee, the end of the membership, or the application of a review."""
        if isinstance(fact, Period):
            self.periods = (fact,)
            self.work_out(date.min)
        elif hasattr(fact, "weekly"):
            self.record(fact)
            self.work_out(fact.valid_from)
        else:
            self.apply(fact)

    def apply(self, rule):
        if self.points:
            line = review_line(key(), self.points, rule, left_on=self.left(rule.effective_from))
            if line.moves:
                fee = point("0.01", rule.effective_from, "review", rule.review_id)
                self.record(fee._replace(weekly=line.after, unrounded=line.unrounded))
        self.rules.append(rule)
        self.work_out(rule.effective_from)

    def work_out(self, day):
        if not self.points:
            return
        rules = [each for each in in_order(self.rules) if each.effective_from >= day]
        for new in compounded(key(), self.points, rules, self.left):
            self.record(new)

    def moves(self):
        """Return the points at which the fee is another than before."""
        found = []
        for each in self.points:
            if not found or exact_fee(found[-1]) != exact_fee(each):
                found.append(each)
        return [(each.valid_from, each.weekly, exact_fee(each), each.cause) for each in found]


def told(*facts):
    ledger = Ledger()
    for fact in facts:
        ledger.tell(fact)
    return ledger


def a_review(year, rate="5", **said):
    review_terms = terms(fixed(rate, share="1"), **said)
    return a_rule(review_terms, effective_from=date(year, 4, 1), review_id=f"R{year}")


def corrected(weekly, day):
    return point(weekly, day, "correction", "letter-7")


def weeks(ledger):
    return [(each.valid_from.year, f"{each.weekly}") for each in ledger.points]


def test_a_corrected_tender_moves_every_review_since():
    # 910.00 x 1.05 = 955.50; x 1.05 = 1003.275 -> 1003.28
    ledger = told(TENDER, a_review(2023), a_review(2024), corrected("910.00", date(2022, 4, 1)))

    assert weeks(ledger) == [(2022, "910.00"), (2023, "955.50"), (2024, "1003.28")]


def test_a_review_that_is_applied_late_is_the_ground_of_the_later_one():
    # 900.00 x 1.05 = 945.00, x 1.05 = 992.25
    ledger = told(TENDER, a_review(2024), a_review(2023))

    assert weeks(ledger) == [(2022, "900.00"), (2023, "945.00"), (2024, "992.25")]


def test_a_fee_that_a_correction_lifts_over_the_limit_goes_back():
    over = Exclusion("weekly_over", "1000.00", "the fee is over 1000.00 a week")
    ledger = told(TENDER, a_review(2023, exclude=(over,)), corrected("1100.00", date(2022, 4, 1)))

    assert weeks(ledger) == [(2022, "1100.00"), (2023, "1100.00")]


def test_a_fee_of_its_own_on_the_day_of_a_review_stands():
    ledger = told(TENDER, a_review(2023), corrected("950.00", date(2023, 4, 1)), a_review(2024))

    assert weeks(ledger) == [(2022, "900.00"), (2023, "950.00"), (2024, "997.50")]


def test_from_the_day_on_which_an_agency_had_left_its_fees_stay():
    ledger = told(
        TENDER, a_review(2023), a_review(2024), Period(date(2022, 4, 1), date(2024, 1, 1))
    )

    assert weeks(ledger) == [(2022, "900.00"), (2023, "945.00"), (2024, "945.00")]


def test_over_four_years_rounded_and_unrounded_compounding_differ_by_a_penny():
    # unrounded: 987.65 x 1.0333^4 = 1125.92324570378...
    # rounded: 1020.538745, so 1020.54; 1054.523982, so 1054.52; 1089.635516, so 1089.64;
    # and 1125.925012, so 1125.93.
    rounded = told(point("987.65"), *(a_review(year, "3.33") for year in YEARS))
    unrounded = told(
        point("987.65"), *(a_review(year, "3.33", compounds_unrounded=True) for year in YEARS)
    )

    assert f"{rounded.points[-1].weekly}" == "1125.93"
    assert unrounded.points[-1].unrounded == Decimal("1125.923245703787")
    assert f"{unrounded.points[-1].weekly}" == "1125.92"


def test_terms_that_compound_on_the_rounded_fee_again_start_from_the_penny():
    ledger = told(
        point("987.65"), a_review(2023, "3.33", compounds_unrounded=True), a_review(2024, "10")
    )

    # 1020.54 x 1.1, not 1020.538745 x 1.1
    assert (f"{ledger.points[-1].weekly}", ledger.points[-1].unrounded) == ("1122.59", None)


def test_what_is_told_again_changes_nothing():
    ledger = told(TENDER, a_review(2023), a_review(2024))

    rules = in_order(ledger.rules)

    assert not compounded(key(), ledger.points, rules, ledger.left)


days = st.dates(date(2022, 1, 1), date(2026, 12, 31))
fees_weekly = st.integers(50_000, 200_000).map(lambda pence: f"{Decimal(pence).scaleb(-2)}")
MARKED = Exclusion("weekly_over", "1200.00", "the fee is over 1200.00 a week")


@st.composite
def histories(draw):
    """Draw tenders and corrections from days of their own, reviews, and the end of a membership."""
    own_days = draw(st.lists(days, min_size=1, max_size=4, unique=True))
    facts = [
        point(draw(fees_weekly), day, draw(st.sampled_from(["tender", "correction"])), f"L{day}")
        for day in own_days
    ]
    for year in draw(st.lists(st.sampled_from(YEARS), unique=True, max_size=4)):
        rate = draw(st.sampled_from(["0", "3.33", "4.1234567", "-0.1"]))
        said = {
            "compounds_unrounded": draw(st.booleans()),
            "first_uplift_after_months": draw(st.sampled_from([0, 12])),
            "exclude": draw(st.sampled_from([(), (MARKED,)])),
        }
        facts.append(a_review(year, rate, **said))
    if draw(st.booleans()):
        facts.append(Period(date(2022, 1, 1), draw(days.filter(lambda day: day.year > 2022))))
    return facts


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_fees_reviews_and_a_leaving_are_recorded_does_not_matter(facts, chance):
    shuffled = list(facts)
    chance.shuffle(shuffled)

    assert told(*facts).moves() == told(*shuffled).moves()


@pytest.mark.parametrize("award", ["final", "reversal"])
def test_of_two_reviews_of_one_day_the_one_applied_last_decides(award):
    second = a_rule(
        terms(fixed("3", share="1")), effective_from=date(2023, 4, 1), award=award, review_id="S"
    )

    ledger = told(TENDER, a_review(2023), a_review(2024), second)

    # 900.00 x 1.03 = 927.00, x 1.05 = 973.35; or back to 900.00, x 1.05 = 945.00
    expected = ["927.00", "973.35"] if award == "final" else ["900.00", "945.00"]
    assert weeks(ledger) == [(2022, "900.00"), (2023, expected[0]), (2024, expected[1])]
