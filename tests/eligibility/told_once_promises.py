"""Whom commissioners are told of once, and whom not at all, where an agency became worse before."""

from datetime import timedelta

from tests.eligibility.impact_events import (
    OTHER,
    OUTSTANDING,
    SUSPENDED,
    URN,
    amended,
    concerns_in,
    ended,
    started,
)
from tests.eligibility.running import JUDGED, update

BETTER = JUDGED | {"overall": "good", "inspected_on": "2026-02-25", "published_on": "2026-03-05"}
WORSE_AGAIN = JUDGED | {"inspected_on": "2026-03-06", "published_on": "2026-03-08"}
REQUIRES_IMPROVEMENT = JUDGED | {"overall": "requires_improvement", "inspected_on": "2026-01-09"}
SHORT = SUSPENDED | {"valid_from": "2026-03-02", "valid_to": "2026-03-10"}


class ToldOncePromises:
    """Inherit, and give the fixtures `running` and `clock`."""

    # Once.

    def test_a_child_is_named_once_whatever_is_said_again(self, running):
        running.take(update(JUDGED))
        running.take(started("P1"))

        again = running.take(
            started("P1"),
            amended("P1", "2026-03-02", start_date="2026-01-06", id_="a1"),
            amended("P1", "2026-03-02", agency=URN, id_="a2"),
            ended("P1", "2026-04-01"),
            ended("P1", None, id_="end taken back"),
        )

        assert concerns_in(again) == []

    def test_whom_another_worker_named_is_not_named_again_on_another_day(self, running, clock):
        running.take(update(JUDGED))
        running.take(started("P1"))
        running.take(started("P2"))
        clock.advance(timedelta(days=1))
        before = len(running.sent())

        running.another_worker().take([ended("P1", "2026-06-01"), ended("P2", "2026-06-01")])

        assert concerns_in(running.sent()[before:]) == []

    def test_a_child_who_moves_away_and_back_is_named_once(self, running):
        running.take(update(JUDGED), started("P1"))

        away = running.take(amended("P1", "2026-03-01", agency=OTHER, id_="away"))
        back = running.take(amended("P1", "2026-03-05", agency=URN, id_="back"))

        assert concerns_in([*away, *back]) == []

    def test_two_words_in_one_batch_name_the_child_once(self, running):
        running.take(update(JUDGED))

        sent = running.take(started("P1"), amended("P1", "2026-02-01", agency=URN), started("P2"))

        assert [each.placements[0].placement_id for each in concerns_in(sent)] == ["P1", "P2"]

    def test_a_child_who_was_named_in_time_is_not_named_again(self, running):
        running.take(started("P1"), started("p1", agency=OTHER))
        running.take(update(JUDGED))

        again = running.take(ended("P1", "2026-03-20"), ended("P1", None, id_="taken back"))
        another = running.take(amended("p1", "2026-03-02", agency=URN))

        assert concerns_in(again) == []
        assert [each.placements[0].placement_id for each in concerns_in(another)] == ["p1"]

    def test_in_one_batch_a_child_before_the_change_and_one_after_it_are_each_named_once(
        self, running
    ):
        first, second = concerns_in(
            running.take(started("P1"), update(JUDGED), started("P2"), ended("P1", "2026-06-01"))
        )

        assert [each.placement_id for each in first.placements] == ["P1"]
        assert [each.placement_id for each in second.placements] == ["P2"]
        assert second.adds_to == (first.concern_id,)

    def test_a_child_named_late_is_named_again_when_the_agency_becomes_worse_again(
        self, running, clock
    ):
        running.take(update(REQUIRES_IMPROVEMENT))
        running.take(started("P1"))
        clock.advance(timedelta(days=1))

        [concern] = concerns_in(running.take(update(JUDGED, id_="u2", at=clock.now())))

        assert [each.placement_id for each in concern.placements] == ["P1"]
        assert concern.adds_to == ()
        assert concerns_in(running.take(ended("P1", "2026-09-01"))) == []

    # Not told.

    def test_where_no_agency_became_worse_no_child_is_named(self, running):
        running.take(update(OUTSTANDING), update(JUDGED, id_="u2", urn=OTHER))

        assert running.take(started("P1")) == []

    def test_an_agency_that_is_well_again_is_no_concern(self, running, clock):
        running.take(update(JUDGED))
        clock.advance(timedelta(days=5))
        running.take(update(BETTER, id_="u2", at=clock.now()))

        assert running.take(started("P1")) == []

    def test_a_suspension_that_is_over_is_no_concern(self, running, clock):
        running.take(update(SHORT))
        clock.advance(timedelta(days=7))
        [before] = concerns_in(running.take(started("P1")))
        clock.advance(timedelta(days=1))

        after = running.take(started("P2"))

        assert [each.placement_id for each in before.placements] == ["P1"]
        assert after == []

    def test_a_placement_that_is_over_is_not_to_be_reviewed(self, running):
        running.take(update(JUDGED))
        running.take(ended("P1", "2026-03-02"))

        assert running.take(started("P1")) == []

    def test_a_placement_that_ends_before_a_later_suspension_is_not_to_be_reviewed(self, running):
        running.take(update(SUSPENDED))
        running.take(ended("P1", "2026-04-10"), ended("P2", "2026-04-11"))

        [concern] = concerns_in(running.take(started("P1"), started("P2")))

        assert [each.placement_id for each in concern.placements] == ["P2"]

    def test_what_was_worse_before_it_was_well_is_not_told_of_a_child_named_since(
        self, running, clock
    ):
        running.take(update(JUDGED))
        clock.advance(timedelta(days=5))
        running.take(update(BETTER, id_="u2", at=clock.now()))
        running.take(started("P1"))
        clock.advance(timedelta(days=5))
        [again] = concerns_in(running.take(update(WORSE_AGAIN, id_="u3", at=clock.now())))

        sent = running.take(ended("P1", "2026-09-01"))

        assert [each.placement_id for each in again.placements] == ["P1"]
        assert concerns_in(sent) == []
