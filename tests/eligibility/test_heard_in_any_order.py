"""Whatever comes first, the words about children or about agencies: the same children are named."""

import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from services.eligibility.concerns.stays import AMENDED, ENDED, STARTED, PlacementWord, stays
from services.eligibility.service import MIGRATIONS
from shared.clock import SetClock
from shared.contracts.catalogue import PLACEMENT_AMENDED, PLACEMENT_STARTED
from shared.contracts.event import decode
from shared.persistence.database import Database
from tests.eligibility.impact_events import (
    OTHER,
    SUSPENDED,
    URN,
    amended,
    at,
    concerns_in,
    ended,
    started,
)
from tests.eligibility.running import JUDGED, NOW, Running, update
from tests.support.with_tables import sqlite_with_tables

DAYS = ["2026-02-02", "2026-03-02", "2026-03-10", "2026-04-10", "2026-05-01"]
PLACEMENTS = ["P1", "P2"]

days = st.sampled_from(DAYS)
agencies = st.sampled_from([URN, OTHER])


@st.composite
def placements(draw):
    """Draw what is said of two placements, each word at an instant of its own, the start first."""
    words = []
    for placement in PLACEMENTS:
        kinds = [STARTED, *draw(st.lists(st.sampled_from([AMENDED, ENDED]), max_size=3))]
        for number, kind in enumerate(kinds):
            words.append(word(draw, placement, kind, number))
    return words


changes = st.lists(
    st.sampled_from(
        [
            update(JUDGED, id_="judged"),
            update(SUSPENDED, id_="suspended"),
            update(JUDGED, id_="other judged", urn=OTHER),
        ]
    ),
    unique_by=lambda each: each.message_id,
    min_size=1,
)


@settings(max_examples=40, deadline=None)
@given(placements(), changes, st.data())
def test_whoever_lives_with_a_worse_agency_is_named_once_whatever_comes_first(words, told, data):
    order = data.draw(st.permutations([*words, *told]))

    concerns = heard(order, data)

    for first, living in expected(concerns, words):
        named = naming(concerns, first)
        assert living <= set(named)
        assert len(named) == len(set(named))


@settings(max_examples=40, deadline=None)
@given(placements(), changes, st.data())
def test_where_a_start_is_heard_last_exactly_who_lives_there_is_named(words, told, data):
    order = starts_last(data.draw(st.permutations([*words, *told])))

    concerns = heard(order, data)

    for first, living in expected(concerns, words):
        assert sorted(naming(concerns, first)) == sorted(living)


def word(draw, placement, kind, number):
    """Draw one word about a placement, said the later the higher its number."""
    id_ = f"{placement}-{number}"
    if kind == STARTED:
        told = started(placement, agency=draw(agencies), start_date=draw(days))
    elif kind == AMENDED:
        told = amended(placement, draw(days), id_, agency=draw(agencies))
    else:
        told = ended(placement, draw(st.none() | days), id_)
    return at(NOW - timedelta(hours=20 - number), told)


def starts_last(order):
    """Return an order in which each placement's start takes the place of its last word."""
    found = list(order)
    for placement in PLACEMENTS:
        places = [place for place, each in enumerate(order) if is_about(each, placement)]
        theirs = sorted((order[place] for place in places), key=is_start)
        for place, each in zip(places, theirs, strict=True):
            found[place] = each
    return found


def is_about(delivered, placement):
    return getattr(decode(delivered.body).data, "placement_id", "") == placement


def is_start(delivered):
    return delivered.type == PLACEMENT_STARTED


def heard(order, data):
    """Return the concerns that are told where events come in an order, in batches of any size."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "eligibility.db"
        file.write_bytes(_with_register())
        database = Database.open(f"sqlite:///{file}")
        running = Running(database, SetClock(NOW))
        while order:
            size = data.draw(st.integers(1, len(order)))
            running.take(*order[:size])
            order = order[size:]
        found = concerns_in(running.sent())
        database.close()
    return found


@cache
def _with_register():
    """Return a database that holds the sample register and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "eligibility.db"
        database = Database.open(sqlite_with_tables(file, MIGRATIONS))
        Running(database, SetClock(NOW)).import_pack()
        database.close()
        return file.read_bytes()


def expected(concerns, words):
    """Yield each concern that a change brought about, and whom it should have named in the end."""
    living = stays(word_of(each) for each in words)
    for concern in concerns:
        if not concern.adds_to:
            first = min(each.on for each in concern.standing)
            theirs = [each for each in living if each.agency == concern.agency]
            yield concern, {each.placement_id for each in theirs if each.lasts_beyond(first)}


def naming(concerns, first):
    """Return the placements that a concern names, and those that are added to it."""
    return [
        placement
        for concern in concerns
        if first.concern_id in (concern.concern_id, *concern.adds_to)
        for placement in {each.placement_id for each in concern.placements}
    ]


def word_of(delivered):
    """Return a word about a placement, read without the service."""
    event = decode(delivered.body)
    told = event.data
    about = (event.id, told.placement_id)
    if event.type == PLACEMENT_STARTED:
        days = {"day": told.start_date, "start_date": told.start_date}
        return PlacementWord(*about, STARTED, event.time, told.agency, **days)
    if event.type == PLACEMENT_AMENDED:
        return PlacementWord(*about, AMENDED, event.time, told.agency, told.effective_from)
    return PlacementWord(*about, ENDED, event.time, day=told.end_date)
