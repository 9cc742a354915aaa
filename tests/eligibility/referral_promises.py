"""What is promised of referrals that are amended, withdrawn and said again, on any database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from services.eligibility.decisions.words_known import (
    back_to,
    mark_of,
    remember_decision,
    words_known,
)
from services.eligibility.occasion import Occasion
from services.eligibility.service import SERVICE
from services.eligibility.store import tables
from services.eligibility.store.words_on_referrals import standing_words
from shared.clock import SetClock
from shared.contracts.catalogue import ELIGIBILITY_DECIDED
from shared.contracts.event import event_id
from shared.messaging.work import work_on
from shared.persistence.database import Database
from tests.eligibility.impact_events import at, withdrawal
from tests.eligibility.running import JUDGED, NOW, Running, referral, told
from tests.eligibility.running import update as provider_update

LATER = timedelta(days=3)


def said(version, seconds, id_=None, **facts):
    """Return a version of R1, said some seconds after the first minute."""
    word = referral("R1", id_=id_ or f"v{version}-{seconds}", version=version, **facts)
    return at(NOW + timedelta(seconds=seconds), word)


def withdrawn(seconds):
    """Return the withdrawal of R1, said some seconds after the first minute."""
    return at(NOW + timedelta(seconds=seconds), withdrawal("R1"))


def decided(messages):
    return [told(each) for each in messages if each.type == ELIGIBILITY_DECIDED]


class ReferralPromises:
    """Inherit, and give a fixture `url` of a database with the tables, and nothing in them."""

    @pytest.fixture
    def running(self, url):
        database = Database.open(url)
        running = Running(database, SetClock(NOW))
        running.import_pack()
        running.clock.advance(LATER)
        yield running
        database.close()

    def overtaken(self, running):
        """Return the events that came too late to be decided, as the log has them."""
        log = tables.delivery.log
        with running.database.reading() as connection:
            rows = connection.execute(log.select().where(log.c.kind == "overtaken"))
            return [row.subject for row in rows]

    def counting(self, running):
        with running.database.reading() as connection:
            return standing_words(connection, ["R1"])["R1"]

    # Amended.

    def test_an_amendment_is_decided_again_and_the_decision_before_it_stays(self, running):
        [first] = decided(running.take(said(1, 0)))
        [second] = decided(running.take(said(2, 5, solo=True)))

        assert (first.version, first.occasion.word, first.supersedes) == (1, "received", None)
        assert (second.version, second.occasion.word) == (2, "amended")
        assert (second.occasion.reference, second.supersedes) == ("v2-5", first.decision_id)
        assert second.solo
        assert all(running.derived(each.decision_id).is_same for each in (first, second))
        assert self.counting(running).decision.decision_id == second.decision_id

    @pytest.mark.parametrize(
        ("late", "why"),
        [(said(1, 9), "a lower version"), (said(2, 3), "one version, said before")],
    )
    def test_an_older_word_that_comes_late_is_logged_and_not_decided(self, running, late, why):
        [counts] = decided(running.take(said(2, 5)))

        messages = running.take(late)

        assert messages == [], why
        assert self.overtaken(running) == [late.message_id]
        assert self.counting(running).decision.decision_id == counts.decision_id
        assert len(running.kept(tables.decisions)) == 1

    def test_of_one_version_what_is_said_later_is_decided_again(self, running):
        [first] = decided(running.take(said(1, 0)))
        [second] = decided(running.take(said(1, 5)))

        assert (second.version, second.supersedes) == (1, first.decision_id)
        assert second.occasion.word == "amended"

    def test_versions_in_one_batch_are_told_apart_too(self, running):
        first, third = decided(running.take(said(1, 0), said(3, 5), said(2, 3)))

        assert (first.version, third.version) == (1, 3)
        assert third.supersedes == first.decision_id
        assert self.overtaken(running) == ["v2-3"]

    def test_the_same_word_told_twice_in_one_batch_supersedes_itself_in_order(self, running):
        words = [said(1, 0, id_=f"same-{number}") for number in range(4)]

        messages = decided(running.take(*words))

        chain = [each.supersedes for each in messages]
        assert chain == [None, *[each.decision_id for each in messages[:-1]]]
        assert self.counting(running).decision.decision_id == messages[-1].decision_id

    def test_a_refused_amendment_leaves_the_decision_before_it(self, running):
        first, *_ = decided(running.take(said(1, 0), said(2, 5, purchaser="surrey"), said(1, 2)))

        counts = self.counting(running).decision
        assert (counts.version, counts.occasion.supersedes) == (1, first.decision_id)

    def test_a_batch_whose_rows_are_refused_is_done_again_with_nothing_remembered(self, running):
        taken = event_id("v2-5", ELIGIBILITY_DECIDED, "R1")
        with running.database.transaction() as connection:
            row = {
                "decision_id": taken,
                "referral_id": "R0",
                "decided_at": NOW,
                "referral": "{}",
                "shortlist_order": "",
                "rulebook_digest": "",
                "register_version": "",
                "pack_digest": "",
                "body_digest": "",
            }
            connection.execute(insert(tables.decisions).values(row))

        first, third = decided(running.take(said(1, 0), said(2, 5), said(3, 7)))

        assert (first.version, third.version) == (1, 3)
        assert third.supersedes == first.decision_id

    def test_what_a_dropped_message_said_is_forgotten(self, running):
        with work_on(running.database, running.clock, SERVICE, cause_id="test") as work:
            remember_decision(work, "R1", "D1", Occasion("received", "e1", said_at=NOW))
            mark = mark_of(work)
            remember_decision(work, "R1", "D2", Occasion("amended", "e2", 2, NOW, "D1"))
            before = words_known(work, "R1").decision.decision_id

            back_to(work, mark)

            assert before == "D2"
            assert words_known(work, "R1").decision.decision_id == "D1"

    # Withdrawn.

    def test_a_referral_that_was_withdrawn_is_said_again_and_decided_again(self, running):
        [first] = decided(running.take(said(1, 0)))
        running.take(withdrawn(5))
        is_withdrawn = self.counting(running).is_withdrawn

        [again] = decided(running.take(said(1, 9)))

        assert is_withdrawn
        assert (again.occasion.word, again.supersedes) == ("received", first.decision_id)
        assert not self.counting(running).is_withdrawn

    @pytest.mark.parametrize("version", [1, 2])
    def test_what_was_said_before_the_withdrawal_and_comes_after_it_is_not_decided(
        self, running, version
    ):
        running.take(withdrawn(5))

        messages = running.take(said(version, 3))

        assert messages == []
        assert self.overtaken(running) == [f"v{version}-3"]

    def test_a_withdrawal_in_the_same_batch_overtakes_what_was_said_before_it(self, running):
        messages = running.take(said(1, 0), withdrawn(5), said(2, 3))

        [first] = decided(messages)
        assert first.version == 1
        assert self.overtaken(running) == ["v2-3"]
        assert self.counting(running).is_withdrawn

    def test_a_withdrawal_that_comes_late_does_not_undo_what_was_said_since(self, running):
        running.take(said(2, 9))

        running.take(withdrawn(5))

        assert not self.counting(running).is_withdrawn

    # Beside what else happens.

    def test_an_amendment_supersedes_what_a_change_of_the_register_brought_about(self, running):
        change = at(NOW + timedelta(seconds=4), provider_update(JUDGED))

        first, fresh, amended = decided(running.take(said(1, 0), change, said(2, 5)))

        assert (fresh.occasion.word, fresh.supersedes) == ("register_changed", first.decision_id)
        assert (amended.occasion.word, amended.supersedes) == ("amended", fresh.decision_id)
        assert self.counting(running).decision.decision_id == amended.decision_id

    def test_an_event_without_a_time_was_said_when_it_came(self, running):
        running.take(said(1, 0))
        word = referral("R1", id_="timeless")
        body = word.body.replace(f'"time": "{NOW.isoformat()}", '.encode(), b"")

        [again] = decided(running.take(replace(word, body=body)))

        counts = self.counting(running).decision
        assert (counts.decision_id, counts.said_at) == (again.decision_id, NOW + LATER)

    def test_what_was_decided_before_versions_were_kept_is_superseded(self, running):
        [first] = decided(running.take(said(1, 0)))
        with running.database.transaction() as connection:
            connection.execute(update(tables.decisions).values(said_at=None, form=1))

        [second] = decided(running.take(said(1, 0, id_="again")))

        assert second.supersedes == first.decision_id
        assert self.counting(running).decision.decision_id == second.decision_id
