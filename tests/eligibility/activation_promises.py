"""What is promised about putting rulebooks in use, on any database."""

import threading

import pytest

from services.eligibility.rulebooks.activation import activate_first
from services.eligibility.rulebooks.listed import rulebooks_listed
from services.eligibility.service import SERVICE, EligibilityService
from services.eligibility.store import tables
from services.eligibility.verdicts.policy import NoRulebookInForce
from shared.clock import SetClock
from shared.contracts.catalogue import REFERRAL_RECEIVED
from shared.messaging.batch import Intake
from shared.messaging.work import work_on
from shared.persistence import chain
from shared.persistence.database import Database
from tests.eligibility.activating import (
    SOON_SECONDS,
    TODAY,
    Crash,
    OnADatabase,
    activate,
    activate_elsewhere,
    all_done,
    everything,
    versions,
)
from tests.eligibility.beside import wait_until_it_waits
from tests.eligibility.builders import PACK, framework, policies
from tests.eligibility.running import NOW, Running, referral
from tests.eligibility.small_rulebooks import small_rulebook


class ActivationPromises(OnADatabase):
    """Inherit, and give a fixture `url` of a database with the tables, and nothing in them."""

    # The first start.

    def test_the_first_start_puts_the_packs_rulebooks_in_force(self, running):
        [step] = running.kept(tables.rulebook_activations)
        [kept] = running.kept(tables.rulebooks)

        assert (step.state, step.digest) == ("in_force", kept.digest)
        assert step.actor == "framework pack kent-medway"

    def test_four_workers_that_start_at_once_do_so_once(self, url, database):
        def start_one(own):
            EligibilityService.open(own, PACK, SetClock(NOW))

        assert _four_at_once(url, start_one) == []
        assert _numbers(database) == [1]

    def test_four_workers_that_found_a_new_database_activate_once(self, url, database):
        def activate_one(own):
            with work_on(own, SetClock(NOW), SERVICE, cause_id="first") as work:
                activate_first(work, policies(), framework())

        assert _four_at_once(url, activate_one) == []
        assert _numbers(database) == [1]
        with database.reading() as connection:
            assert chain.head(connection).position == 1

    def test_a_later_start_with_another_pack_changes_nothing(self, running, tmp_path):
        pack = tmp_path / "pack"
        pack.mkdir()
        for file in PACK.iterdir():
            (pack / file.name).write_bytes(file.read_bytes())
        book = pack / "rulebook.yaml"
        book.write_text(book.read_text().replace('version: "2024.1"', 'version: "2026.9"'))

        service = EligibilityService.open(running.database, pack, running.clock)

        assert [each.rulebook.version for each in service.policies] == ["2024.1"]

    # Activation.

    def test_every_worker_decides_by_it_from_its_next_batch_on(self, running, url, tmp_path):
        elsewhere = Running(other := Database.open(url), running.clock)
        before = running.take(referral("R1")) + elsewhere.take(referral("R2"))

        activate(running, small_rulebook(tmp_path, "2"))
        after = running.take(referral("R3")) + elsewhere.take(referral("R4"))
        other.close()

        assert versions(before) == ["2024.1", "2024.1"]
        assert versions(after) == ["2", "2"]

    def test_what_people_ask_for_reflects_it_at_once(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2"))

        assert str(running.service.policies.on(NOW.date()).rulebook) == "small 2"

    def test_a_batch_is_decided_by_one_set_whatever_happens_meanwhile(self, running, url, tmp_path):
        file = small_rulebook(tmp_path, "2")
        activating = threading.Thread(target=activate_elsewhere, args=(url, file))
        handlers = running.service.handlers()

        def deciding(work, event):
            handlers[REFERRAL_RECEIVED](work, event)
            if event.data.referral_id == "R1":
                _go_as_far_as_it_can(activating, running.database)

        handled = {**handlers, REFERRAL_RECEIVED: deciding}
        worker = Intake(
            service=SERVICE, database=running.database, handlers=handled, clock=running.clock
        )
        worker.take([referral("R1"), referral("R2"), referral("R3")])
        all_done([activating])
        worker.take([referral("R4")])

        assert versions(running.sent()) == ["2024.1", "2024.1", "2024.1", "2"]

    def test_a_batch_whose_first_message_failed_after_its_handler_is_decided_by_one_set(
        self, running, url, tmp_path
    ):
        file = small_rulebook(tmp_path, "2")
        activating = threading.Thread(target=activate_elsewhere, args=(url, file))
        handlers = running.service.handlers()

        def deciding(work, event):
            handlers[REFERRAL_RECEIVED](work, event)
            if event.data.referral_id == "R1":
                _go_as_far_as_it_can(activating, running.database)
                raise Crash

        handled = {**handlers, REFERRAL_RECEIVED: deciding}
        worker = Intake(
            service=SERVICE, database=running.database, handlers=handled, clock=running.clock
        )
        worker.take([referral("R1"), referral("R2")])
        all_done([activating])
        worker.take([referral("R3")])

        assert versions(running.sent()) == ["2024.1", "2"]

    def test_a_referral_received_before_its_first_day_is_decided_by_the_older_one(
        self, running, tmp_path
    ):
        activate(running, small_rulebook(tmp_path, "2", TODAY))

        messages = running.take(
            referral("R1", received_at="2026-03-01T23:59:59+00:00"),
            referral("R2", received_at="2026-03-02T00:00:00+00:00"),
        )

        assert versions(messages) == ["2024.1", "2"]

    def test_of_two_from_one_day_the_later_activated_decides(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2"))
        activate(running, small_rulebook(tmp_path, "3"))

        assert versions(running.take(referral())) == ["3"]
        activate(running, small_rulebook(tmp_path, "2"))
        assert versions(running.take(referral("R2"))) == ["2"]

    def test_after_the_end_of_the_last_no_older_one_comes_back(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2", "{from: 2025-01-01, to: 2026-03-02}"))

        with pytest.raises(NoRulebookInForce):
            running.service.policies.on(NOW.date())

    def test_a_decision_is_derived_again_by_the_rulebook_of_its_time(self, running, tmp_path):
        [message] = running.take(referral())

        activate(running, small_rulebook(tmp_path, "2"))

        assert running.derived(message.message_id).is_same

    def test_it_is_recorded_with_who_why_and_when_and_in_the_log(self, running, tmp_path):
        done = activate(running, small_rulebook(tmp_path, "2"), actor="A. Commissioner")

        [step] = done.steps
        row = running.kept(tables.rulebook_activations)[-1]
        logged = running.kept(tables.delivery.log)[-1]
        assert (row.actor, row.reason, row.recorded_at) == ("A. Commissioner", "26/00031", NOW)
        assert (logged.kind, logged.subject) == ("rulebook", step.digest)
        assert logged.body_digest == chain.entry("", "", step.told(), NOW).body_digest
        with running.database.reading() as connection:
            assert chain.verify(connection) is None

    def test_what_is_in_force_already_changes_nothing(self, running, tmp_path):
        file = small_rulebook(tmp_path, "2")
        activate(running, file)
        before = everything(running)

        done = activate(running, file)

        assert (list(done.steps), done.examined.is_so_already) == ([], True)
        assert everything(running) == before

    # The list.

    def test_every_rulebook_is_listed_with_what_it_is_today(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2"))
        activate(running, small_rulebook(tmp_path, "3", TODAY))
        activate(running, small_rulebook(tmp_path, "4", "{from: 2026-09-01}"))
        activate(running, small_rulebook(tmp_path, "5", tier=1), shadow=True)

        with running.database.reading() as connection:
            listed = rulebooks_listed(connection, NOW.date())

        assert [(each.rulebook.version, each.standing) for each in listed] == [
            ("2", "over"),
            ("3", "in force"),
            ("4", "to come"),
            ("2024.1", "replaced"),
            ("5", "in shadow"),
        ]
        assert [str(each.decides.end) for each in listed[:3]] == [
            "2026-03-02",
            "2026-09-01",
            "None",
        ]


def _go_as_far_as_it_can(activating, database):
    """Start an activation, and return when it waits for the batch in the middle of which we are."""
    activating.start()
    if database.is_sqlite:
        activating.join(0.2)  # nothing shows who waits for SQLite's one writer
    else:
        wait_until_it_waits(database, activating)


def _four_at_once(url, act):
    """Let four workers act at the same moment, each on connections of its own."""
    start = threading.Barrier(4)
    failures = []

    def begin():
        own = Database.open(url)
        try:
            start.wait(SOON_SECONDS)
            act(own)
        except Exception as failure:  # noqa: BLE001 - the test looks at it
            failures.append(failure)
        finally:
            own.close()

    all_done([threading.Thread(target=begin) for _ in range(4)])
    return failures


def _numbers(database):
    with database.reading() as connection:
        steps = connection.execute(tables.rulebook_activations.select()).all()
    return [step.number for step in steps]
