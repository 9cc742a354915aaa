"""What is promised about files that are taken into the register, on any database."""

import re
from datetime import date, timedelta

import pytest

from services.eligibility.panel import agency_on
from services.eligibility.register.files import FRAMEWORK, OFSTED, AgencyFile
from services.eligibility.register.importing import ImportRefused, PreviewOutdated
from services.eligibility.register.pack_csv import REGISTER_FILE
from services.eligibility.service import SERVICE
from services.eligibility.store import register_store, tables
from shared.clock import SetClock
from shared.errors import FileRefused
from shared.messaging.work import Work, work_on
from shared.persistence.database import Database
from tests.eligibility.builders import PACK
from tests.eligibility.ofsted_files import csv_of, table
from tests.eligibility.old_rulebooks import put_in_force
from tests.eligibility.running import JUDGED, NOW, Running, entry, referral, told, update

URN = "SC990001"
TODAY = NOW.date()
NO_PARTS = {"helped": "-", "leaders": "-"}
NO_JUDGEMENT = NO_PARTS | {"overall": "-", "inspected": "-", "published": "-"}
INADEQUATE = {
    "urn": URN,
    "overall": "Inadequate",
    "helped": "Inadequate",
    "leaders": "Inadequate",
    "inspected": date(2026, 1, 10),
    "published": date(2026, 2, 20),
}
SAMPLE = (PACK / REGISTER_FILE).read_text()


def ofsted(*rows, variant="in_year", published_on=None):
    """Return a provider file in which each row tells only what is unusual in it."""
    return AgencyFile(OFSTED, "providers.csv", csv_of(table(variant, *rows)), published_on)


def framework_file(pattern="", put=""):
    """Return the sample's register with one thing in it put otherwise."""
    text, count = re.subn(pattern, put, SAMPLE, count=1) if pattern else (SAMPLE, 1)
    assert count == 1
    return AgencyFile(FRAMEWORK, "register.csv", text.encode())


class ImportPromises:
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

    @pytest.fixture
    def preview(self, running):
        def preview(file):
            with running.database.reading() as connection:
                work = Work(connection, running.clock, SERVICE)
                return running.service.register_desk().preview(work, file)

        return preview

    @pytest.fixture
    def take(self, running):
        def take(file, **how):
            running.clock.advance(timedelta(minutes=1))
            cause = f"import {running.clock.now().isoformat()}"
            with work_on(running.database, running.clock, SERVICE, cause_id=cause) as work:
                return running.service.register_desk().apply(work, file, "a commissioner", **how)

        return take

    @pytest.fixture
    def stands(self, running):
        def stands(urn=URN, on=TODAY):
            with running.database.reading() as connection:
                known = register_store.read_register(connection)
            return agency_on(urn, known.facts_of(urn), on).facts

        return stands

    # Preview, then apply.

    def test_a_preview_lists_every_fact_with_its_row_and_changes_nothing(self, running, preview):
        before = running.kept(tables.register_facts)

        seen = preview(ofsted(INADEQUATE, {"urn": "SC990002", "overall": "Fair"}))

        assert seen.counts == {
            "added": 1,
            "changed": 0,
            "unchanged": 1,
            "overtaken": 0,
            "refused": 1,
        }
        assert [(each["line"], each["kind"], each["becomes"]) for each in seen.told()["facts"]] == [
            (2, "registration", "unchanged"),
            (2, "judgement", "added"),
        ]
        [fault] = seen.told()["refused"]
        assert (fault["line"], fault["found"]) == (3, "Fair")
        assert running.kept(tables.register_facts) == before

    def test_an_import_does_what_its_preview_counted(self, running, preview, take):
        file = framework_file("Owlbarrow Fostering", "Owlbarrow Families")
        seen, before = preview(file), len(running.kept(tables.register_facts))

        imported = take(file, expected=seen.digest)

        assert (imported.facts_added, imported.facts_changed) == (0, 1)
        assert imported.facts_known == seen.counts["unchanged"] == before - 1
        assert len(running.kept(tables.register_facts)) == before + 1
        assert preview(file).new == []

    @pytest.mark.parametrize(
        "file",
        [
            framework_file(),
            framework_file(r",2022-04-01,,2004-01-08,", ",2022-04-01,2026-09-30,2004-01-08,"),
            ofsted(INADEQUATE, {"urn": "SC990002"}, {"urn": "SC990003"} | NO_JUDGEMENT),
            ofsted({}, variant="combined", published_on=date(2026, 2, 1)),
            ofsted({"status": "Resigned"}, variant="current", published_on=date(2026, 2, 1)),
        ],
        ids=["pack", "pack_with_leaver", "in_year", "combined", "current"],
    )
    def test_a_file_that_is_taken_twice_changes_nothing_the_second_time(self, running, take, file):
        first = take(file)
        kept = running.kept(tables.register_facts)

        second = take(file)

        assert (second.facts_added, second.facts_changed) == (0, 0)
        assert second.version == first.version
        assert running.kept(tables.register_facts) == kept

    def test_with_one_refused_row_nothing_is_taken(self, running, take):
        before = running.kept(tables.register_facts)

        with pytest.raises(ImportRefused, match=r"(?s):3: .*Rows refused: 1; nothing was taken"):
            take(ofsted(INADEQUATE, {"urn": "XXXXXXX"}))

        assert running.kept(tables.register_facts) == before

    def test_the_sound_rows_are_taken_alone_only_where_that_is_asked_for(self, take, stands):
        imported = take(ofsted(INADEQUATE, {"urn": "XXXXXXX"}), leaves_refused=True)

        assert (imported.facts_added, imported.rows_refused) == (1, 1)
        assert stands()["ofsted_overall"] == "inadequate"

    def test_an_import_that_would_do_something_else_than_its_preview_is_refused(
        self, running, preview, take
    ):
        seen = preview(ofsted(INADEQUATE))

        with pytest.raises(PreviewOutdated, match="look at a new preview"):
            take(
                ofsted(INADEQUATE | {"overall": "Requires improvement to be good"} | NO_PARTS),
                expected=seen.digest,
            )
        running.take(update(JUDGED))
        with pytest.raises(PreviewOutdated):
            take(ofsted(INADEQUATE), expected=seen.digest)

    def test_each_fact_is_recorded_with_the_file_that_told_it_and_who_took_it(self, running, take):
        take(ofsted(INADEQUATE))

        cause = running.kept(tables.register_facts)[-1].cause
        assert re.fullmatch("import of providers.csv [0-9a-f]{12} by a commissioner", cause)

    def test_what_an_import_touches_is_followed_in_the_same_transaction(self, running, take):
        [before] = running.take(referral())

        imported = take(ofsted(INADEQUATE))

        again = [each for each in running.sent() if each.type == "eligibility.decided.v1"][-1]
        assert (entry(before).outcome, entry(again).outcome) == ("eligible", "not_eligible")
        assert told(again).supersedes == before.message_id
        assert [each.urn for each in imported.touched.agencies] == [URN]
        assert imported.told()["touched"]["referrals"][0]["referral_id"] == "R1"

    # No older word overrules a newer one.

    def test_an_older_file_takes_no_newer_judgement_back(self, take, stands):
        older = ofsted({"urn": URN, "inspected": date(2020, 1, 6), "published": date(2020, 2, 6)})
        take(ofsted(INADEQUATE))

        take(older)

        assert stands()["ofsted_overall"] == "inadequate"

    def test_another_grade_for_the_same_inspection_is_a_correction(self, preview, take, stands):
        take(ofsted(INADEQUATE | NO_PARTS | {"overall": "Good"}))

        seen = preview(ofsted(INADEQUATE))
        take(ofsted(INADEQUATE))

        assert [each.change.word for each in seen.facts] == ["unchanged", "changed"]
        assert stands()["ofsted_overall"] == "inadequate"
        assert preview(ofsted(INADEQUATE | NO_PARTS | {"overall": "Good"})).counts["overtaken"] == 1

    def test_a_registration_that_ended_is_not_opened_again_by_an_older_file(
        self, preview, take, stands
    ):
        take(ofsted({"status": "Resigned", "ended": date(2026, 1, 31)} | NO_JUDGEMENT))

        older = ofsted({"registered": date(2004, 1, 15)} | NO_JUDGEMENT)
        take(older)

        [fact] = preview(older).facts
        assert stands()["registration"] == "not_active"
        assert fact.change.because == "it is known to have ended on 2026-01-31"

    def test_a_member_that_left_is_not_let_in_again_by_the_file_of_before(self, take, stands):
        left = framework_file(r",2022-04-01,,2004-01-08,", ",2022-04-01,2026-01-01,2004-01-08,")
        take(left)

        imported = take(framework_file())

        assert imported.facts_added + imported.facts_changed == 0
        assert stands()["on_framework"] == "no"

    # From when a judgement counts.

    def test_a_judgement_without_a_day_counts_from_the_publication_of_the_file(self, take, stands):
        take(ofsted(INADEQUATE, variant="combined", published_on=date(2026, 2, 28)))

        assert stands(on=date(2026, 2, 27))["ofsted_overall"] == "outstanding"
        assert stands(on=date(2026, 2, 28))["ofsted_overall"] == "inadequate"

    def test_where_nothing_tells_the_day_of_publication_it_is_asked_for(self, take):
        with pytest.raises(
            ImportRefused,
            match=r"Publication date: found nothing; allowed: .*: --published-on",
        ):
            take(ofsted(INADEQUATE, variant="combined"))

    # Words that the rulebook in force does not know.

    def test_a_word_that_the_rulebook_in_force_does_not_know_is_refused_when_a_file_brings_it(
        self, running, take
    ):
        put_in_force(running, knows_adequate=False, **{"from": "2022-04-01"})

        with pytest.raises(ImportRefused, match=r"ofsted_overall: found adequate; allowed: one_of"):
            take(ofsted(INADEQUATE | NO_PARTS | {"overall": "Adequate"}))

    def test_a_word_that_a_rulebook_of_later_days_does_not_know_is_refused_too(self, running, take):
        put_in_force(running, **{"from": "2022-04-01", "to": "2026-04-01"})
        put_in_force(running, knows_adequate=False, **{"from": "2026-04-01"})

        with pytest.raises(ImportRefused, match="ofsted_overall: found adequate"):
            take(ofsted(INADEQUATE | NO_PARTS | {"overall": "Adequate"}))

    def test_a_rulebook_of_former_days_need_not_know_a_new_word(self, running, take, stands):
        put_in_force(running, knows_adequate=False, **{"from": "2022-04-01", "to": "2026-03-01"})
        put_in_force(running, **{"from": "2026-03-01"})

        take(ofsted(INADEQUATE | NO_PARTS | {"overall": "Adequate"}))

        assert stands()["ofsted_overall"] == "adequate"

    # The framework's own file.

    def test_the_parts_of_a_judgement_come_with_a_file_that_has_columns_for_them(
        self, take, stands
    ):
        lines = SAMPLE.splitlines()
        more = [
            line
            if line.startswith("#")
            else line + (",helped_and_protected" if line.startswith("urn,") else ",")
            for line in lines
        ]
        first = next(n for n, line in enumerate(more) if line.startswith(URN))
        more[first] += "good"

        take(AgencyFile(FRAMEWORK, "register.csv", "\n".join(more).encode()))

        assert stands()["ofsted_helped_and_protected"] == "good"

    def test_a_file_that_cannot_be_read_is_refused_whole(self, preview):
        with pytest.raises(FileRefused, match="urn: found no such column"):
            preview(AgencyFile(FRAMEWORK, "register.csv", b"a,b\n1,2\n"))
        with pytest.raises(FileRefused, match="UTF-8"):
            preview(AgencyFile(FRAMEWORK, "register.csv", SAMPLE.encode("utf-16")))
