"""What is promised about referrals when the register changes, on any database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.eligibility.store import tables
from shared.clock import SetClock
from shared.contracts.catalogue import (
    ELIGIBILITY_DECIDED,
    PROVIDER_CONCERN,
)
from shared.persistence.database import Database
from tests.eligibility.concern_promises import ConcernPromises
from tests.eligibility.impact_events import (
    OTHER,
    OUTSTANDING,
    SUSPENDED,
    at,
    decisions_in,
    failing_after,
    reasons_of,
    started,
    withdrawal,
)
from tests.eligibility.running import (
    JUDGED,
    NOW,
    Running,
    entry,
    referral,
    told,
    update,
)


class ImpactPromises(ConcernPromises):
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

    # Open referrals.

    def test_an_open_referral_loses_an_agency_that_is_judged_inadequate(self, running, clock):
        [first] = running.take(referral())
        clock.advance(timedelta(days=1))

        fresh = decisions_in(running.take(update(JUDGED)))

        assert [told(each).referral_id for each in fresh] == ["R1"]
        [fresh] = fresh
        assert entry(first).outcome == "eligible"
        assert entry(fresh).outcome == "not_eligible"
        assert reasons_of(fresh) == ["Ofsted's judgement is inadequate."]

    def test_a_fresh_decision_says_why_it_is_made_and_which_it_supersedes(self, running, clock):
        [first] = running.take(referral())
        clock.advance(timedelta(days=1))

        [fresh] = decisions_in(running.take(update(JUDGED)))

        decision = told(fresh)
        assert decision.occasion.word == "register_changed"
        assert decision.occasion.reference == "u1"
        assert decision.supersedes == told(first).decision_id
        assert decision.version == 1
        assert running.derived(decision.decision_id).is_same
        assert running.derived(told(first).decision_id).is_same

    def test_an_emergency_is_told_anew_where_emergencies_are_read(self, running):
        running.take(referral(needed_by="today"))

        [fresh] = decisions_in(running.take(update(JUDGED)))

        assert fresh.routing_key == "eligibility.decided.v1.emergency"

    def test_a_better_agency_is_a_fresh_decision_and_no_concern(self, running):
        running.take(update(JUDGED, id_="u1"))
        running.take(referral())

        better = JUDGED | {"overall": "good", "published_on": "2026-02-25"}
        sent = running.take(update(better, id_="u2"))

        assert [each.type for each in sent] == [ELIGIBILITY_DECIDED]
        assert entry(sent[0]).outcome == "eligible"

    def test_an_agency_that_only_moves_up_the_shortlist_is_a_fresh_decision(self, running):
        [first] = running.take(referral())

        last = next(each for each in reversed(told(first).agencies) if each.tier == 1 and each.rank)

        [fresh] = decisions_in(running.take(update(OUTSTANDING, urn=last.agency)))

        assert entry(fresh, last.agency).outcome == last.outcome
        assert entry(fresh, last.agency).rank < last.rank

    def test_what_changes_no_shortlist_is_decided_by_nobody_again(self, running):
        running.take(referral())

        again = {"fact": "membership", "valid_from": "2022-04-01"}
        sent = running.take(update(again))

        assert sent == []

    def test_a_suspension_that_is_over_before_the_start_touches_no_referral(self, running):
        running.take(referral())

        short = SUSPENDED | {"valid_from": "2026-03-02", "valid_to": "2026-03-10"}
        sent = running.take(update(short))

        assert [each.type for each in sent] == [PROVIDER_CONCERN]

    def test_a_referral_that_was_withdrawn_is_not_decided_again(self, running):
        running.take(referral("R1"), referral("R2"))
        running.take(withdrawal("R1"))

        fresh = decisions_in(running.take(update(JUDGED)))

        assert [told(each).referral_id for each in fresh] == ["R2"]

    def test_a_referral_that_was_said_again_after_its_withdrawal_is_open_again(
        self, running, clock
    ):
        running.take(referral("R1"))
        running.take(withdrawal("R1"))
        clock.advance(timedelta(hours=2))
        later = NOW + timedelta(hours=2)
        running.take(at(later, referral("R1", id_="again", version=2)))

        fresh = decisions_in(running.take(update(JUDGED)))

        assert [told(each).version for each in fresh] == [2]

    def test_a_referral_for_which_a_placement_started_is_not_decided_again(self, running):
        running.take(referral("R1"), referral("R2"))
        running.take(started(referral_id="R1", agency=OTHER))

        fresh = decisions_in(running.take(update(JUDGED)))

        assert [told(each).referral_id for each in fresh] == ["R2"]

    @pytest.mark.parametrize(("days", "is_open"), [(28, True), (29, False)])
    def test_a_referral_is_open_for_four_weeks_after_its_start(self, running, clock, days, is_open):
        running.take(referral())
        clock.advance(timedelta(days=14 + days))

        fresh = decisions_in(running.take(update(JUDGED)))

        assert len(fresh) == int(is_open)

    def test_only_the_version_that_counts_is_decided_again(self, running, clock):
        running.take(referral())
        clock.advance(timedelta(hours=1))
        [amended] = running.take(at(clock.now(), referral(id_="second", version=2, solo=True)))

        [fresh] = decisions_in(running.take(update(JUDGED)))

        assert told(fresh).solo
        assert told(fresh).supersedes == told(amended).decision_id

    def test_two_changes_supersede_each_other_in_turn(self, running, clock):
        running.take(referral())
        [second] = decisions_in(running.take(update(JUDGED, id_="u1")))
        clock.advance(timedelta(hours=1))

        [third] = decisions_in(running.take(update(JUDGED, id_="u2", urn=OTHER)))

        assert told(third).supersedes == told(second).decision_id

    def test_a_change_among_referrals_of_one_batch_decides_those_before_it_again(self, running):
        sent = running.take(referral("R1"), update(JUDGED), referral("R2"))

        decided = decisions_in(sent)
        assert [told(each).referral_id for each in decided] == ["R1", "R1", "R2"]
        assert [entry(each).outcome for each in decided] == [
            "eligible",
            "not_eligible",
            "not_eligible",
        ]
        assert told(decided[1]).supersedes == told(decided[0]).decision_id

    def test_what_comes_after_a_change_in_one_batch_supersedes_the_fresh_decision(self, running):
        ids = range(8)

        sent = running.take(
            *(referral(f"R{number}") for number in ids),
            update(JUDGED, id_="u1"),
            update(JUDGED, id_="u2", urn=OTHER),
            *(referral(f"R{number}", id_=f"v2-{number}", version=2) for number in ids),
        )

        by_referral = {}
        for each in decisions_in(sent):
            by_referral.setdefault(told(each).referral_id, []).append(told(each))
        for decisions in by_referral.values():
            assert [each.version for each in decisions] == [1, 1, 1, 2]
            assert [each.supersedes for each in decisions] == [
                None,
                *(each.decision_id for each in decisions[:-1]),
            ]

    def test_of_decisions_made_in_one_batch_the_last_one_counts_afterwards(self, running, clock):
        ids = range(8)
        sent = running.take(*(referral(f"R{number}") for number in ids), update(JUDGED))
        counting = {told(each).referral_id: told(each).decision_id for each in decisions_in(sent)}
        clock.advance(timedelta(hours=1))

        fresh = decisions_in(running.take(update(JUDGED, id_="u2", urn=OTHER)))

        assert {told(each).referral_id: told(each).supersedes for each in fresh} == counting

    # Refused and failed.

    def test_a_change_that_is_refused_touches_nothing(self, running):
        running.take(referral())

        sent = running.take(update(JUDGED, {"fact": "suspension", "valid_from": "x"}))

        assert decisions_in(sent) == []
        assert running.kept(tables.concerns) == []

    def test_a_change_that_fails_leaves_the_register_as_it_was_for_its_batch(self, running):
        handlers = running.service.handlers()
        failing = failing_after(handlers["provider.updated.v1"])
        intake = replace(
            running.another_worker(), handlers=dict(handlers) | {"provider.updated.v1": failing}
        )

        intake.take([referral("R1"), update(JUDGED), referral("R2")])

        decided = decisions_in(running.sent())
        assert [entry(each).outcome for each in decided] == ["eligible", "eligible"]
        assert running.kept(tables.concerns) == []
