"""What is promised when a rulebook is refused, or a process ends in the middle."""

import pytest

from services.eligibility.rulebooks.activation import ActivationRefused
from services.eligibility.rulebooks.rulebook import RulebookRefused
from services.eligibility.store import tables
from shared.errors import FileRefused, FosterframeError
from tests.eligibility.activating import (
    Crash,
    OnADatabase,
    activate,
    everything,
    knows_needs,
    take_no_more_steps,
    versions,
)
from tests.eligibility.running import referral
from tests.eligibility.small_rulebooks import small_rulebook


class RefusalPromises(OnADatabase):
    """Inherit, and give a fixture `url` of an empty database that nobody else uses."""

    # Refusals.

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"never_when": "no"}, "broken by this case"),
            ({"first_tier": "not_met"}, "the example C"),
            ({"cases": "cases:\n  - {name: A, criterion: tier, facts: {tier: 1}, expected: met}\n"},
             "no example expects that not-suspended is met"),
            ({"in_force": "{from: 2021-04-01, to: 2022-03-31}"}, "between none would hold"),
            ({"in_force": "{from: 2021-04-01, to: 2022-04-02}"}, "between both would hold"),
            ({"cases": "cases: []\n"}, "cases"),
        ],
        ids=["promise", "example", "coverage", "gap", "overlap", "no-examples"],
    )  # fmt: skip
    def test_what_is_refused_changes_nothing(self, running, tmp_path, wrong, reason):
        before = everything(running)

        with pytest.raises((RulebookRefused, FileRefused), match=reason):
            activate(running, small_rulebook(tmp_path, "2", **wrong))

        assert everything(running) == before
        assert versions(running.take(referral())) == ["2024.1"]

    def test_every_reason_is_told_at_once(self, running, tmp_path):
        wrong = small_rulebook(
            tmp_path, "2", "{from: 2021-04-01, to: 2022-03-31}", first_tier="not_met"
        )

        with pytest.raises(RulebookRefused) as refused:
            activate(running, wrong)

        assert len(refused.value.reasons) == 3
        assert "rulebook-2-examples.yaml:4" in refused.value.reasons[0]

    def test_without_examples_beside_it_a_rulebook_is_refused(self, running, tmp_path):
        file = small_rulebook(tmp_path, "2")
        (tmp_path / "rulebook-2-examples.yaml").unlink()
        before = everything(running)

        with pytest.raises(FosterframeError, match=r"rulebook-2-examples\.yaml"):
            activate(running, file)

        assert everything(running) == before

    def test_a_word_of_the_register_that_it_lacks_is_named_with_the_agency(self, running, tmp_path):
        knows_needs(running, "SC990001", "standard", "extreme")

        activate(running, small_rulebook(tmp_path, "2"))
        with pytest.raises(RulebookRefused, match=r"SC990001 .* has needs_served extreme on 2026"):
            activate(running, small_rulebook(tmp_path, "3", reads_needs=True))

    def test_another_rulebook_under_a_version_that_decided_is_refused(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2", tier=8))

        with pytest.raises(RulebookRefused, match="another rulebook of this version is kept"):
            activate(running, small_rulebook(tmp_path, "2", tier=7))

    @pytest.mark.parametrize("unsigned", [{"actor": " "}, {"reason": ""}, {"reason": "x" * 601}])
    def test_nobody_activates_without_a_name_and_a_reason(self, running, tmp_path, unsigned):
        with pytest.raises(ActivationRefused, match="Say "):
            activate(running, small_rulebook(tmp_path, "2"), **unsigned)

        assert len(running.kept(tables.rulebook_activations)) == 1

    # Crashes.

    def test_a_crash_after_the_step_leaves_nothing(self, running, tmp_path):
        before = everything(running)

        with pytest.raises(Crash):
            activate(running, small_rulebook(tmp_path, "2"), then=_crash)

        assert everything(running) == before
        assert versions(running.take(referral())) == ["2024.1"]

    def test_a_crash_between_keeping_and_the_step_leaves_nothing(self, running, tmp_path):
        before = everything(running)
        take_no_more_steps(running.database)

        with pytest.raises(Exception, match="no more steps"):
            activate(running, small_rulebook(tmp_path, "2"))

        assert everything(running) == before

    def test_a_step_that_was_rolled_back_is_not_taken_for_the_next(self, running, tmp_path):
        seen = []

        def look_and_crash(work):
            seen.extend(running.service.policies_now(work.connection))
            raise Crash

        with pytest.raises(Crash):
            activate(running, small_rulebook(tmp_path, "2"), then=look_and_crash)
        activate(running, small_rulebook(tmp_path, "3"))

        assert [str(each.rulebook) for each in seen] == ["small 2"]
        assert [str(each.rulebook) for each in running.service.policies] == ["small 3"]

    # What this version cannot read.

    def test_a_rulebook_that_this_version_cannot_read_makes_referrals_wait(self, running, tmp_path):
        done = activate(running, small_rulebook(tmp_path, "2"))
        newer = tables.rulebooks.update().where(tables.rulebooks.c.digest == done.steps[0].digest)
        with running.database.transaction() as connection:
            connection.execute(newer.values(content='{"rulebook": "of a later version"}'))

        messages = running.take(referral("R1"), referral("R2"))

        assert {message.exchange for message in messages} == {"eligibility.retry.5s"}


def _crash(_work):
    raise Crash
