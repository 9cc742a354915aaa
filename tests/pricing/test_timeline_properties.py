"""What holds for any history of placements, reviews, corrections and amendments."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.pricing.changes import changes, told_after, told_of
from services.pricing.fees import FeeCause, FeeFamily, FeePoint
from services.pricing.reconcile import ToldChange, reconcile
from shared.money import Money, for_days
from tests.pricing.builders import (
    BANDS,
    FAMILY,
    OTHER_URN,
    amended,
    ended,
    flat_book,
    key,
    placement,
    timeline_of,
)

FAMILIES = (
    FAMILY,
    FAMILY._replace(agency=OTHER_URN),
    FAMILY._replace(purchaser="medway"),
    FAMILY._replace(need_category="enhanced"),
)
FIRST, LAST = date(2023, 1, 1), date(2027, 12, 31)
days = st.dates(FIRST, LAST)
fees_weekly = st.integers(50_000, 200_000).map(lambda pence: Money(Decimal(pence).scaleb(-2)))


@st.composite
def events(draw):
    """Draw what case management may tell of a placement after its start."""
    found = []
    for hour in range(draw(st.integers(0, 4))):
        told = draw(
            st.sampled_from(
                [
                    {"agency": OTHER_URN},
                    {"purchaser": "medway"},
                    {"need_category": "enhanced"},
                    {"date_of_birth": date(2010, 2, 28)},
                    {"date_of_birth": date(2013, 8, 5)},
                ]
            )
        )
        found.append(amended(draw(days), after_hours=hour + 1, **told))
    ends = draw(st.lists(st.dates(date(2023, 6, 1), LAST), max_size=2))
    return found + [ended(day, after_hours=50 + hour) for hour, day in enumerate(ends)]


@st.composite
def points(draw):
    """Draw reviews and corrections, as (key, point)."""
    found = []
    for number in range(draw(st.integers(0, 5))):
        family = draw(st.sampled_from(FAMILIES))
        cause = FeeCause(draw(st.sampled_from(["review", "correction"])), f"C{number}")
        point = FeePoint(draw(days), draw(fees_weekly), cause, number + 2)
        found.append((key(draw(st.sampled_from(BANDS)), family=family), point))
    return found


def a_book(some):
    fees = flat_book(families=_with_purchasers(), by_band={"11-15": "950.00", "16-18": "1020.50"})
    for each_key, point in some:
        fees.add(each_key, point)
    return fees


def _with_purchasers():
    return {
        FeeFamily(agency, purchaser, "core", need)
        for agency in {family.agency for family in FAMILIES}
        for purchaser in ("kent", "medway")
        for need in ("standard", "enhanced")
    }


def a_placement(some, born=date(2012, 9, 3)):
    return placement(*some, start=date(2023, 6, 1), date_of_birth=born)


def pounds_of(told, until):
    """Return the exact pounds of what finance knows, up to a day."""
    ends = [*(step.start for step in told[1:]), until][: len(told)]
    return sum(
        (
            step.weekly * max((min(end, until) - step.start).days, 0)
            for step, end in zip(told, ends, strict=True)
        ),
        Decimal(0),
    )


@given(events(), points(), days)
def test_segments_cover_the_placement_without_gap_or_overlap(some, fees, horizon):
    one = a_placement(some)

    segments = timeline_of(one, a_book(fees), horizon)

    assert segments[0].start == one.start
    assert all(before.end == after.start for before, after in pairwise(segments))
    assert all(each.end is None or each.start < each.end for each in segments)
    assert segments[-1].end is None


@given(events(), points(), st.randoms(use_true_random=False))
def test_the_order_in_which_amendments_arrive_does_not_matter(some, fees, chance):
    shuffled = list(some)
    chance.shuffle(shuffled)

    as_told, as_arrived = (
        timeline_of(a_placement(each), a_book(fees)) for each in (some, shuffled)
    )

    assert as_told == as_arrived


@given(events(), events(), points(), points(), days, days)
def test_what_was_told_and_then_changed_is_what_holds(before, after, old, new, then, now):
    told = told_of(timeline_of(a_placement(before), a_book(old), then))
    current = timeline_of(a_placement([*before, *after]), a_book([*old, *new]), now)

    for each in changes(told, current, now):
        told = told_after(told, each.start, each.end, each.new_weekly, each.account)

    assert told == told_of(current)


@given(events(), points(), days)
def test_what_finance_knows_is_never_told_again(some, fees, today):
    current = timeline_of(a_placement(some), a_book(fees), today)

    assert not changes(told_of(current), current, today)


@given(events(), points(), points(), days)
def test_arrears_are_the_pounds_of_the_past_that_moved(some, old, new, today):
    told = told_of(timeline_of(a_placement(some), a_book(old), today))
    current = timeline_of(a_placement(some), a_book([*old, *new]), today)

    lines = [line for each in changes(told, current, today) for line in each.arrears]

    moved = pounds_of(told_of(current), today) - pounds_of(told, today)
    exact = sum(((line.new_weekly - line.old_weekly) * line.days for line in lines), Decimal(0))
    assert exact == moved
    assert all(
        line.amount == for_days(line.new_weekly - line.old_weekly, line.days) for line in lines
    )
    assert all(line.first_day < line.day_after_last <= today for line in lines)


@given(events(), points(), st.lists(days, max_size=4).map(sorted))
def test_finance_adds_up_whatever_it_was_told_day_by_day(some, fees, mornings):
    received, told = [], ()
    for count, today in enumerate([date(2023, 6, 1), *mornings]):
        one = a_placement(some[: count + 1])
        current = timeline_of(one, a_book(fees[: count + 1]), today + timedelta(days=28))
        for each in changes(told, current, today):
            sequence = len(received) + 1
            received.append(
                ToldChange(
                    one.id,
                    sequence,
                    each.start,
                    each.end,
                    each.account,
                    each.old_weekly,
                    each.new_weekly,
                )
            )
            told = told_after(told, each.start, each.end, each.new_weekly, each.account)

    assert not reconcile([*received, *received[:1]], {"P1": current})


def test_a_book_is_the_same_in_whatever_order_it_was_read():
    first = FeePoint(date(2024, 4, 1), Money(Decimal("900.00")), FeeCause("tender", "t"), 1)
    second = first._replace(weekly=Money(Decimal("910.00")), number=2)

    there, back = flat_book(), flat_book()
    for each in (first, second):
        there.add(key(), each)
    for each in (second, first):
        back.add(key(), each)

    assert there.points(FAMILY, "5-10") == back.points(FAMILY, "5-10")
