"""What is promised about a rulebook that is tried beside the one in force."""

import json
from datetime import timedelta

import pytest

from services.eligibility.rulebooks.activation import ActivationRefused, end_shadow
from services.eligibility.store import tables
from services.eligibility.trials.shadow_report import NoShadow, shadow_report
from tests.eligibility.activating import (
    OnADatabase,
    activate,
    knows_needs,
    versions,
    work_in,
)
from tests.eligibility.import_promises import framework_file
from tests.eligibility.running import BORN, referral, told
from tests.eligibility.small_rulebooks import small_rulebook


class ShadowPromises(OnADatabase):
    """Inherit, and give a fixture `url` of a database with the tables, and nothing in them."""

    # Shadow.

    def test_a_rulebook_in_shadow_leaves_every_message_as_it_is(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2"))
        [before] = running.take(referral("R1"))

        activate(running, small_rulebook(tmp_path, "3", tier=1), shadow=True)
        messages = running.take(referral("R2"))

        assert versions(messages) == ["2"]
        assert [each.outcome for each in told(messages[0]).agencies] == [
            each.outcome for each in told(before).agencies
        ]

    def test_where_it_differs_is_kept_with_agencies_and_criteria(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2", tier=8))
        tried = activate(running, small_rulebook(tmp_path, "3", tier=1), shadow=True)

        [message] = running.take(referral())

        [row] = running.kept(tables.shadow_differences)
        differs = json.loads(row.differs)
        lower = sorted(each.agency for each in told(message).agencies if each.tier > 1)
        assert (row.decision_id, row.digest) == (message.message_id, tried.steps[0].digest)
        assert [each["agency"] for each in differs["lost"]] == lower
        assert {tuple(each["criteria"]) for each in differs["lost"]} == {("tier",)}
        assert (differs["gained"], differs["changed"]) == ([], [])
        assert differs["listed"] == [45, 45 - len(lower)]

    def test_what_an_import_decides_again_is_tried_too(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2", tier=8))
        activate(running, small_rulebook(tmp_path, "3", tier=1), shadow=True)
        running.take(referral())
        file = framework_file("(SC990001,.*2024-02-06),,,", r"\1,2026-03-01,,staffing")

        with work_in(running) as work:
            imported = running.service.register_desk().apply(work, file, "a commissioner")

        [again] = imported.touched.referrals
        compared = [row.decision_id for row in running.kept(tables.shadow_differences)]
        assert len(compared) == 2
        assert again.decision_id in compared

    def test_where_it_decides_alike_nothing_is_kept(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2", tier=8))
        activate(running, small_rulebook(tmp_path, "3", tier=7), shadow=True)

        running.take(referral())

        assert running.kept(tables.shadow_differences) == []

    def test_a_rulebook_of_a_day_to_come_is_tried_on_the_referrals_of_today(
        self, running, tmp_path
    ):
        activate(running, small_rulebook(tmp_path, "2"))
        file = small_rulebook(tmp_path, "3", "{from: 2026-09-01}", tier=1)
        activate(running, file, shadow=True)

        running.take(referral())

        assert len(running.kept(tables.shadow_differences)) == 1

    def test_no_fact_of_a_child_is_kept_of_a_trial(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "3", tier=1), shadow=True)

        running.take(referral(child={"child_ref": "CHILD-77"}))

        [row] = running.kept(tables.shadow_differences)
        assert "CHILD-77" not in row.differs
        assert BORN not in row.differs

    def test_a_trial_that_fails_costs_no_decision(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2"))
        activate(running, small_rulebook(tmp_path, "3", reads_needs=True), shadow=True)
        knows_needs(running, "SC990001", "extreme")

        messages = running.take(referral())

        [row] = running.kept(tables.shadow_differences)
        assert versions(messages) == ["2"]
        assert json.loads(row.differs) == {"failed": "KeyError"}

    def test_a_trial_ends_when_it_is_ended_or_the_rulebook_is_activated(self, running, tmp_path):
        file = small_rulebook(tmp_path, "3", tier=1)
        activate(running, file, shadow=True)
        with work_in(running) as work:
            end_shadow(work, "a commissioner", "enough was seen")
        running.take(referral("R1"))

        activate(running, file, shadow=True)
        done = activate(running, file)
        running.take(referral("R2"))

        assert [step.state for step in done.steps] == ["shadow_ended", "in_force"]
        assert running.kept(tables.shadow_differences) == []
        with pytest.raises(ActivationRefused, match="no trial to end"), work_in(running) as work:
            end_shadow(work, "a commissioner", "again")

    def test_only_one_is_tried_at_a_time_and_none_beside_itself(self, running, tmp_path):
        first = small_rulebook(tmp_path, "2", tier=1)
        activate(running, first, shadow=True)

        with pytest.raises(ActivationRefused, match="End its trial first"):
            activate(running, small_rulebook(tmp_path, "3"), shadow=True)
        activate(running, first)
        with pytest.raises(ActivationRefused, match="decides already"):
            activate(running, first, shadow=True)

    # The report.

    def test_the_report_counts_by_agency_and_criterion_with_examples(self, running, tmp_path):
        running.take(referral("R0"))
        running.clock.advance(timedelta(minutes=1))
        activate(running, small_rulebook(tmp_path, "2", tier=8))
        activate(running, small_rulebook(tmp_path, "3", tier=1), shadow=True)
        first, second = running.take(referral("R1"), referral("R2"))

        report = _report(running)

        lower = sorted(each.agency for each in told(first).agencies if each.tier > 1)
        assert (report["version"], report["decisions"], report["differ"]) == ("3", 2, 2)
        assert report["by_agency"] == {urn: {"gained": 0, "lost": 2, "changed": 0} for urn in lower}
        assert report["by_criterion"] == {"tier": 2}
        assert set(report["examples"]) == {first.message_id, second.message_id}
        assert report["ended_at"] is None

    def test_the_report_of_a_trial_that_ended_stays(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2", tier=8))
        activate(running, small_rulebook(tmp_path, "3", tier=1), shadow=True)
        running.take(referral("R1"))
        running.clock.advance(timedelta(minutes=1))
        with work_in(running) as work:
            end_shadow(work, "a commissioner", "enough was seen")
        running.take(referral("R2"))

        report = _report(running)

        assert (report["decisions"], report["differ"]) == (1, 1)
        assert report["ended_at"] is not None

    def test_a_second_trial_of_one_rulebook_begins_to_count_anew(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2", tier=8))
        tried = small_rulebook(tmp_path, "3", tier=1)
        activate(running, tried, shadow=True)
        running.take(referral("R1"))
        running.clock.advance(timedelta(minutes=1))
        with work_in(running) as work:
            end_shadow(work, "a commissioner", "enough was seen")
        running.clock.advance(timedelta(minutes=1))
        activate(running, tried, shadow=True)
        [message] = running.take(referral("R2"))

        assert _report(running)["examples"] == [message.message_id]

    def test_without_any_trial_there_is_nothing_to_report(self, running):
        with pytest.raises(NoShadow, match="--shadow"):
            _report(running)


def _report(running):
    with running.database.reading() as connection:
        return shadow_report(connection).told()
