"""The register: what is so of an agency on a day, by all that was told of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.panel import agency_on
from services.eligibility.provider import (
    Judgement,
    Membership,
    Name,
    Offer,
    Registration,
    Suspension,
    fact_from,
    fact_text,
    kind_of,
)
from services.eligibility.register.register import EMPTY_VERSION, Recorded, Register, version_after
from tests.eligibility.builders import LONG_AGO, START, agency, offer, register

DAY = date(2026, 1, 1)


def day(number):
    return DAY + timedelta(number)


def suspended_on(days, *suspensions):
    """Return on which of some days an agency is suspended, told in this order."""
    told = [
        Suspension(day(first), None if last is None else day(last), "x")
        for first, last in suspensions
    ]
    return [
        number
        for number in days
        if agency_on("SC990001", told, day(number)).facts["suspended"] == "yes"
    ]


@pytest.mark.parametrize(
    ("told", "suspended"),
    [
        ([(2, 4)], [2, 3]),
        ([(2, None)], [2, 3, 4, 5, 6, 7]),
        ([(2, None), (2, 4)], [2, 3]),
        ([(2, 4), (2, None)], [2, 3, 4, 5, 6, 7]),
        ([(2, None), (4, 5)], [2, 3, 4]),
        ([(5, 7), (1, 3)], [1, 2, 5, 6]),
        ([(3, 7), (1, 5)], [1, 2, 3, 4]),
        ([(1, 3), (5, 7)], [1, 2, 5, 6]),
        ([(1, None), (3, 5), (4, 6)], [1, 2, 3, 4, 5]),
    ],
)
def test_what_is_told_later_counts(told, suspended):
    assert suspended_on(range(8), *told) == suspended


periods = st.tuples(st.integers(0, 9), st.one_of(st.none(), st.integers(1, 5))).map(
    lambda told: (told[0], None if told[1] is None else told[0] + told[1])
)


@given(st.lists(periods, max_size=5))
def test_the_last_word_always_holds_on_its_own_days(told):
    days = range(16)

    suspended = suspended_on(days, *told)

    if told:
        first, last = told[-1]
        assert set(range(first, min(last or 16, 16))) <= set(suspended)
    assert all(
        any(first <= number and (last is None or number < last) for first, last in told)
        for number in suspended
    )


@given(st.lists(periods, max_size=5), st.integers(-1, 17))
def test_a_panel_is_the_same_on_every_day_until_a_fact_begins_or_ends(told, number):
    known = Register(
        [
            Recorded("SC990001", Suspension(day(first), last and day(last), "x"), LONG_AGO)
            for first, last in told
        ]
    )
    if told:
        fresh = agency_on("SC990001", [each.fact for each in known.recorded], day(number))
        known.panel(day(number - 1))

        assert known.panel(day(number)).agencies[0] == fresh


def test_a_correction_of_a_judgement_replaces_the_one_on_the_same_inspection():
    first = Judgement("good", date(2025, 1, 1), date(2025, 2, 1))
    corrected = Judgement("inadequate", date(2025, 1, 1), date(2025, 2, 1))

    assert agency_on("SC990001", [first, corrected], DAY).quality == "inadequate"
    assert agency_on("SC990001", [corrected, first], DAY).quality == "good"


def test_an_agency_may_be_renamed_and_is_called_by_its_number_before_it_has_a_name():
    assert agency_on("SC990001", [Name("Old"), Name("New")], DAY).name == "New"
    assert agency_on("SC990001", [Membership(DAY)], DAY).name == "SC990001"


@pytest.mark.parametrize(
    "fact",
    [
        Name("Áine & Söhne, 100 %"),
        Membership(date(2022, 4, 1), None),
        Registration(date(2010, 1, 1), date(2026, 1, 1)),
        Judgement("good", date(2025, 1, 1), date(2025, 2, 1)),
        Suspension(date(2026, 1, 1), None, "staffing"),
        offer(areas=("CT", "ME7"), valid_to=date(2027, 1, 1)),
        offer(lots=()),
    ],
    ids=kind_of,
)
def test_a_fact_comes_back_from_its_text_as_it_was(fact):
    assert fact_from(kind_of(fact), fact_text(fact)) == fact


# Versions.


def test_the_version_of_a_register_is_made_link_by_link():
    facts = agency()

    whole = Register(facts).version
    in_two_steps = version_after(Register(facts[:3]).version, facts[3:])

    assert whole == in_two_steps
    assert Register([]).version == EMPTY_VERSION


def test_every_fact_and_when_it_was_known_is_in_the_version():
    versions = {
        register(agency()).version,
        register(agency(tier=2)).version,
        register(agency(recorded_at=LONG_AGO + timedelta(seconds=1))).version,
        register(agency(urn="SC990002")).version,
        register(agency()[::-1]).version,
    }

    assert len(versions) == 5


def test_the_version_does_not_depend_on_the_offset_in_which_an_instant_is_told():
    in_utc = Recorded("SC990001", Name("A"), datetime(2026, 7, 1, 9, tzinfo=UTC))
    in_london = Recorded("SC990001", Name("A"), in_utc.recorded_at.astimezone())

    assert Register([in_utc]).version == Register([in_london]).version


def test_a_register_holds_few_panels_however_many_days_are_asked_for():
    told = [Recorded("SC990001", Suspension(day(n), day(n + 1), "x"), LONG_AGO) for n in range(200)]
    known = Register(told)

    for number in range(200):
        known.panel(day(number))

    assert len(known._panels) == 32
    assert known.panel(day(199)) is known.panel(day(199))


def test_agencies_stand_in_the_order_of_their_numbers():
    known = register(agency(urn="SC990002"), agency(urn="9990004"), agency(urn="SC990001"))

    assert [each.urn for each in known.panel(START).agencies] == ["9990004", "SC990001", "SC990002"]


def test_the_history_of_an_agency_holds_every_word_in_order():
    known = register(agency(Name("New")), agency(urn="SC990002"))

    history = known.history("SC990001")

    assert [each.fact for each in history][::5] == [Name("Agency SC990001"), Name("New")]
    assert isinstance(history[3].fact, Offer)
