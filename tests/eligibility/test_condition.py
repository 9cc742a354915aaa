"""What the eligibility service says of its rulebooks to whoever watches it."""

import pytest

from services.eligibility.condition import EligibilityCondition
from shared.clock import SetClock
from tests.eligibility.activating import OnADatabase, activate, alter, knows_needs
from tests.eligibility.builders import PACK
from tests.eligibility.running import NOW, Running, referral, told
from tests.eligibility.small_rulebooks import small_rulebook


class TestCondition(OnADatabase):
    @pytest.fixture
    def url(self, sqlite_url):
        return sqlite_url

    def test_with_the_packs_rulebook_in_force_there_is_nothing_to_see_to(self, running):
        condition = _condition(running)

        assert condition.notices == ()
        assert _told(condition) == [{"name": "kent-medway", "version": "2024.1"}]

    def test_the_rulebook_in_force_is_that_of_the_database(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2"))

        assert _told(_condition(running)) == [{"name": "small", "version": "2"}]

    def test_a_rulebook_of_the_pack_that_is_not_in_use_is_named(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2"))

        [notice] = _condition(running).notices

        assert "kent-medway 2024.1 of the framework pack is not in use (replaced)" in notice
        assert "fosterframe rulebook activate" in notice

    def test_an_end_without_a_successor_is_told_28_days_before(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2", "{from: 2025-01-01, to: 2026-03-30}"))

        assert "small 2 ends on 2026-03-30, and none follows" in _notices(running)
        activate(running, small_rulebook(tmp_path, "3", "{from: 2026-03-30}"))
        assert "none follows" not in _notices(running)

    def test_an_end_that_is_29_days_away_is_not_told_yet(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2", "{from: 2025-01-01, to: 2026-03-31}"))

        assert _notices(running) == ""

    def test_after_the_end_referrals_are_parked_and_it_says_so(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2", "{from: 2025-01-01, to: 2026-03-02}"))

        condition = _condition(running)

        assert "no rulebook is in force today" in condition.notices[0]
        assert _told(condition) == []

    def test_a_word_of_the_register_that_the_rulebook_lacks_is_named(self, running, tmp_path):
        activate(running, small_rulebook(tmp_path, "2", reads_needs=True))
        looked = EligibilityCondition.of(running.database, running.clock, PACK)
        before = looked.now().notices
        knows_needs(running, "SC990001", "standard", "extreme")

        after = looked.now().notices

        assert "extreme" not in "".join(before)
        assert "the agency SC990001" in after[0]
        assert "has needs_served extreme on 2026-03-02" in after[0]

    @pytest.mark.parametrize("content", ["{", "{}", '{"rulebook": "small"}'])
    def test_a_rulebook_in_shadow_that_cannot_be_read_is_named_and_no_referral_waits_for_it(
        self, running, tmp_path, content
    ):
        shadow = activate(running, small_rulebook(tmp_path, "2"), shadow=True)
        before = _notices(running)
        alter(running.database, shadow.steps[0].digest, content)

        [message] = Running(running.database, SetClock(NOW)).take(referral())

        assert "cannot be read" not in before
        [notice] = [one for one in _condition(running).notices if "in shadow" in one]
        assert "small 2" in notice
        assert "cannot be read by this version of the service, and so it is not tried" in notice
        assert "fosterframe rulebook shadow --end" in notice
        assert told(message).rulebook.version == "2024.1"


def _condition(running):
    return EligibilityCondition.of(running.database, SetClock(NOW), PACK).now()


def _notices(running):
    return " ".join(_condition(running).notices)


def _told(condition):
    return [
        figure.labels for figure in condition.figures if figure.name == "fosterframe_rulebook_info"
    ]
