"""A wage rate supersedes a less sure one, and never a surer one that says otherwise."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pricing.figures.judged import FiguresRefused, judged_rates
from services.pricing.wages import WageBook, WageRate
from shared.money import pounds
from tests.pricing.builders import wages

APRIL_2027 = date(2027, 4, 1)


def rate(hourly, status, source="a source", *, band="nlw", ages=(21, None)):
    return WageRate(band, APRIL_2027, pounds(hourly), status, source, *ages, place="new.csv:2")


def after(*known):
    return WageBook([*wages(), *known])


def verdict(known, new):
    """Return in one word what becomes of a rate."""
    try:
        judged = judged_rates(after(*known), [new])
    except FiguresRefused:
        return "refused"
    return "new" if judged.new else "passed over" if judged.passed_over else "known"


ESTIMATE, ANNOUNCED = rate("13.20", "estimate"), rate("13.25", "announced")
IN_FORCE = rate("13.25", "in_force")


@pytest.mark.parametrize(
    ("known", "new", "becomes"),
    [
        ([], ESTIMATE, "new"),
        ([ESTIMATE], ESTIMATE, "known"),
        ([ESTIMATE], rate("13.20", "estimate", "another source"), "known"),
        ([ESTIMATE], rate("13.30", "estimate", "a later estimate"), "new"),
        ([ESTIMATE], ANNOUNCED, "new"),
        ([ESTIMATE, ANNOUNCED], ESTIMATE, "passed over"),
        ([ANNOUNCED], rate("13.25", "estimate"), "passed over"),
        ([ANNOUNCED], rate("13.20", "estimate"), "refused"),
        ([ANNOUNCED], IN_FORCE, "new"),
        ([ANNOUNCED, IN_FORCE], ANNOUNCED, "passed over"),
        ([IN_FORCE], rate("13.30", "announced"), "refused"),
        ([IN_FORCE], rate("13.30", "estimate"), "refused"),
        ([IN_FORCE], rate("13.30", "in_force", "a correction"), "new"),
        ([IN_FORCE, rate("13.30", "in_force", "a correction")], IN_FORCE, "passed over"),
        ([ANNOUNCED], rate("13.25", "announced", ages=(20, None)), "new"),
    ],
)
def test_what_becomes_of_a_rate(known, new, becomes):
    assert verdict(known, new) == becomes


def test_an_estimate_over_an_announced_rate_is_refused_with_its_line():
    with pytest.raises(FiguresRefused) as refused:
        judged_rates(after(ANNOUNCED), [ESTIMATE])

    assert refused.value.faults == (
        (
            "new.csv:2: nlw from 2027-04-01, 13.20 (estimate, age 21 up), is less sure than 13.25 "
            "(announced, age 21 up), which is known from a source; allowed: announced or in_force. "
            "Leave the row out; if what is known is wrong, state that status and the source."
        ),
    )


def test_what_an_announced_rate_supersedes_is_told():
    judged = judged_rates(after(ESTIMATE), [ANNOUNCED])

    assert judged.revised == (
        "nlw from 2027-04-01, 13.20 (estimate, age 21 up), is now 13.25 (announced, age 21 up).",
    )


@pytest.mark.parametrize("hourly", ["12.70", "31.25"])
def test_a_rise_out_of_the_ordinary_is_refused_unless_it_was_checked(hourly):
    with pytest.raises(FiguresRefused, match="allowed: a rise of 0 to 30 %"):
        judged_rates(after(), [rate(hourly, "announced")])

    assert judged_rates(after(), [rate(hourly, "announced")], unusual=True).new


def test_every_rise_that_was_laid_down_is_ordinary_and_at_most_what_the_refusal_says():
    rises = [
        (one.hourly / before.hourly - 1) * 100
        for one in wages()
        if (before := wages().before(one.band, one.effective_from))
    ]

    assert len(judged_rates(WageBook(), wages()).new) == 56
    # 16 to 17, April 2024: 6.40 / 5.28 - 1
    assert round(max(rises), 2) == Decimal("21.21")
    assert min(rises) > 0


def test_two_bands_for_one_age_from_one_day_are_refused():
    younger = rate("13.25", "announced", band="nmw_20_22", ages=(20, 23))

    with pytest.raises(FiguresRefused, match="allowed: one band for each age"):
        judged_rates(after(ANNOUNCED), [younger])


_RATES = st.builds(
    rate,
    st.sampled_from(["13.20", "13.25", "13.30"]),
    st.sampled_from(["estimate", "announced", "in_force"]),
)


@given(st.lists(_RATES, max_size=8))
def test_however_rates_come_what_counts_is_never_less_sure_than_what_counted(rates):
    sureness = ["estimate", "announced", "in_force"]
    book = after()
    counted = -1

    for each in rates:
        try:
            judged = judged_rates(book, [each])
        except FiguresRefused:
            continue
        for new in judged.new:
            book.add(new)
        counts = sureness.index(book.rate_on("nlw", APRIL_2027).status)
        assert counts >= counted
        counted = counts
