"""Fees of placements that had ended when a review was applied, where it is not to reach them."""

from datetime import date

import pytest

from services.pricing.fee_book.awarded import points_awarded_before
from shared.money import percentage, pounds
from tests.pricing.builders import key, point, timeline_of, weeks_of
from tests.pricing.cases.life import Life, agreement

APRIL_2025 = date(2025, 4, 1)
APRIL_2026 = date(2026, 4, 1)
ENDED_ON = date(2026, 4, 22)
SOON = date(2026, 4, 2)
TOO_LATE = date(2026, 5, 11)
START = date(2024, 4, 1)
END = (ENDED_ON, "0.00")


@pytest.fixture
def life():
    """Return a placement that ended on 22 April 2026, whose fee of 900.00 stands since 2022."""
    one = Life(
        agreement({"review_arrears_for_ended": "not_paid"}),
        fees={"11-15": "900.00"},
        date_of_birth=date(2012, 6, 15),
    )
    one.end(ENDED_ON)
    return one


def weeks(life):
    return weeks_of(life.timeline(date(2026, 6, 1)))


def test_what_a_provisional_award_brought_in_time_stays_when_the_final_one_is_too_late(life):
    life.review(APRIL_2026, percentage("5"), SOON, award="provisional")
    life.review(APRIL_2026, percentage("6"), TOO_LATE)

    # 900.00 x 1.05, and not 900.00 x 1.06
    assert weeks(life) == [(START, "900.00"), (APRIL_2026, "945.00"), END]


def test_a_review_in_time_starts_from_the_fee_without_one_of_an_earlier_year_too_late(life):
    life.review(APRIL_2026, percentage("5"), SOON)
    life.review(APRIL_2025, percentage("10"), TOO_LATE)

    # 900.00 x 1.05; with the late one it would be 990.00 and 1039.50.
    assert weeks(life) == [(START, "900.00"), (APRIL_2026, "945.00"), END]


def test_what_was_paid_in_time_is_not_taken_back_by_a_reversal_too_late(life):
    life.review(APRIL_2026, percentage("5"), SOON)
    life.review(APRIL_2026, percentage("0"), TOO_LATE, award="reversal")
    fees, one = life.fees(), key("11-15")
    brought = point("945.00", APRIL_2026, "review", "review-3", number=10)
    put_back = point("900.00", APRIL_2026, "review", "review-4", number=11)
    fees.add(one, brought._replace(awarded_on=SOON))
    fees.add(one, put_back._replace(awarded_on=TOO_LATE))

    found = timeline_of(life.placement, fees, TOO_LATE, under=life.framework)

    assert weeks_of(found) == [(START, "900.00"), (APRIL_2026, "945.00"), END]


def test_a_corrected_tender_moves_the_reviews_that_were_in_time_and_no_others(life):
    life.review(APRIL_2025, percentage("5"), APRIL_2025)
    life.review(APRIL_2026, percentage("10"), TOO_LATE)
    life.correct(key("11-15"), date(2022, 4, 1), pounds("1000.00"))

    # 1000.00 x 1.05, and not x 1.10 in 2026
    assert weeks(life) == [(START, "1000.00"), (APRIL_2025, "1050.00"), END]


def test_a_spot_fee_keeps_the_award_that_was_in_time(life):
    life.amend(START, agreement="spot", agreed_weekly=pounds("1000.00"))
    life.review(APRIL_2026, percentage("5"), SOON, award="provisional", spot_stays=False)
    life.review(APRIL_2026, percentage("6"), TOO_LATE, spot_stays=False)

    assert weeks(life) == [(START, "1000.00"), (APRIL_2026, "1050.00"), END]


def test_where_every_review_was_in_time_what_is_recorded_holds(life):
    life.review(APRIL_2026, percentage("5"), SOON)
    fees, one = life.fees(), key("11-15")

    found = points_awarded_before(fees, one, ENDED_ON)

    assert found == fees.points(one.family, one.age_band)
