"""What an agency is due for a period: the fees that finance knew, arrears and credits."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.pricing.changes import Arrears, changes, told_after, told_of
from services.pricing.finance.statement import Told, Totals, statement_lines
from services.pricing.placement import Account
from services.pricing.timeline import Segment
from shared.days import Period
from shared.money import DAYS_IN_WEEK, NOTHING, Money, for_days, pounds

KENT = Account("SC990001", "kent", "looked_after", "base_budget")
MEDWAY = Account("SC990001", "medway", "looked_after", "base_budget")
ELSEWHERE = Account("SC990002", "kent", "asylum", "uasc_grant")
FIRST = date(2026, 3, 2)
APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
MAY = Period(date(2026, 5, 1), date(2026, 6, 1))


def told_of_steps(*histories):
    """Return the messages for one placement of which one timeline after another held.

    Args:
        histories: of each the day on which finance was told, and the steps that held then.
    """
    told, messages = (), []
    for today, *steps in histories:
        current = tuple(
            Segment(start, steps[n + 1][0] if n + 1 < len(steps) else None, weekly, account, ())
            for n, (start, weekly, account) in enumerate(steps)
        )
        for change in changes(told, current, today):
            told = told_after(told, change.start, change.end, change.new_weekly, change.account)
            messages.append(message(len(messages) + 1, change, today))
        assert told == told_of(current)
    return messages


def message(sequence, change, today):
    return Told(
        "P1",
        sequence,
        change.start,
        change.end,
        change.account,
        change.old_weekly,
        change.new_weekly,
        today,
        change.arrears,
    )


def lines_of(messages, period, agency="SC990001"):
    mine = [each for each in messages if each.account.agency == agency]
    return list(statement_lines(mine, period))


def told_lines(messages, period):
    """Return the lines as a person reads them."""
    return [
        (line.kind, line.first_day, line.days, f"{line.weekly}", f"{line.amount}")
        for line in lines_of(messages, period)
    ]


def test_a_month_at_one_fee_is_one_line():
    messages = told_of_steps((FIRST, (FIRST, pounds("900.00"), KENT)))

    # 900.00 x 30 / 7 = 3857.142...
    assert told_lines(messages, APRIL) == [("fee", date(2026, 4, 1), 30, "900.00", "3857.14")]


def test_a_late_review_is_arrears_on_the_statement_of_the_month_in_which_it_was_told():
    before = (FIRST, pounds("900.00"), KENT)
    messages = told_of_steps(
        (FIRST, before),
        (date(2026, 5, 11), before, (date(2026, 4, 1), pounds("934.47"), KENT)),
    )

    assert told_lines(messages, APRIL) == [("fee", date(2026, 4, 1), 30, "900.00", "3857.14")]
    # 900.00 x 10 / 7; 934.47 x 21 / 7; 34.47 x 40 / 7 = 196.971...
    assert told_lines(messages, MAY) == [
        ("fee", date(2026, 5, 1), 10, "900.00", "1285.71"),
        ("fee", date(2026, 5, 11), 21, "934.47", "2803.41"),
        ("arrears", date(2026, 4, 1), 40, "34.47", "196.97"),
    ]


def test_an_end_that_was_told_late_is_a_credit():
    before = (FIRST, pounds("900.00"), KENT)
    messages = told_of_steps(
        (FIRST, before), (date(2026, 5, 4), before, (date(2026, 4, 20), NOTHING, KENT))
    )

    # 900.00 x 3 / 7; -900.00 x 14 / 7
    assert told_lines(messages, MAY) == [
        ("fee", date(2026, 5, 1), 3, "900.00", "385.71"),
        ("credit", date(2026, 4, 20), 14, "-900.00", "-1800.00"),
    ]


def test_a_fee_that_was_told_before_its_day_is_paid_from_its_day_on():
    messages = told_of_steps(
        (FIRST, (FIRST, pounds("900.00"), KENT), (date(2026, 4, 8), pounds("950.00"), KENT))
    )

    assert told_lines(messages, APRIL) == [
        ("fee", date(2026, 4, 1), 7, "900.00", "900.00"),
        ("fee", date(2026, 4, 8), 23, "950.00", "3121.43"),
    ]


def test_a_placement_that_moved_stands_on_the_statement_of_each_agency_for_its_part():
    messages = told_of_steps(
        (FIRST, (FIRST, pounds("900.00"), KENT)),
        (
            date(2026, 4, 15),
            (FIRST, pounds("900.00"), KENT),
            (date(2026, 4, 11), pounds("800.00"), ELSEWHERE),
        ),
    )

    assert told_lines(messages, APRIL) == [
        ("fee", date(2026, 4, 1), 14, "900.00", "1800.00"),
        ("credit", date(2026, 4, 11), 4, "-900.00", "-514.29"),
    ]
    theirs = lines_of(messages, APRIL, "SC990002")
    assert [(line.kind, line.first_day, line.days) for line in theirs] == [
        ("fee", date(2026, 4, 15), 16),
        ("arrears", date(2026, 4, 11), 4),
    ]


def test_what_is_told_after_the_period_changes_nothing_in_it():
    before = (FIRST, pounds("900.00"), KENT)
    early = told_of_steps((FIRST, before))
    late = told_of_steps(
        (FIRST, before), (date(2026, 6, 1), before, (date(2026, 4, 10), NOTHING, KENT))
    )

    assert lines_of(early, APRIL) == lines_of(late, APRIL)


def test_a_message_of_a_day_that_seems_earlier_than_the_one_before_it_loses_nothing():
    # Two workers, of whose clocks one is a day behind at midnight.
    first, second = told_of_steps(
        (FIRST, (FIRST, pounds("900.00"), KENT)), (FIRST, (FIRST, pounds("930.00"), KENT))
    )
    behind = second._replace(as_of=FIRST - timedelta(days=1))

    whole = lines_of([first, behind], Period(date(2026, 2, 1), date(2026, 4, 1)))

    assert sum(line.amount for line in whole) == for_days(pounds("930.00"), 30)


def test_totals_are_by_purchaser_by_service_line_and_of_all():
    messages = told_of_steps(
        (FIRST, (FIRST, pounds("900.00"), KENT)),
        (
            date(2026, 4, 15),
            (FIRST, pounds("900.00"), KENT),
            (date(2026, 4, 11), pounds("800.00"), MEDWAY),
        ),
    )
    totals = Totals()

    for line in lines_of(messages, APRIL):
        totals.add(line)

    # kent: 1800.00 - 514.29; medway: 800.00 x 16 / 7 = 1828.57, and 457.14 in arrears
    assert {name: sums.total for name, sums in totals.by_purchaser.items()} == {
        "kent": Decimal("1285.71"),
        "medway": Decimal("2285.71"),
    }
    assert totals.by_service_line["looked_after"] == totals.all
    assert totals.all.total == Decimal("3571.42")
    assert (totals.lines, totals.rederived) == (4, 0)


def test_a_line_that_was_worked_out_again_is_counted_as_such():
    owed = Arrears(FIRST, date(2026, 4, 1), NOTHING, pounds("900.00"), pounds("3857.14"))
    (told,) = told_of_steps((APRIL.start, (FIRST, pounds("900.00"), KENT)))
    told = told._replace(arrears=(owed,), is_rederived=True)
    totals = Totals()

    for line in lines_of([told], APRIL):
        totals.add(line)

    assert (totals.lines, totals.rederived) == (2, 1)


accounts = st.sampled_from([KENT, MEDWAY, ELSEWHERE])
weeklies = st.integers(0, 200_000).map(lambda pence: Money(Decimal(pence) / 100))
days_on = st.integers(0, 60)


@st.composite
def histories(draw):
    """Draw what held of one placement on some rising days, each a whole timeline of its own."""
    today, found = FIRST, []
    for _ in range(draw(st.integers(1, 4))):
        today += timedelta(days=draw(st.integers(0, 40)))
        starts = sorted(draw(st.sets(days_on, min_size=1, max_size=4)))
        found.append(
            (
                today,
                *((FIRST + timedelta(days=day), draw(weeklies), draw(accounts)) for day in starts),
            )
        )
    return found


@given(histories(), st.sets(st.integers(1, 200), max_size=5))
def test_consecutive_statements_add_up_to_the_timeline_in_exact_sevenths(told, cuts):
    messages = told_of_steps(*told)
    stop = FIRST + timedelta(days=220)
    edges = [FIRST, *(FIRST + timedelta(days=cut) for cut in sorted(cuts)), stop]
    periods = [Period(*pair) for pair in pairwise(edges)]

    for agency in ("SC990001", "SC990002"):
        lines = [line for period in periods for line in lines_of(messages, period, agency)]

        stated = sum((line.weekly * line.days for line in lines), NOTHING)
        cost = sum(week_by_day(told[-1][1:], agency, FIRST, stop), NOTHING)
        assert stated == cost
        pennies = sum((line.amount for line in lines), NOTHING)
        assert abs(pennies - cost / DAYS_IN_WEEK) <= Decimal("0.005") * len(lines)


@given(histories(), st.sets(st.integers(1, 200), max_size=5))
def test_each_arrears_line_of_a_message_stands_on_exactly_one_statement(told, cuts):
    messages = told_of_steps(*told)
    edges = [FIRST, *(FIRST + timedelta(days=cut) for cut in sorted(cuts)), date(2027, 1, 1)]

    found = [
        (line.sequence, line.first_day, line.day_after_last, line.weekly, line.amount)
        for pair in pairwise(edges)
        for agency in ("SC990001", "SC990002")
        for line in lines_of(messages, Period(*pair), agency)
        if line.kind != "fee"
    ]

    assert sorted(found) == sorted(
        (
            each.sequence,
            line.first_day,
            line.day_after_last,
            line.new_weekly - line.old_weekly,
            line.amount,
        )
        for each in messages
        for line in each.arrears
    )


def week_by_day(steps, agency, start, stop):
    """Yield the weekly fee of an agency on each day, as the last timeline has it."""
    day = start
    while day < stop:
        held = [step for step in steps if step[0] <= day]
        if held and held[-1][2].agency == agency:
            yield held[-1][1]
        day += timedelta(days=1)
