"""Spot fees that reviews lift, reviews that come late, and agencies that left the framework."""

from datetime import date

import pytest

from services.pricing.fees import FeeBook, NoFeeOn
from services.pricing.timeline import paid_until
from shared.days import Period
from shared.money import pounds
from tests.pricing.builders import (
    FAMILY,
    OTHER_URN,
    URN,
    amended,
    book,
    causes_of,
    ended,
    flat_book,
    framework,
    framework_with,
    placement,
    point,
    timeline_of,
    weeks_of,
)

OTHER = FAMILY._replace(agency=OTHER_URN)
START = date(2024, 5, 1)


class Lifts:
    """A review that lifts every spot fee by 50 pounds."""

    def __init__(self, review_id, effective_from, awarded_on=None):
        self.review_id = review_id
        self.effective_from = effective_from
        self.awarded_on = awarded_on or effective_from

    def lifted(self, family, weekly, agreed_from):  # noqa: ARG002 - as reviews ask for it
        return pounds(f"{weekly + 50}")


def spot(*events, weekly="1200.00", **told):
    return placement(*events, agreement="spot", agreed_weekly=pounds(weekly), **told)


def with_awards(*awards):
    fees = FeeBook()
    fees.put_spot_awards(awards)
    return fees


def test_a_placement_goes_over_to_a_spot_fee_and_back():
    one = placement(
        amended(date(2024, 8, 1), agreement="spot", agreed_weekly=pounds("1234.00")),
        amended(date(2024, 10, 1), agreement="framework", after_hours=2),
    )

    assert weeks_of(timeline_of(one)) == [
        (START, "900.00"),
        (date(2024, 8, 1), "1234.00"),
        (date(2024, 10, 1), "900.00"),
    ]
    assert one.families() == {FAMILY}


def test_a_review_that_lifts_spot_fees_lifts_it_from_its_day():
    fees = with_awards(Lifts("R25", date(2025, 4, 1)), Lifts("R26", date(2026, 4, 1)))

    segments = timeline_of(spot(), fees)

    assert weeks_of(segments) == [
        (START, "1200.00"),
        (date(2025, 4, 1), "1250.00"),
        (date(2026, 4, 1), "1300.00"),
    ]
    assert causes_of(segments)[1:] == [[("review", "R25")], [("review", "R26")]]


def test_a_spot_fee_that_is_agreed_on_the_day_of_a_review_is_not_lifted_by_it():
    anew = amended(date(2025, 4, 1), agreed_weekly=pounds("1240.00"))
    fees = with_awards(Lifts("R25", date(2025, 4, 1)), Lifts("R26", date(2026, 4, 1)))

    assert weeks_of(timeline_of(spot(anew), fees)) == [
        (START, "1200.00"),
        (date(2025, 4, 1), "1240.00"),
        (date(2026, 4, 1), "1290.00"),
    ]


def test_a_spot_fee_that_was_lifted_goes_on_when_something_else_is_amended():
    enhanced = amended(date(2025, 9, 1), purchaser="medway")
    fees = with_awards(Lifts("R25", date(2025, 4, 1)), Lifts("R26", date(2026, 4, 1)))

    segments = timeline_of(spot(enhanced), fees)

    assert weeks_of(segments)[1:] == [
        (date(2025, 4, 1), "1250.00"),
        (date(2025, 9, 1), "1250.00"),
        (date(2026, 4, 1), "1300.00"),
    ]


def test_a_spot_fee_amended_on_the_day_of_a_review_has_both_causes():
    moved = amended(date(2025, 4, 1), purchaser="medway")

    segments = timeline_of(spot(moved), with_awards(Lifts("R25", date(2025, 4, 1))))

    assert weeks_of(segments)[1:] == [(date(2025, 4, 1), "1250.00")]
    assert causes_of(segments)[1:] == [[("amended", "P1"), ("review", "R25")]]


LATE = point("934.47", date(2026, 4, 1), "review", "R26")._replace(awarded_on=date(2026, 6, 15))
NOT_PAID = framework_with(review_arrears_for_ended="not_paid")


@pytest.mark.parametrize(
    ("end", "under", "weekly"),
    [
        # It ended before the review was applied.
        (date(2026, 6, 1), framework(), "934.47"),
        (date(2026, 6, 1), NOT_PAID, "900.00"),
        # It ended on the day on which the review was applied, and the day after.
        (date(2026, 6, 15), NOT_PAID, "900.00"),
        (date(2026, 6, 16), NOT_PAID, "934.47"),
    ],
)
def test_a_late_review_reaches_who_has_left_as_the_convention_says(end, under, weekly):
    fees = book(point("900.00"), LATE)

    segments = timeline_of(placement(ended(end)), fees, under=under)

    assert f"{segments[-2].weekly}" == weekly


def test_a_late_review_of_spot_fees_reaches_who_has_left_by_the_same_convention():
    fees = with_awards(Lifts("R26", date(2026, 4, 1), awarded_on=date(2026, 6, 15)))
    gone = spot(ended(date(2026, 6, 1)))

    assert len(timeline_of(gone, fees)) == 3
    assert len(timeline_of(gone, fees, under=NOT_PAID)) == 2


def test_who_came_of_age_before_a_late_review_has_left_too():
    fees = book(point("900.00"), LATE, age_band="16-18")
    adult = placement(date_of_birth=date(2008, 5, 20), start=date(2024, 6, 1))

    segments = timeline_of(adult, fees, under=NOT_PAID)

    assert weeks_of(segments) == [(date(2024, 6, 1), "900.00"), (date(2026, 5, 20), "0.00")]
    assert paid_until(adult, NOT_PAID, date(2026, 12, 31)) == date(2026, 5, 20)


def left(day, *again):
    fees = flat_book(families=(FAMILY, OTHER))
    fees.put_memberships(URN, [Period(date(2022, 4, 1), day), *again])
    return fees


def test_a_placement_goes_on_when_its_agency_leaves_the_framework():
    segments = timeline_of(placement(date_of_birth=date(2014, 9, 2)), left(date(2024, 8, 1)))

    assert weeks_of(segments) == [(START, "900.00")]


def test_no_placement_is_bought_of_an_agency_that_has_left():
    with pytest.raises(NoFeeOn, match="left the framework on 2024-05-01"):
        timeline_of(placement(), left(START))


def test_the_last_day_of_an_agency_is_the_day_before_it_left():
    assert timeline_of(placement(), left(date(2024, 5, 2)))


def test_nobody_moves_to_an_agency_that_has_left():
    one = placement(amended(date(2024, 9, 1), agency=URN), family=OTHER)

    with pytest.raises(NoFeeOn, match="left the framework on 2024-08-01"):
        timeline_of(one, left(date(2024, 8, 1)))


def test_an_agency_that_left_and_came_back_is_bought_of_again():
    fees = left(date(2024, 3, 1), Period(date(2024, 5, 1), None))

    assert timeline_of(placement(), fees)


def test_a_spot_placement_may_be_with_an_agency_that_has_left():
    fees = left(date(2023, 1, 1))

    assert weeks_of(timeline_of(spot(), fees)) == [(START, "1200.00")]


def test_a_spot_placement_does_not_come_over_to_the_framework_of_an_agency_that_has_left():
    one = spot(amended(date(2024, 9, 1), agreement="framework"))

    with pytest.raises(NoFeeOn, match="left the framework on 2024-08-01"):
        timeline_of(one, left(date(2024, 8, 1)))
