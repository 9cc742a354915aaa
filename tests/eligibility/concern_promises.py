"""What commissioners are promised about agencies whose standing is worse, on any database."""

from datetime import date, timedelta

import pytest

from services.eligibility.provider import Judgement, Suspension
from services.eligibility.store import tables
from services.eligibility.store.concerns import concerns_told
from services.eligibility.store.open_referrals import open_referrals
from shared.contracts.catalogue import (
    ELIGIBILITY_DECIDED,
    PROVIDER_CONCERN,
)
from shared.persistence import chain
from tests.eligibility.impact_events import (
    MARKERS,
    OTHER,
    OUTSTANDING,
    PUBLISHED,
    SUSPENDED,
    THIRD,
    URN,
    amended,
    concerns_in,
    decisions_in,
    ended,
    imported,
    started,
)
from tests.eligibility.running import (
    BORN,
    JUDGED,
    NOW,
    referral,
    told,
    update,
)


class ConcernPromises:
    """Inherit, and give the fixture `running`."""

    # Concerns.

    def test_commissioners_are_told_of_an_agency_whose_standing_is_worse(self, running):
        running.take(referral())

        sent = running.take(update(JUDGED))

        [decision] = decisions_in(sent)
        [concern] = concerns_in(sent)
        assert (concern.agency, concern.known_at) == (URN, NOW)
        assert "Ofsted's judgement inadequate, published on 2026-02-20" in concern.because
        assert "urn:case-management" in concern.because
        [standing] = concern.standing
        assert (standing.criterion, standing.on) == ("ofsted-quality", NOW.date())
        assert (standing.was, standing.verdict) == ("met", "not_met")
        assert standing.because == "Ofsted's judgement is inadequate."
        [again] = concern.referrals
        assert (again.referral_id, again.was, again.outcome) == ("R1", "eligible", "not_eligible")
        assert again.decision_id == told(decision).decision_id
        assert concern.register_version == told(decision).register_version

    def test_a_suspension_from_a_later_day_is_told_with_that_day(self, running):
        sent = running.take(update(SUSPENDED))

        [concern] = concerns_in(sent)
        [standing] = concern.standing
        assert (standing.criterion, standing.on) == ("not-suspended", date(2026, 4, 10))

    def test_a_concern_names_the_children_who_live_with_the_agency_and_no_others(self, running):
        running.take(
            started("P1"),
            started("P2", agency=OTHER),
            started("P3"),
            ended("P3", "2026-02-28"),
            started("P4"),
            ended("P4", "2026-02-28", id_="end"),
            ended("P4", None, id_="end taken back"),
            started("P5", agency=OTHER),
            amended("P5", "2026-02-01", agency=URN),
            started("P6"),
            amended("P6", "2026-02-01", agency=OTHER),
            amended("P7", "2026-02-01", agency=URN),
        )

        [concern] = concerns_in(running.take(update(JUDGED)))

        assert [(each.placement_id, each.since, each.until) for each in concern.placements] == [
            ("P1", date(2026, 1, 5), None),
            ("P4", date(2026, 1, 5), None),
            ("P5", date(2026, 2, 1), None),
        ]

    def test_a_placement_that_ends_before_a_later_suspension_is_not_to_be_reviewed(self, running):
        running.take(started("P1"), ended("P1", "2026-04-10"))
        running.take(started("P2"), ended("P2", "2026-04-11"))

        [concern] = concerns_in(running.take(update(SUSPENDED)))

        assert [each.placement_id for each in concern.placements] == ["P2"]

    def test_what_makes_an_agency_no_worse_is_no_concern(self, running):
        running.take(started())

        sent = running.take(update(OUTSTANDING))

        assert concerns_in(sent) == []

    def test_the_same_event_twice_is_told_once(self, running):
        running.take(referral())

        first = running.take(update(JUDGED), update(JUDGED))
        again = running.take(update(JUDGED))

        assert sorted(each.type for each in first) == [ELIGIBILITY_DECIDED, PROVIDER_CONCERN]
        assert again == []
        assert len(running.kept(tables.concerns)) == 1

    def test_the_same_judgement_under_another_id_touches_nothing_more(self, running):
        running.take(referral())
        running.take(update(JUDGED, id_="u1"))

        assert running.take(update(JUDGED, id_="u2")) == []

    def test_a_concern_is_kept_and_in_the_log(self, running):
        [concern] = concerns_in(running.take(update(JUDGED)))

        with running.database.reading() as connection:
            assert concerns_told(connection) == [concern]
            assert concerns_told(connection, agency=URN, since=NOW) == [concern]
            assert concerns_told(connection, agency=OTHER) == []
            assert concerns_told(connection, since=NOW + timedelta(seconds=1)) == []
            assert chain.verify(connection) is None
        kinds = [row.kind for row in running.kept(tables.delivery.log)]
        assert kinds.count("concern") == 1

    def test_nothing_of_a_child_is_in_a_concern_or_in_what_is_kept_of_placements(self, running):
        born, ref = MARKERS
        running.take(referral(child={"date_of_birth": born, "child_ref": ref}))
        running.take(started("P1", child_ref=ref, date_of_birth=born))
        running.take(amended("P1", "2026-02-01", date_of_birth=born, start_date="2026-01-06"))

        sent = running.take(update(JUDGED))

        [message] = [each for each in sent if each.type == PROVIDER_CONCERN]
        kept = str(running.kept(tables.concerns)) + str(running.kept(tables.placement_events))
        for marker in (*MARKERS, BORN):
            assert marker.encode() not in message.body
            assert marker not in kept

    # Imports and previews.

    def test_an_import_that_touches_three_agencies_decides_each_referral_once(self, running):
        running.take(referral("R1"), referral("R2"), started("P1", agency=OTHER))
        judged = Judgement("inadequate", date(2026, 1, 10), PUBLISHED)
        suspended = Suspension(date(2026, 3, 2), None, "staffing")

        found = imported(
            running, [(URN, judged), (OTHER, judged), (THIRD, suspended)], is_preview=False
        )

        sent = running.sent()
        fresh = decisions_in(sent)[2:]
        assert sorted(told(each).referral_id for each in fresh) == ["R1", "R2"]
        assert told(fresh[0]).occasion.reference == "import of a file by a commissioner"
        assert [each.agency for each in concerns_in(sent)] == [URN, OTHER, THIRD]
        assert [len(each.placements) for each in concerns_in(sent)] == [0, 1, 0]
        assert [each.urn for each in found.agencies] == [URN, OTHER, THIRD]
        assert [each.concern_id for each in found.agencies] == [
            each.concern_id for each in concerns_in(sent)
        ]

    def test_a_preview_names_what_would_be_touched_and_writes_nothing(self, running):
        running.take(referral(), started("P1"))
        before = len(running.sent())
        judged = Judgement("inadequate", date(2026, 1, 10), PUBLISHED)

        found = imported(running, [(URN, judged)], is_preview=True).told()

        [agency] = found["agencies"]
        assert agency["urn"] == URN
        assert agency["concern_id"] is None
        assert [each["criterion"] for each in agency["standing"]] == ["ofsted-quality"]
        assert [each["placement_id"] for each in agency["placements"]] == ["P1"]
        [touched] = found["referrals"]
        assert (touched["referral_id"], touched["decision_id"]) == ("R1", None)
        assert touched["start_date"] == "2026-03-16"
        assert touched["eligible"] == touched["eligible_before"] - 1
        assert touched["outcomes"] == (
            {"agency": URN, "was": "eligible", "outcome": "not_eligible"},
        )
        assert found["undecided"] == ()
        assert len(running.sent()) == before
        assert running.kept(tables.concerns) == []

    @pytest.mark.parametrize("is_old", [False, True], ids=["kept now", "kept before"])
    def test_the_open_referrals_are_those_that_start_on_the_day_or_later(self, running, is_old):
        running.take(
            referral("R1"),
            referral("R2", start_date="2026-05-01"),
            referral("R3", start_date="2026-04-01"),
        )
        if is_old:
            with running.database.transaction() as connection:
                connection.execute(tables.decisions.update().values(start_date=None))

        with running.database.reading() as connection:
            found = open_referrals(connection, date(2026, 3, 17))

        assert [each.referral.referral_id for each in found] == ["R3", "R2"]
