"""What holds for any history of placements, reviews, corrections and amendments."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.pricing.adjusting import adjustments_due, with_adjustments
from services.pricing.changes import changes, told_after, told_of
from services.pricing.fee_book.spot_fee import spot_fee_on
from services.pricing.fees import FeeCause, FeeFamily, FeeKey, FeePoint, fee_on
from services.pricing.finance.reconcile import ToldChange, reconcile
from services.pricing.timeline import paid_until, segment_on
from shared.money import NOTHING, Money, for_days
from tests.pricing.builders import (
    BANDS,
    FAMILY,
    OTHER_URN,
    amended,
    counted,
    ended,
    flat_book,
    framework,
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
                    {"start": date(2023, 5, 20)},
                    {"start": date(2023, 6, 15)},
                    {"duration": "long_term"},
                    {"duration": "short_term"},
                    {"solo": True},
                    {"solo": False, "sibling_number": 2},
                    {"uasc": True},
                    {"disability": True, "uasc": False},
                    {"agreement": "spot", "agreed_weekly": Money(Decimal("1100.00"))},
                    {"agreement": "framework"},
                ]
            )
        )
        found.append(amended(draw(days), after_hours=hour + 1, **told))
    ends = draw(st.lists(st.dates(date(2023, 6, 1), LAST), max_size=2))
    told = [ended(day, after_hours=50 + hour) for hour, day in enumerate(ends)]
    if draw(st.booleans()):
        told.append(ended(after_hours=draw(st.integers(40, 60)) + 20))
    return found + told


@st.composite
def points(draw):
    """Draw reviews, corrections and counts of placements, as (key or agency, point or count)."""
    found = []
    for number in range(draw(st.integers(0, 5))):
        if draw(st.integers(0, 4)) == 0:
            found.append((OTHER_URN, counted(draw(st.integers(15, 50)), draw(days), number=number)))
            continue
        family = draw(st.sampled_from(FAMILIES))
        cause = FeeCause(draw(st.sampled_from(["review", "correction"])), f"C{number}")
        point = FeePoint(draw(days), draw(fees_weekly), cause, number + 2)
        found.append((key(draw(st.sampled_from(BANDS)), family=family), point))
    return found


def a_book(some):
    fees = flat_book(families=_with_purchasers(), by_band={"11-15": "950.00", "16-18": "1020.50"})
    for of, told in some:
        if isinstance(of, FeeKey):
            fees.add(of, told)
        else:
            fees.count_volume(of, told)
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


@settings(deadline=None)
@given(events(), points(), days)
def test_segments_cover_the_placement_without_gap_or_overlap(some, fees, horizon):
    one = a_placement(some)

    segments = timeline_of(one, a_book(fees), horizon)

    assert segments[0].start == one.start
    assert all(before.end == after.start for before, after in pairwise(segments))
    assert all(each.end is None or each.start < each.end for each in segments)
    assert segments[-1].end is None


def fee_of(one, fees, day, horizon):
    """Return what a day costs, looked up by itself."""
    until = paid_until(one, framework(), horizon)
    if until is not None and day >= until:
        return NOTHING
    terms = one.terms_on(day)
    if terms.agreement == "spot":
        return spot_fee_on(one, day, fees)
    band = framework().age_bands.band_on(one.date_of_birth, day)
    weekly = fee_on(fees, FeeKey(*terms.family, band), day).weekly
    return with_adjustments(weekly, adjustments_due(one, day, framework(), fees))


@settings(deadline=None)
@given(events(), points(), st.lists(days, min_size=1, max_size=8), st.data())
def test_each_day_costs_what_is_looked_up_for_that_day_alone(some, fees, on_days, data):
    one, every = a_placement(some), a_book(fees)
    if data.draw(st.booleans()):
        every.put_spot_awards([Lifts(data.draw(days)), Lifts(data.draw(days))])

    segments = timeline_of(one, every, LAST)

    for day in on_days:
        if day >= one.start:
            assert segment_on(segments, day).weekly == fee_of(one, every, day, LAST)


class Lifts:
    """A review that lifts every spot fee by ten pounds."""

    review_id = "R"

    def __init__(self, effective_from):
        self.effective_from = self.awarded_on = effective_from

    def lifted(self, family, weekly, agreed_from):  # noqa: ARG002 - as reviews ask for it
        return Money(weekly + 10)


@settings(deadline=None)
@given(events(), points(), st.randoms(use_true_random=False))
def test_the_order_in_which_amendments_arrive_does_not_matter(some, fees, chance):
    shuffled = list(some)
    chance.shuffle(shuffled)

    as_told, as_arrived = (
        timeline_of(a_placement(each), a_book(fees)) for each in (some, shuffled)
    )

    assert as_told == as_arrived


@settings(deadline=None)
@given(events(), events(), points(), points(), days, days)
def test_what_was_told_and_then_changed_is_what_holds(before, after, old, new, then, now):
    told = told_of(timeline_of(a_placement(before), a_book(old), then))
    current = timeline_of(a_placement([*before, *after]), a_book([*old, *new]), now)

    for each in changes(told, current, now):
        told = told_after(told, each.start, each.end, each.new_weekly, each.account)

    assert told == told_of(current)


@settings(deadline=None)
@given(events(), points(), days)
def test_what_finance_knows_is_never_told_again(some, fees, today):
    current = timeline_of(a_placement(some), a_book(fees), today)

    assert not changes(told_of(current), current, today)


@settings(deadline=None)
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


@settings(deadline=None)
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
