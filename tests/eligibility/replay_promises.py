"""What replaying promises, on any database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy import update as alter

from services.eligibility.decisions.archive import Archive
from services.eligibility.facts import GRADES, Fact, OneOf, vocabulary
from services.eligibility.shortlist import shortlist
from services.eligibility.store import tables
from services.eligibility.store.decision_store import latest_decision
from services.eligibility.store.words_on_referrals import standing_words
from services.eligibility.trials import looking_back
from services.eligibility.trials.looking_back import fairness, simulate, sufficiency
from services.eligibility.trials.replaying import Replay
from services.operating.purge.purging import Purge
from shared.clock import SetClock
from shared.contracts.catalogue import REFERRAL_WITHDRAWN
from shared.persistence.database import Database
from shared.persistence.old_rows import Horizon
from tests.eligibility.builders import framework
from tests.eligibility.rulebooks_tried import GOOD_IS_REFERRED, proved, written
from tests.eligibility.running import JUDGED, NOW, Running, delivery, referral, update

DAY = date(2026, 3, 2)


class ReplayPromises:
    """Inherit, and give a fixture `url` of a database with the tables, and nothing in them."""

    @pytest.fixture
    def running(self, url):
        database = Database.open(url)
        running = Running(database, SetClock(NOW))
        running.import_pack()
        yield running
        database.close()

    def test_a_replay_is_what_the_archive_derives(self, running):
        self._decide_while_the_register_changes(running)

        found = self._replayed(running)

        assert len(found) == 12
        assert len({each.stored.register_version for each in found}) > 2
        with running.database.reading() as connection:
            archive = running.service.archive()
            for each in found:
                derived = archive.derived(connection, each.stored)
                assert derived.is_same
                assert _said(each.decision) == _said(derived.decision)

    def test_decisions_come_in_the_order_in_which_they_were_made(self, running):
        self._decide_while_the_register_changes(running)

        made = [
            (each.stored.decided_at, each.stored.decision_id) for each in self._replayed(running)
        ]

        assert made == sorted(made)

    def test_nothing_from_before_the_day_is_replayed(self, running):
        running.take(referral("R1"))
        running.clock.set(NOW + timedelta(days=1))
        running.take(referral("R2"))

        assert self._referrals(self._replayed(running, DAY)) == ["R1", "R2"]
        assert self._referrals(self._replayed(running, date(2026, 3, 3))) == ["R2"]
        assert self._referrals(self._replayed(running, date(2026, 3, 4))) == []

    def test_a_day_begins_at_midnight_in_london(self, running):
        running.clock.set(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
        running.take(referral("R1"))

        assert self._referrals(self._replayed(running, date(2026, 7, 1))) == ["R1"]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"version": 2}, {"version": 1, "decided_at": NOW + timedelta(hours=1)}),
            (
                {"said_at": NOW},
                {"said_at": NOW - timedelta(hours=1), "decided_at": NOW + timedelta(hours=1)},
            ),
            ({"said_at": NOW}, {"said_at": None, "decided_at": NOW + timedelta(hours=1)}),
            ({"decided_at": NOW + timedelta(hours=1)}, {"decided_at": NOW}),
            ({"decision_id": "a", "supersedes": "b"}, {"decision_id": "b"}),
            (
                {"decision_id": "a", "supersedes": "b"},
                {"decision_id": "b", "decided_at": NOW + timedelta(seconds=1)},
            ),
            ({"decision_id": "b"}, {"decision_id": "a"}),
        ],
        ids=[
            "the higher version",
            "of one version what was said last",
            "what says when it was said before what does not",
            "of one word what was decided last",
            "of one instant what supersedes",
            "what supersedes though it began to be decided first",
            "of one instant in the old form always the same",
        ],
    )
    def test_each_referral_comes_once_with_the_decision_that_counts(self, running, one, other):
        running.take(referral("R1"))
        usual = {"decision_id": "c", "version": 1, "said_at": None, "decided_at": NOW}
        self._keep_only(running, usual | {"supersedes": None} | one, other)

        [found] = self._replayed(running)
        with running.database.reading() as connection:
            standing = standing_words(connection, ["R1"])["R1"].decision
            latest = latest_decision(connection, "R1")

        assert found.stored.decision_id == one.get("decision_id", "c")
        assert standing == latest == found.stored

    def test_decisions_are_read_a_page_at_a_time(self, running):
        running.take(*[referral(f"R{number}") for number in range(5)])
        archive = running.service.archive()
        pages = []
        event.listen(
            running.database.engine,
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_: "IN (" in statement and pages.append(statement),
        )

        with running.database.reading() as connection:
            replayed = Replay(connection, archive, page_rows=2).since(DAY)
            after_each = [len(pages) for _ in replayed]

        assert after_each == [1, 1, 2, 2, 3]

    def test_progress_begins_at_nothing_and_ends_at_the_total(self, running):
        running.take(*[referral(f"R{number}") for number in range(5)])
        heard = []

        with running.database.reading() as connection:
            archive = running.service.archive()
            hears = lambda done, of: heard.append((done, of))  # noqa: E731 - one line of a test
            list(Replay(connection, archive, hears, page_rows=2).since(DAY))

        assert heard == [(0, 5), (2, 5), (4, 5), (5, 5)]

    def test_an_empty_database_is_replayed_at_once(self, running):
        heard = []

        with running.database.reading() as connection:
            found = sufficiency(
                running.service.archive(),
                connection,
                DAY,
                progress=lambda done, of: heard.append((done, of)),
            )

        assert heard == [(0, 0)]
        assert [each.total.referrals for each in found.counts] == [0, 0, 0]

    def test_what_was_purged_is_not_there_and_that_is_said(self, running):
        running.take(referral("R1", start_date="2026-03-02"))
        later = NOW + timedelta(days=30)
        running.clock.set(later)
        running.take(referral("R2"))
        horizon = Horizon(NOW + timedelta(days=1), date(2026, 3, 3), later)
        purge = Purge("eligibility", running.database, running.clock, horizon)
        purge.run("an operator", lambda _done: None)

        with running.database.reading() as connection:
            archive = running.service.archive()
            found = fairness(archive, connection, DAY)
            later_only = fairness(archive, connection, date(2026, 3, 20))

        assert found.counts.decisions == 1
        assert found.not_counted == (
            "What was decided before 2026-03-03 was purged on 2026-04-01 and is not counted."
        )
        assert later_only.not_counted == ""

    def test_the_rulebook_that_decided_changes_nothing(self, running):
        self._decide_while_the_register_changes(running)

        with running.database.reading() as connection:
            archive = running.service.archive()
            policy = running.service.policies.on(DAY)
            told = simulate(archive, connection, policy, DAY).counts.told()

        assert told["referrals"] == 12
        assert told["agencies"] == []
        assert {each["count"] for each in told["changes"].values()} == {0}

    def test_another_rulebook_is_tried_with_the_register_of_the_time(self, running, tmp_path):
        running.take(referral("R1"))
        running.clock.set(NOW + timedelta(hours=1))
        running.take(_withdrawn("R1"), update(JUDGED, urn="SC990002", at=NOW))
        running.take(referral("R2"))
        stricter = proved(written(tmp_path / "stricter.yaml", *GOOD_IS_REFERRED))

        with running.database.reading() as connection:
            archive = running.service.archive()
            told = simulate(archive, connection, stricter, DAY).counts.told()
            back = simulate(
                archive, connection, running.service.policies.on(DAY), DAY, against=stricter
            ).counts.told()

        # What is kept of SC990002 is a good judgement for R1, and an inadequate one for R2.
        loses = {each["agency"]: each["loses"] for each in told["agencies"]}
        assert loses["SC990002"] == 1
        assert loses["SC990005"] == 2
        assert {each["agency"]: each["gains"] for each in back["agencies"]} == loses

    def test_the_order_of_the_time_is_kept(self, running):
        running.take(*[referral(f"R{number}") for number in range(5)])
        with running.database.transaction() as connection:
            connection.execute(alter(tables.decisions).values(shortlist_order="tier outcome"))

        with running.database.reading() as connection:
            policy = running.service.policies.on(DAY)
            told = simulate(running.service.archive(), connection, policy, DAY).counts.told()

        assert {each["count"] for each in told["changes"].values()} == {0}

    def test_a_rulebook_that_lacks_a_word_is_refused_with_the_word(self, running, tmp_path):
        running.take(referral("R1"))
        without_good = (("      - good\n", ""), ("[outstanding, good]", "outstanding"))
        grades = OneOf(tuple(word for word in GRADES if word != "good"))
        known = {
            **vocabulary(framework()),
            "ofsted_overall": Fact("ofsted_overall", "agency", grades),
        }
        lacking = proved(written(tmp_path / "lacking.yaml", *without_good), known)

        with (
            running.database.reading() as connection,
            pytest.raises(
                looking_back.WordNotInRulebook,
                match="fact ofsted_overall does not list what agency",
            ),
        ):
            simulate(running.service.archive(), connection, lacking, DAY)

    def test_an_archive_that_knows_no_policy_reads_the_rulebooks_of_the_time(self, running):
        running.take(referral("R1"))

        with running.database.reading() as connection:
            archive = Archive(vocabulary(running.service.framework))
            [found] = Replay(connection, archive).since(DAY)

        assert found.decision.policy.rulebook.digest == found.stored.rulebook_digest

    def _decide_while_the_register_changes(self, running):
        for number in range(4):
            running.clock.set(NOW + timedelta(hours=number))
            running.take(
                referral(f"R{number}-1"),
                referral(f"R{number}-2", solo=True),
                referral(f"R{number}-3", needed_by="today", start_date="2026-03-02"),
            )
            judged = JUDGED | {"published_on": f"2026-02-2{number}"}
            running.take(update(judged, id_=f"u{number}", at=running.clock.now()))

    def _replayed(self, running, since=DAY):
        with running.database.reading() as connection:
            return list(Replay(connection, running.service.archive(), page_rows=3).since(since))

    def _referrals(self, found):
        return [each.stored.referral.referral_id for each in found]

    def _keep_only(self, running, *changed):
        """Keep the one decision there is as often as is told, with other columns."""
        [row] = running.kept(tables.decisions)
        usual = row._asdict() | {"decision_id": "d", "supersedes": None, "version": 1}
        usual |= {"said_at": None, "decided_at": NOW}
        with running.database.transaction() as connection:
            connection.execute(tables.decisions.delete())
            connection.execute(insert(tables.decisions), [usual | each for each in changed])
            assert len(connection.execute(select(tables.decisions)).all()) == len(changed)


def _withdrawn(referral_id):
    """Return the word that no home is needed any more, so that nothing is decided again."""
    data = {"referral_id": referral_id, "withdrawn_at": NOW.isoformat()}
    return delivery(REFERRAL_WITHDRAWN, data, f"withdrawn-{referral_id}")


def _said(decision):
    return (
        decision.referral,
        decision.panel.register_version,
        decision.policy.rulebook.digest,
        decision.policy.shortlist_order,
        decision.gates.reasons,
        decision.outcomes(),
        decision.verdicts(),
        [each.reasons for each in decision.answer.columns],
        shortlist(decision),
    )
