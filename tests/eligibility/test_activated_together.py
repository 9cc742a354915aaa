"""Rulebooks put in force together, so that the days of one can be split: all of them, or none."""

import pytest

from services.eligibility.rulebooks.activation import ActivationRefused, take_steps
from services.eligibility.rulebooks.examining import prove_file
from services.eligibility.rulebooks.listed import rulebooks_listed
from services.eligibility.rulebooks.rulebook import RulebookRefused
from tests.eligibility.activating import (
    Crash,
    OnADatabase,
    activate,
    everything,
    take_no_more_steps,
    versions,
    work_in,
)
from tests.eligibility.running import NOW, referral
from tests.eligibility.small_rulebooks import small_rulebook

TO_JULY = "{from: 2022-04-01, to: 2026-07-01}"
TO_APRIL = "{from: 2022-04-01, to: 2026-04-01}"
APRIL_TO_JULY = "{from: 2026-04-01, to: 2026-07-01}"


class TogetherPromises(OnADatabase):
    """Inherit, and give a fixture `url` of a database with the tables, and nothing in them."""

    @pytest.fixture
    def split(self, running, tmp_path):
        """Files by which the days of a rulebook that has an end, and a follower, are split."""
        activate(running, small_rulebook(tmp_path, "1", TO_JULY))
        activate(running, small_rulebook(tmp_path, "9", "{from: 2026-07-01}"))
        first = small_rulebook(tmp_path, "2", TO_APRIL)
        return [small_rulebook(tmp_path, "3", APRIL_TO_JULY), first]

    def test_the_days_of_a_rulebook_that_has_an_end_are_split(self, running, split):
        done = together(running, split)

        assert [len(each.steps) for each in done] == [1, 1]
        assert standing(running) == [
            ("2", "in force", "2022-04-01", "2026-04-01"),
            ("3", "to come", "2026-04-01", "2026-07-01"),
            ("9", "to come", "2026-07-01", "None"),
        ]
        april = referral("R2", received_at="2026-04-02T10:00:00+01:00", start_date="2026-04-20")
        assert versions(running.take(referral("R1"), april)) == ["2", "3"]

    def test_what_each_of_them_would_do_is_told_in_the_order_of_their_days(self, running, split):
        first, second = [each.examined.told() for each in together(running, split)]

        assert (first["replaces"], first["to"]) == ("small 1", "2026-04-01")
        assert (second["replaces"], second["before"]) == (None, "small 1")
        assert (second["from"], second["to"]) == ("2026-04-01", "2026-07-01")

    def test_one_without_an_end_decides_until_the_other_begins(self, running, split, tmp_path):
        open_ended = small_rulebook(tmp_path, "4", "{from: 2022-04-01}")

        first, _ = together(running, [open_ended, split[0]])

        assert first.examined.told()["to"] == "2026-04-01"

    def test_neither_of_them_can_be_put_in_force_alone(self, running, split):
        for file in split:
            refused(running, [file], "would hold")

    def test_where_one_has_a_fault_none_is_put_in_force_and_all_faults_are_told(
        self, running, split, tmp_path
    ):
        small_rulebook(tmp_path, "2", TO_APRIL, first_tier="not_met")
        wrong = small_rulebook(tmp_path, "4", "{from: 2026-04-01, to: 2026-06-01}")

        told = refused(running, [split[1], wrong], "the example C")

        assert "holds to" not in told
        assert "between none would hold" in told

    def test_two_of_one_version_or_from_one_day_are_refused(self, running, split, tmp_path):
        folder = tmp_path / "other"
        folder.mkdir()
        twin = small_rulebook(folder, "2", APRIL_TO_JULY)

        refused(running, [split[1], twin], "another rulebook of this version comes with it")
        refused(running, [*split, small_rulebook(tmp_path, "4", TO_APRIL)], "Let one remain")

    def test_what_is_so_already_is_not_done_again(self, running, split):
        together(running, split)
        before = everything(running)

        done = together(running, split)

        assert [(each.examined.is_so_already, list(each.steps)) for each in done] == [
            (True, [])
        ] * 2
        assert everything(running) == before

    def test_only_one_is_tried_at_a_time(self, running, split):
        refused(running, split, "Only one rulebook can be tried", "shadow")

    def test_a_crash_afterwards_leaves_nothing(self, running, split):
        before = everything(running)

        with pytest.raises(Crash):
            together(running, split, then=_crash)

        assert everything(running) == before

    def test_a_crash_in_the_middle_leaves_nothing(self, running, split):
        before = everything(running)
        take_no_more_steps(running.database, beyond=4)

        with pytest.raises(Exception, match="no more steps"):
            together(running, split)

        assert everything(running) == before


class TestSqlite(TogetherPromises):
    @pytest.fixture
    def url(self, sqlite_url):
        return sqlite_url


@pytest.mark.postgresql
class TestPostgresql(TogetherPromises):
    @pytest.fixture
    def url(self, postgresql_url):
        return postgresql_url


def together(running, files, wanted="in_force", then=None):
    framework = running.service.framework
    proved = [prove_file(file, framework) for file in files]
    with work_in(running) as work:
        done = take_steps(work, proved, framework, wanted, actor="a", reason="26/00033")
        if then is not None:
            then(work)
        return done


def refused(running, files, why, wanted="in_force"):
    before = everything(running)
    with pytest.raises((RulebookRefused, ActivationRefused), match=why) as found:
        together(running, files, wanted)
    assert everything(running) == before
    return str(found.value)


def standing(running):
    with running.database.reading() as connection:
        listed = rulebooks_listed(connection, NOW.date())
    return [
        (each.rulebook.version, each.standing, str(each.decides.start), str(each.decides.end))
        for each in listed
        if each.decides is not None
    ]


def _crash(_work):
    raise Crash
