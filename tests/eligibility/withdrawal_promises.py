"""What is promised about taking back a rulebook that is still to come, on any database."""

import shutil
import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from services.eligibility.rulebooks.activation import ActivationRefused
from services.eligibility.rulebooks.listed import rulebooks_listed
from services.eligibility.rulebooks.withdrawing import examine_withdrawal, withdraw
from services.eligibility.service import MIGRATIONS
from services.eligibility.store import tables
from services.eligibility.store.activations import steps_taken
from shared.clock import SetClock
from shared.persistence import chain
from shared.persistence.database import Database
from shared.persistence.migrate import NotMigrated, check_migrated
from tests.eligibility.activating import (
    Crash,
    OnADatabase,
    activate,
    all_done,
    everything,
    knows_needs,
    versions,
    work_in,
)
from tests.eligibility.running import NOW, Running, referral
from tests.eligibility.small_rulebooks import small_rulebook

APRIL = "{from: 2026-04-01}"
IN_APRIL = "2026-04-01T10:00:00+01:00"


class WithdrawalPromises(OnADatabase):
    """Inherit, and give a fixture `url` of a database with the tables, and nothing in them."""

    def test_what_it_had_cut_short_holds_again_for_every_worker(self, running, url, tmp_path):
        digest = put(running, tmp_path, "2", APRIL)
        elsewhere = Running(other := Database.open(url), running.clock)
        elsewhere.take(referral("R0"))

        done = take_back(running, digest)
        running.clock.set(NOW + timedelta(days=40))
        messages = running.take(in_april("R1")) + elsewhere.take(in_april("R2"))
        other.close()

        assert str(done.withdrawal.instead) == "kent-medway 2024.1"
        assert (done.withdrawal.comes_back, done.withdrawal.until) == (False, None)
        assert versions(messages) == ["2024.1", "2024.1"]

    def test_what_it_had_replaced_comes_back(self, running, tmp_path):
        put(running, tmp_path, "2", APRIL)
        digest = put(running, tmp_path, "3", APRIL)

        done = take_back(running, digest)

        assert (str(done.withdrawal.instead), done.withdrawal.comes_back) == ("small 2", True)
        assert on(running, date(2026, 4, 1)) == "small 2"

    def test_the_one_before_goes_on_until_the_next_begins(self, running, tmp_path):
        digest = put(running, tmp_path, "2", "{from: 2026-04-01, to: 2026-06-01}")
        put(running, tmp_path, "3", "{from: 2026-06-01}")

        done = take_back(running, digest)

        assert done.withdrawal.until == date(2026, 6, 1)
        assert on(running, date(2026, 5, 31)) == "kent-medway 2024.1"
        assert on(running, date(2026, 6, 1)) == "small 3"

    def test_one_that_was_withdrawn_can_be_put_in_force_again(self, running, tmp_path):
        file = small_rulebook(tmp_path, "2", APRIL)
        take_back(running, activate(running, file).steps[0].digest)

        activate(running, file)

        assert on(running, date(2026, 4, 1)) == "small 2"
        assert standing(running, "2") == "to come"

    def test_one_that_comes_back_and_is_tried_is_tried_no_more(self, running, tmp_path):
        file = small_rulebook(tmp_path, "2", APRIL)
        activate(running, file)
        digest = put(running, tmp_path, "3", APRIL)
        activate(running, file, shadow=True)

        done = take_back(running, digest)

        assert [step.state for step in done.steps] == ["shadow_ended", "withdrawn"]
        with running.database.reading() as connection:
            assert steps_taken(connection).shadow is None

    def test_a_trial_of_another_goes_on(self, running, tmp_path):
        digest = put(running, tmp_path, "2", APRIL)
        activate(running, small_rulebook(tmp_path, "3", tier=1), shadow=True)

        take_back(running, digest)
        running.take(referral())

        assert len(running.kept(tables.shadow_differences)) == 1

    def test_it_is_recorded_with_who_why_and_when_in_the_log_and_in_the_list(
        self, running, tmp_path
    ):
        digest = put(running, tmp_path, "2", APRIL)

        done = take_back(running, digest, actor="B. Commissioner", reason="the wrong text")

        row = running.kept(tables.rulebook_activations)[-1]
        logged = running.kept(tables.delivery.log)[-1]
        assert (row.state, row.digest, row.recorded_at) == ("withdrawn", digest, NOW)
        assert (row.actor, row.reason) == ("B. Commissioner", "the wrong text")
        assert (logged.kind, logged.subject) == ("rulebook", digest)
        assert logged.body_digest == chain.entry("", "", done.steps[0].told(), NOW).body_digest
        assert standing(running, "2") == "withdrawn"
        with running.database.reading() as connection:
            assert chain.verify(connection) is None

    # Refusals.

    def test_what_has_begun_cannot_be_withdrawn(self, running, tmp_path):
        today = put(running, tmp_path, "2", "{from: 2026-03-02}")
        digest = put(running, tmp_path, "3", APRIL)
        running.clock.set(NOW + timedelta(days=30))

        self.refused(running, today, "began to decide on 2026-03-02, so it cannot")
        self.refused(running, digest, "began to decide on 2026-04-01, so it cannot")

    def test_what_is_not_in_use_cannot_be_withdrawn(self, running, tmp_path):
        replaced, tried = put(running, tmp_path, "2", APRIL), small_rulebook(tmp_path, "4", tier=1)
        withdrawn = put(running, tmp_path, "3", APRIL)
        [shadow] = activate(running, tried, shadow=True).steps
        self.refused(running, replaced, "is not in use")
        take_back(running, withdrawn)

        self.refused(running, withdrawn, "was withdrawn already, by a commissioner")
        self.refused(running, shadow.digest, "only in shadow")

    def test_it_is_said_on_which_day_in_london_it_was_withdrawn(self, running, tmp_path):
        digest = put(running, tmp_path, "2", "{from: 2026-09-01}")
        running.clock.set(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
        take_back(running, digest)

        self.refused(running, digest, "by a commissioner on 2026-07-01")

    def test_none_is_withdrawn_that_would_leave_a_gap(self, running, tmp_path):
        put(running, tmp_path, "2", "{from: 2022-04-01, to: 2026-04-01}")
        digest = put(running, tmp_path, "3", APRIL)

        self.refused(running, digest, "none would be in force on 2026-04-01")

    @pytest.mark.parametrize("to", ["", ", to: 2026-09-01"])
    def test_none_comes_back_that_ends_earlier_and_has_no_follower(self, running, tmp_path, to):
        put(running, tmp_path, "2", "{from: 2026-04-01, to: 2026-06-01}")
        digest = put(running, tmp_path, "3", f"{{from: 2026-04-01{to}}}")

        self.refused(running, digest, "none would be in force from 2026-06-01 on")

    @pytest.mark.parametrize(("to", "many"), [("2026-05-01", "none"), ("2026-07-01", "both")])
    def test_none_comes_back_whose_days_do_not_fit_any_more(self, running, tmp_path, to, many):
        put(running, tmp_path, "2", f"{{from: 2026-04-01, to: {to}}}")
        digest = put(running, tmp_path, "3", APRIL)
        put(running, tmp_path, "4", "{from: 2026-06-01}")

        self.refused(running, digest, f"on the days between {many} would hold")

    def test_none_comes_back_that_lacks_a_word_of_the_register(self, running, tmp_path):
        file = small_rulebook(tmp_path, "2", APRIL, reads_needs=True)
        activate(running, file)
        digest = put(running, tmp_path, "3", APRIL)
        knows_needs(running, "SC990001", "standard", "extreme")

        self.refused(running, digest, "small 2 would come back, and lacks words .* extreme")

    def test_one_that_decided_an_open_referral_stays_until_that_is_sent_again(
        self, running, tmp_path
    ):
        digest = put(running, tmp_path, "2", APRIL)
        early = in_april("R1")
        assert versions(running.take(early)) == ["2"]

        self.refused(running, digest, r"small 2 has decided open referrals already \(1\), .*: R1\.")
        running.take(referral("R1", id_="again", version=2))
        take_back(running, digest)

        assert on(running, date(2026, 4, 1)) == "kent-medway 2024.1"

    @pytest.mark.parametrize("unsigned", [{"actor": " "}, {"reason": ""}, {"reason": "x" * 601}])
    def test_nobody_withdraws_without_a_name_and_a_reason(self, running, tmp_path, unsigned):
        digest = put(running, tmp_path, "2", APRIL)

        self.refused(running, digest, "Say ", **unsigned)

    def refused(self, running, digest, why, **signed):
        before = everything(running)
        with pytest.raises(ActivationRefused, match=why):
            take_back(running, digest, **signed)
        assert everything(running) == before

    # Crashes, and two at once.

    def test_a_crash_after_the_step_leaves_nothing(self, running, tmp_path):
        digest = put(running, tmp_path, "2", APRIL)
        before = everything(running)

        with pytest.raises(Crash):
            take_back(running, digest, then=_crash)

        assert everything(running) == before
        assert on(running, date(2026, 4, 1)) == "small 2"

    def test_of_two_who_withdraw_it_at_once_one_does(self, running, url, tmp_path):
        digest = put(running, tmp_path, "2", APRIL)
        start, refused = threading.Barrier(2), []

        def withdraw_elsewhere():
            own = Database.open(url)
            beside = Running(own, SetClock(NOW))
            start.wait()
            try:
                take_back(beside, digest)
            except ActivationRefused as reason:
                refused.append(str(reason))
            own.close()

        all_done([threading.Thread(target=withdraw_elsewhere) for _ in range(2)])

        steps = running.kept(tables.rulebook_activations)
        assert [step.state for step in steps] == ["in_force", "in_force", "withdrawn"]
        assert len(refused) == 1
        assert "was withdrawn already" in refused[0]

    # What is shown before, and the release before.

    def test_what_it_would_do_is_seen_before_and_changes_nothing(self, running, tmp_path):
        digest = put(running, tmp_path, "2", APRIL)
        before = everything(running)

        with running.database.reading() as connection:
            of = running.service.policy_of
            seen = examine_withdrawal(connection, digest, of, running.clock.today())

        assert everything(running) == before
        assert seen == take_back(running, digest).withdrawal

    def test_a_release_that_does_not_know_the_word_starts_until_one_is_withdrawn(
        self, running, tmp_path
    ):
        older = tmp_path / "older"
        shutil.copytree(MIGRATIONS, older, ignore=shutil.ignore_patterns("0006*"))
        digest = put(running, tmp_path, "2", APRIL)
        check_migrated(running.database, older)

        take_back(running, digest)

        check_migrated(running.database, MIGRATIONS)
        with pytest.raises(NotMigrated, match="only code from step 0006 on"):
            check_migrated(running.database, older)


def put(running, folder, version, in_force):
    """Put a small rulebook in force, and return its digest."""
    return activate(running, small_rulebook(folder, version, in_force)).steps[-1].digest


def take_back(running, digest, *, actor="a commissioner", reason="26/00032", then=None):
    with work_in(running) as work:
        done = withdraw(work, digest, running.service.policy_of, actor=actor, reason=reason)
        if then is not None:
            then(work)
        return done


def _crash(_work):
    raise Crash


def in_april(referral_id):
    return referral(referral_id, received_at=IN_APRIL, start_date="2026-04-20")


def on(running, day):
    return str(running.service.policies.on(day).rulebook)


def standing(running, version):
    with running.database.reading() as connection:
        listed = rulebooks_listed(connection, running.clock.today())
    return next(each.standing for each in listed if each.rulebook.version == version)
