"""With which agency a child lives: the same, whatever order the words arrive in."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.concerns.stays import AMENDED, ENDED, STARTED, PlacementWord, Stay, stays

FIRST = date(2026, 3, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(8)]
HOME, OTHER, THIRD = "SC990001", "SC990002", "SC990003"


def word(kind, number, *, placement="P1", **told):
    """Return a word that was said `number` hours after the first."""
    said_at = datetime(2026, 3, 1, 9, 0, tzinfo=UTC) + timedelta(hours=number)
    event_id = told.pop("event_id", f"{placement}-{number}")
    return PlacementWord(event_id, placement, kind, said_at, **told)


def started(number=0, *, agency=HOME, day=FIRST, **told):
    return word(STARTED, number, agency=agency, day=day, start_date=day, **told)


def test_a_child_lives_with_the_agency_until_the_placement_ends():
    told = [started(), word(ENDED, 1, day=DAYS[5])]

    assert stays(told) == [Stay("P1", HOME, FIRST, DAYS[5])]


def test_an_end_that_is_taken_back_leaves_the_child_there():
    told = [started(), word(ENDED, 1, day=DAYS[5]), word(ENDED, 2, day=None)]

    assert stays(told) == [Stay("P1", HOME, FIRST)]


def test_a_child_who_moves_to_another_agency_stays_with_each():
    told = [started(), word(AMENDED, 1, agency=OTHER, day=DAYS[3])]

    assert stays(told) == [Stay("P1", HOME, FIRST, DAYS[3]), Stay("P1", OTHER, DAYS[3])]


def test_a_corrected_start_holds_for_the_whole_placement():
    told = [started(), word(AMENDED, 1, day=DAYS[6], start_date=DAYS[2])]

    assert stays(told) == [Stay("P1", HOME, DAYS[2])]


def test_an_agency_that_is_amended_from_before_the_start_holds_from_the_start():
    told = [started(day=DAYS[2]), word(AMENDED, 1, agency=OTHER, day=DAYS[0])]

    assert stays(told) == [Stay("P1", OTHER, DAYS[2])]


def test_a_placement_that_ended_before_it_began_was_no_stay():
    told = [started(day=DAYS[4]), word(ENDED, 1, day=DAYS[4])]

    assert stays(told) == []


def test_what_is_said_of_a_placement_that_never_started_is_no_stay():
    told = [word(AMENDED, 0, agency=OTHER, day=DAYS[1]), word(ENDED, 1, day=DAYS[3])]

    assert stays(told) == []


def test_a_second_start_does_not_move_the_child():
    told = [started(), started(1, agency=OTHER, day=DAYS[2])]

    assert stays(told) == [Stay("P1", HOME, FIRST)]


days = st.sampled_from(DAYS)
agencies = st.sampled_from([HOME, OTHER, THIRD])


@st.composite
def words(draw):
    """Draw what was said of a few placements; some of it at the same instant."""
    placements = ["P1", "P2"]
    said = []
    for position in range(draw(st.integers(0, 9))):
        about = draw(st.sampled_from(placements))
        hour = draw(st.integers(0, 4))
        kind = draw(st.sampled_from([STARTED, AMENDED, ENDED]))
        told = {"placement": about, "event_id": f"e{position}"}
        if kind == STARTED:
            said.append(started(hour, agency=draw(agencies), day=draw(days), **told))
        elif kind == ENDED:
            said.append(word(ENDED, hour, day=draw(st.none() | days), **told))
        else:
            move, start = draw(st.none() | agencies), draw(st.none() | days)
            told |= {"agency": move, "start_date": start}
            said.append(word(AMENDED, hour, day=draw(days), **told))
    return said


@given(words(), st.data())
def test_in_whatever_order_the_words_arrive_the_children_live_in_the_same_places(said, data):
    again = data.draw(st.permutations(said))

    assert stays(again) == stays(said)


@given(words())
def test_on_each_day_a_child_lives_where_the_words_about_that_day_say(said):
    found = stays(said)

    for placement in ("P1", "P2"):
        about = sorted(
            (each for each in said if each.placement_id == placement),
            key=lambda each: (each.said_at, each.event_id),
        )
        for day in [FIRST - timedelta(days=1), *DAYS]:
            there = [
                stay.agency
                for stay in found
                if stay.placement_id == placement
                and stay.since <= day
                and (stay.until is None or day < stay.until)
            ]
            expected = home_on(day, about)
            assert there == ([] if expected is None else [expected])


def home_on(day, about):
    """Return where a child lives on a day, worked out for that one day."""
    begun = [each for each in about if each.word == STARTED]
    if not begun:
        return None
    corrected = [each.start_date for each in about if each.word == AMENDED and each.start_date]
    start = corrected[-1] if corrected else begun[0].day
    ends = [each.day for each in about if each.word == ENDED]
    end = ends[-1] if ends else None
    if day < start or (end is not None and day >= end):
        return None
    home, counts_from = begun[0].agency, None
    for each in about:
        if each.word != AMENDED or each.agency is None or max(each.day, start) > day:
            continue
        if counts_from is None or each.day >= counts_from:
            home, counts_from = each.agency, each.day
    return home


def test_children_of_several_placements_are_told_apart():
    told = [started(), started(placement="P2", agency=OTHER), word(ENDED, 1, day=DAYS[2])]

    assert stays(told) == [Stay("P1", HOME, FIRST, DAYS[2]), Stay("P2", OTHER, FIRST)]


def test_a_child_who_is_yet_to_come_lives_there_beyond_today():
    stay = Stay("P1", HOME, DAYS[4], DAYS[6])

    assert [stay.lasts_beyond(day) for day in (DAYS[0], DAYS[5], DAYS[6])] == [True, True, False]
