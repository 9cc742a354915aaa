"""Whatever happens to a placement, in whatever order it is told, finance's pounds are right."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, reject
from hypothesis import strategies as st

from services.pricing.changes import told_of
from services.pricing.fees import FeeFamily, FeeKey, NoFeeOn
from services.pricing.finance.reconcile import ToldChange, ledger_of
from shared.money import NOTHING, percentage, pounds, to_penny
from tests.pricing.builders import OTHER_URN, URN
from tests.pricing.cases.life import BANDS, Life, agreement

START = date(2024, 4, 1)
DAYS = st.integers(min_value=-30, max_value=1_100).map(lambda days: START + timedelta(days))
PENCE = st.integers(min_value=50_000, max_value=150_000)
WEEKLY = PENCE.map(lambda pence: pounds(f"{pence / 100:.2f}"))
RATES = st.integers(min_value=-100, max_value=11_000).map(
    lambda thousandths: percentage(f"{thousandths / 1000:.3f}")
)
REVIEW_DAYS = (date(2024, 4, 1), date(2024, 10, 1), date(2025, 4, 1), date(2026, 4, 1))
BIRTHS = st.dates(min_value=date(2006, 6, 1), max_value=date(2020, 12, 31))

AMENDED = st.fixed_dictionaries(
    {},
    optional={
        "agency": st.sampled_from((URN, OTHER_URN)),
        "purchaser": st.sampled_from(("kent", "medway")),
        "need_category": st.sampled_from(("standard", "enhanced")),
        "date_of_birth": BIRTHS,
        "solo": st.booleans(),
        "sibling_number": st.integers(min_value=1, max_value=3),
        "duration": st.sampled_from(("short_term", "long_term")),
        "disability": st.booleans(),
        "uasc": st.booleans(),
        "start": st.integers(-20, 20).map(lambda days: START + timedelta(days)),
    },
)
STAYS_SPOT = {"agreement": "spot", "agreed_weekly": pounds("1000.00")}
FACTS = st.one_of(
    st.tuples(st.just("amend"), DAYS, AMENDED),
    st.tuples(st.just("agree"), DAYS, WEEKLY),
    st.tuples(st.just("end"), st.one_of(st.none(), DAYS.filter(lambda day: day > START))),
    st.tuples(st.just("correct"), st.sampled_from(BANDS), DAYS, WEEKLY),
    st.tuples(
        st.just("review"), st.sampled_from(REVIEW_DAYS), RATES, DAYS, st.booleans(), st.booleans()
    ),
    st.tuples(st.just("count"), DAYS, st.integers(min_value=0, max_value=50)),
    st.tuples(st.just("leave"), DAYS.filter(lambda day: day > START + timedelta(30))),
)


def _of_what(fact):
    """Return what a fact is about: of two about one thing it matters which is told last."""
    kind, *rest = fact
    # Of one day there may be two reviews, if they are applied on different days.
    told = {"correct": 2, "leave": 0, "review": 3}.get(kind, 1)
    return (kind, *rest[:told])


HISTORIES = st.lists(FACTS, min_size=1, max_size=7, unique_by=_of_what)
PLACEMENTS = st.fixed_dictionaries(
    {"date_of_birth": BIRTHS, "duration": st.sampled_from(("short_term", "long_term"))},
    optional={"solo": st.booleans(), "sibling_number": st.integers(1, 3)},
)
GAPS = st.lists(st.integers(min_value=0, max_value=200), min_size=8, max_size=8)
CONVENTIONS = st.fixed_dictionaries(
    {
        "band_change": st.sampled_from(("birthday", "week_of_birthday")),
        "review_arrears_for_ended": st.sampled_from(("paid", "not_paid")),
    }
)


def happen(life, fact, number):
    """Let a fact become known, as the one of a number; return what finance is told as its cause."""
    kind, *rest = fact
    return HAPPENINGS[kind](life, number, *rest)


def _amended(life, number, day, amended):
    return life.amend(day, number=number, **amended)


def _agreed(life, number, day, weekly):
    return life.amend(day, number=number, agreement="spot", agreed_weekly=weekly)


def _ended(life, number, day):
    return life.end(day, number=number)


def _corrected(life, number, band, day, weekly):
    key = FeeKey(*FeeFamily(URN, "kent", "core", "standard"), band)
    return life.correct(key, day, weekly, number=number)


def _reviewed(life, number, day, rate, awarded_on, stays, unrounded):
    return life.review(
        day, rate, awarded_on, number=number, spot_stays=stays, compounds_unrounded=unrounded
    )


def _counted(life, number, day, placements):
    return life.count(URN, day, placements, number=number)


def _left(life, _, day):
    return life.leave(URN, day)


HAPPENINGS = {
    "amend": _amended,
    "agree": _agreed,
    "end": _ended,
    "correct": _corrected,
    "review": _reviewed,
    "count": _counted,
    "leave": _left,
}


@st.composite
def lives(draw):
    """Draw a life with all its messages, and the day of the last one."""
    facts, gaps = draw(HISTORIES), draw(GAPS)
    life = Life(agreement(draw(CONVENTIONS)), **draw(PLACEMENTS))
    today = START
    try:
        life.tell(today)
        for number, (fact, gap) in enumerate(zip(facts, gaps, strict=False), start=2):
            today += timedelta(gap)
            life.tell(today, happen(life, fact, number))
            life.tell(today)
    except NoFeeOn:
        # Such a history is refused: something was bought from an agency that had left.
        reject()
    return life, today


def pounds_of(steps, until):
    """Return what stretches of weekly fees come to by account up to a day, in exact sevenths."""
    total = {}
    for start, end, account, weekly in steps:
        days = (min(end or until, until) - start).days
        if days > 0 and weekly:
            total[account] = total.get(account, 0) + Fraction(weekly) * days / 7
    return {account: sum_ for account, sum_ in total.items() if sum_}


@given(lives())
def test_all_messages_together_are_the_pounds_of_the_timeline_on_every_account(lived):
    life, today = lived
    until = today + timedelta(500)

    messages = pounds_of(
        [
            (one.start, one.end, one.account, one.new_weekly - one.old_weekly)
            for one in life.messages
        ],
        until,
    )

    current = life.timeline(today)
    assert messages == pounds_of(
        [(one.start, one.end, one.account, one.weekly) for one in current], until
    )


@given(lives())
def test_what_is_owed_is_a_line_of_sevenths_rounded_once_for_the_days_that_are_past(lived):
    life, _ = lived

    for change in life.messages:
        for line in change.arrears:
            exact = (change.new_weekly - change.old_weekly) * line.days / 7
            assert line.amount == to_penny(exact)
            assert change.start <= line.first_day < line.day_after_last


@given(lives())
def test_telling_again_tells_nothing_and_a_copy_of_a_message_changes_no_ledger(lived):
    life, today = lived
    received = [
        ToldChange("P1", number, one.start, one.end, one.account, one.old_weekly, one.new_weekly)
        for number, one in enumerate(life.messages, start=1)
    ]

    ledger, faults = ledger_of([*received, *reversed(received)])

    assert life.tell(today) == []
    assert faults == []
    assert ledger == told_of(life.timeline(today)) == life.told


@given(lives())
def test_the_segments_cover_the_placement_without_gap_or_overlap(lived):
    life, today = lived

    segments = life.timeline(today)

    assert segments[0].start == life.placement.start
    assert segments[-1].end is None
    assert all(one.end == following.start for one, following in pairwise(segments))
    assert all(one.end is None or one.start < one.end for one in segments)
    assert all(one.weekly >= NOTHING for one in segments)


@given(HISTORIES, st.randoms(use_true_random=False), GAPS, PLACEMENTS, CONVENTIONS)
def test_facts_that_become_known_in_another_order_end_in_the_same_timeline(
    facts, chance, gaps, placement, conventions
):
    numbered = list(enumerate(facts, start=2))
    shuffled = chance.sample(numbered, len(numbered))
    last = START + timedelta(sum(gaps))
    first, second = (Life(agreement(conventions), **placement) for _ in range(2))

    for life, order in ((first, numbered), (second, shuffled)):
        for number, fact in order:
            happen(life, fact, number)
    try:
        current = first.timeline(last)
    except NoFeeOn:
        reject()

    assert second.timeline(last) == current


@given(HISTORIES, PLACEMENTS, DAYS.filter(lambda day: day > START))
def test_where_awards_after_the_end_are_not_paid_it_is_as_if_they_had_never_been(
    facts, placement, end
):
    life = Life(agreement({"review_arrears_for_ended": "not_paid"}), **placement)
    for number, fact in enumerate(facts, start=2):
        happen(life, fact, number)
    life.end(end, number=100)
    last = START + timedelta(1_200)
    try:
        current = life.timeline(last)
    except NoFeeOn:
        reject()

    stop = current[-1].start
    life.rules = [rule for rule in life.rules if rule.awarded_on < stop]

    assert life.timeline(last) == current
