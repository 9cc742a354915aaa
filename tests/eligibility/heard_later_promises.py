"""What commissioners are promised of a child who is heard of after an agency became worse."""

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import event

from services.eligibility.store import tables
from services.eligibility.store.concerns import concerns_told
from services.operating.audit.concerns import ConcernsKept
from services.operating.audit.verification import audit
from shared.clock import SetClock
from shared.contracts.catalogue import PLACEMENT_STARTED, PROVIDER_CONCERN
from shared.persistence import chain
from shared.persistence.database import Database
from tests.eligibility.impact_events import (
    MARKERS,
    OTHER,
    SUSPENDED,
    URN,
    amended,
    concerns_in,
    ended,
    failing_after,
    started,
)
from tests.eligibility.running import BORN, JUDGED, NOW, Running, update
from tests.eligibility.told_once_promises import REQUIRES_IMPROVEMENT, SHORT, ToldOncePromises


class HeardLaterPromises(ToldOncePromises):
    """Inherit, and give a fixture `url` of a database with the tables, and nothing in them."""

    @pytest.fixture
    def clock(self):
        return SetClock(NOW)

    @pytest.fixture
    def running(self, url, clock):
        database = Database.open(url)
        running = Running(database, clock)
        running.import_pack()
        yield running
        database.close()

    # Told.

    def test_a_child_of_whom_we_hear_after_the_agency_became_worse_is_named(self, running, clock):
        [first] = concerns_in(running.take(update(JUDGED)))
        clock.advance(timedelta(days=1))

        [concern] = concerns_in(running.take(started("P1")))

        assert (concern.agency, concern.name, concern.known_at) == (URN, first.name, clock.now())
        assert [(each.placement_id, each.since, each.until) for each in concern.placements] == [
            ("P1", date(2026, 1, 5), None)
        ]
        assert concern.adds_to == (first.concern_id,)
        assert "after commissioners were told" in concern.because
        assert "2026-03-02" in concern.because
        assert "urn:case-management" in concern.because
        assert concern.referrals == ()
        assert concern.register_version == first.register_version

    def test_what_is_worse_is_said_as_it_is_now(self, running, clock):
        running.take(update(JUDGED), update(SUSPENDED, id_="u2"))
        clock.advance(timedelta(days=1))

        [concern] = concerns_in(running.take(started("P1")))

        assert [(each.criterion, each.on, each.was, each.verdict) for each in concern.standing] == [
            ("ofsted-quality", date(2026, 3, 3), "met", "not_met"),
            ("not-suspended", date(2026, 4, 10), "met", "not_met"),
        ]
        assert concern.standing[0].because == "Ofsted's judgement is inadequate."

    def test_a_child_who_moves_to_a_worse_agency_is_named_with_the_day(self, running):
        running.take(started("P1", agency=OTHER), update(JUDGED))

        [concern] = concerns_in(running.take(amended("P1", "2026-03-09", agency=URN)))

        assert [(each.placement_id, each.since) for each in concern.placements] == [
            ("P1", date(2026, 3, 9))
        ]

    def test_a_child_who_is_said_to_stay_after_all_is_named(self, running):
        running.take(started("P1"), ended("P1", "2026-03-02"))
        [first] = concerns_in(running.take(update(JUDGED)))

        [concern] = concerns_in(running.take(ended("P1", "2026-03-20", id_="end-corrected")))

        assert first.placements == ()
        assert [each.until for each in concern.placements] == [date(2026, 3, 20)]

    def test_a_corrected_start_that_makes_a_stay_of_none_names_the_child(self, running):
        running.take(started("P1", start_date="2026-04-20"), ended("P1", "2026-04-20"))
        running.take(update(JUDGED))

        [concern] = concerns_in(running.take(amended("P1", "2026-04-20", start_date="2026-02-01")))

        assert [each.since for each in concern.placements] == [date(2026, 2, 1)]

    def test_an_amendment_that_comes_before_the_start_is_counted_with_it(self, running):
        running.take(update(JUDGED))
        nothing_yet = running.take(amended("P1", "2026-02-01", agency=URN))

        [concern] = concerns_in(running.take(started("P1", agency=OTHER)))

        assert nothing_yet == []
        assert [each.since for each in concern.placements] == [date(2026, 2, 1)]

    def test_a_child_placed_knowingly_is_named_too(self, running, clock):
        running.take(update(JUDGED))
        clock.advance(timedelta(days=90))

        [concern] = concerns_in(running.take(started("P1", start_date="2026-06-15")))

        assert [each.placement_id for each in concern.placements] == ["P1"]

    def test_two_concerns_that_both_came_too_early_are_told_as_one(self, running, clock):
        [first] = concerns_in(running.take(update(REQUIRES_IMPROVEMENT)))
        clock.advance(timedelta(days=1))
        [second] = concerns_in(running.take(update(JUDGED, id_="u2", at=clock.now())))

        [concern] = concerns_in(running.take(started("P1")))

        assert concern.adds_to == (first.concern_id, second.concern_id)
        assert "2026-03-02 and 2026-03-03" in concern.because
        assert [(each.was, each.verdict) for each in concern.standing] == [("met", "not_met")]

    def test_a_child_who_comes_back_to_a_suspended_agency_is_named_for_the_suspension(
        self, running
    ):
        running.take(started("P1"), ended("P1", "2026-04-10"))
        [judged] = concerns_in(running.take(update(JUDGED)))
        [suspended] = concerns_in(running.take(update(SUSPENDED, id_="u2")))

        [concern] = concerns_in(running.take(ended("P1", "2026-05-01", id_="end-corrected")))

        assert [len(each.placements) for each in (judged, suspended)] == [1, 0]
        assert concern.adds_to == (suspended.concern_id,)
        assert [each.criterion for each in concern.standing] == ["not-suspended"]

    def test_a_child_who_is_heard_of_between_two_spells_of_a_suspension_is_named(
        self, running, clock
    ):
        spells = SHORT, SUSPENDED | {"valid_from": "2026-06-01"}
        [told] = concerns_in(running.take(update(*spells)))
        clock.advance(timedelta(days=10))

        [concern] = concerns_in(running.take(started("P1")))

        assert concern.adds_to == (told.concern_id,)
        assert [(each.criterion, each.on) for each in concern.standing] == [
            ("not-suspended", date(2026, 6, 1))
        ]

    # Kept.

    def test_it_is_kept_in_the_log_and_listed_as_other_concerns_are(self, running, clock):
        running.take(update(JUDGED))
        clock.advance(timedelta(days=1))
        [concern] = concerns_in(running.take(started("P1")))

        with running.database.reading() as connection:
            assert concerns_told(connection, agency=URN)[0] == concern
            assert chain.verify(connection) is None
        found = audit(running.database, [ConcernsKept()], lambda _done, _of: None)
        assert found.broken is None
        assert found.seen.compared == {"concern": 2}

    def test_a_concern_that_was_purged_is_added_to_by_nobody(self, running):
        running.take(update(JUDGED), started("P1"))
        with running.database.transaction() as connection:
            connection.execute(tables.concerns.delete())

        assert concerns_in(running.take(started("P2"), ended("P1", "2026-06-01"))) == []

    def test_nothing_of_a_child_is_in_it(self, running):
        born, ref = MARKERS
        running.take(update(JUDGED))

        sent = running.take(started("P1", child_ref=ref, date_of_birth=born))

        [message] = [each for each in sent if each.type == PROVIDER_CONCERN]
        kept = str(running.kept(tables.concerns))
        for marker in (*MARKERS, BORN):
            assert marker.encode() not in message.body
            assert marker not in kept

    # Failed, and what it costs.

    def test_a_word_that_fails_names_nobody_and_is_not_counted_with_the_next(self, running):
        running.take(update(JUDGED), started("P1", agency=OTHER), started("P2", agency=OTHER))
        handlers = running.service.handlers()
        whole = handlers[PLACEMENT_STARTED]
        inner, *others = whole.args
        fails = partial(whole.func, failing_after(inner), *others)
        intake = replace(
            running.another_worker(), handlers=dict(handlers) | {PLACEMENT_STARTED: fails}
        )
        before = len(running.sent())

        intake.take(
            [
                amended("P1", "2026-03-01", agency=URN),
                started("P3"),
                ended("P3", "2026-09-01"),
                amended("P2", "2026-03-01", agency=URN),
                ended("P1", "2026-10-01"),
            ]
        )

        named = [each.placements[0].placement_id for each in concerns_in(running.sent()[before:])]
        assert named == ["P1", "P2"]
        assert len(running.kept(tables.concerns)) == 3

    def test_what_is_read_does_not_grow_with_the_placements_of_a_batch(self, running):
        running.take(update(JUDGED, urn=OTHER), started("P", agency=OTHER))

        few = tables_read(running, [started(f"F{number}") for number in range(2)])
        many = tables_read(running, [started(f"M{number}") for number in range(50)])

        assert "placement_events" in few
        assert many == few

    def test_where_no_concern_was_ever_told_nothing_is_read_of_placements(self, running):
        running.take(started("P"))

        read = tables_read(running, [started(f"P{number}") for number in range(20)])

        assert {"placement_events", "concerns"}.isdisjoint(read)


def tables_read(running, deliveries):
    """Return from which tables a batch reads, in the order in which it does."""
    read = []

    def note(_connection, _cursor, statement, *_others):
        if statement.startswith("SELECT"):
            read.extend(re.findall(r"FROM (\w+)", statement))

    event.listen(running.database.engine, "before_cursor_execute", note)
    running.take(*deliveries)
    event.remove(running.database.engine, "before_cursor_execute", note)
    return read
