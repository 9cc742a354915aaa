"""Counting placements for the volume discount, and what a count moves."""

import json
from datetime import date
from decimal import Decimal

import pytest
import typer
from sqlalchemy import func, select
from typer.testing import CliRunner

from services.pricing.cli.commands import attach
from services.pricing.desk import Desk
from services.pricing.placements.repricing import reprice_each
from services.pricing.placements.volume_counting import CountRefused, count_volume
from services.pricing.store.tables import VOLUME_COUNTS
from services.pricing.timeline import Cause
from services.pricing.volume import Counted, counted, live_placements
from shared.errors import FosterframeError
from shared.framework.adjustments import ForVolume
from shared.money import pounds
from tests.pricing.builders import (
    FAMILY,
    OTHER_URN,
    URN,
    adjustment,
    amended,
    amount,
    ended,
    framework,
    framework_with,
    placement,
)
from tests.pricing.builders import counted as a_count
from tests.pricing.pricing_service import MORNING, started

DAY = date(2026, 3, 1)
TIER = adjustment("volume_2", ForVolume(2), amount("10"))
SPOT = {"agreement": "spot", "agreed_weekly": pounds("1234.00")}

LIVE = [
    ("one that goes on", placement(), 1),
    ("one that starts on the day", placement(start=DAY), 1),
    ("one that starts the day after", placement(start=date(2026, 3, 2)), 0),
    ("one that ends the day after", placement(ended(date(2026, 3, 2))), 1),
    ("one that ended on the day", placement(ended(DAY)), 0),
    ("a spot placement", placement(**SPOT), 0),
    ("one whose child came of age on the day", placement(date_of_birth=date(2008, 3, 1)), 0),
    ("one whose child comes of age the day after", placement(date_of_birth=date(2008, 3, 2)), 1),
]


@pytest.mark.parametrize(("what", "one", "count"), LIVE, ids=[row[0] for row in LIVE])
def test_what_lives_on_the_day_is_counted(what, one, count):
    assert live_placements([one], framework(), DAY)[URN] == count, what


def test_all_purchasers_count_together_and_each_agency_by_itself():
    medway = placement(family=FAMILY._replace(purchaser="medway"))
    moved = placement(amended(DAY, agency=OTHER_URN))

    live = live_placements([placement(), medway, moved], framework(), DAY)

    assert live == {URN: 2, OTHER_URN: 1}


def test_an_agency_without_any_placement_left_is_counted_with_none():
    before = {URN: (a_count(25, date(2025, 4, 1)),)}

    assert counted({}, before, DAY, DAY) == [Counted(URN, 0, 25, is_new=True)]


def test_a_count_that_is_recorded_already_is_not_new():
    before = {URN: (a_count(25, DAY),)}

    assert counted({URN: 25}, before, DAY, DAY) == [Counted(URN, 25, 25, is_new=False)]


def test_the_same_figure_counted_on_another_day_is_new():
    before = {URN: (a_count(25, DAY),)}

    (found,) = counted({URN: 25}, before, date(2026, 3, 2), DAY)

    assert found.is_new


@pytest.fixture
def tiered(priced):
    """Return a service whose framework gives ten per cent from two placements on."""
    priced.desk = Desk(priced.database, priced.clock, framework_with(TIER))
    priced.hears(started("P1"), started("P2"))
    return priced


def counts_in(pricing):
    with pricing.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(VOLUME_COUNTS))


def test_a_count_moves_every_placement_of_the_agency_and_finance_is_told_why(tiered):
    tiered.on(date(2026, 3, 16))

    done = count_volume(tiered.desk, date(2026, 3, 2), date(2026, 3, 9), actor="a.analyst")

    assert [(each.agency, each.placements) for each in done.counts] == [(URN, 2)]
    assert (done.repriced.price_changes, done.repriced.arrears) == (2, Decimal("-180.00"))
    for told in (each.data for each in tiered.sent()[2:]):
        # 900.00 x 0.90, seven days of it past: -90.00 x 7 / 7
        assert (told.effective_from, told.new_weekly) == (date(2026, 3, 9), Decimal("810.00"))
        assert told.arrears_total == Decimal("-90.00")
        assert [(each.cause, each.reference) for each in told.causes] == [
            ("volume", "volume_2"),
            ("volume", "count-of-2026-03-02"),
        ]


def test_counting_again_adds_and_tells_nothing(tiered):
    days = (date(2026, 3, 2), date(2026, 3, 9))
    count_volume(tiered.desk, *days, actor="a.analyst")

    again = count_volume(tiered.desk, *days, actor="b.analyst")

    assert not any(each.is_new for each in again.counts)
    assert again.repriced.price_changes == 0
    assert counts_in(tiered) == 1


def test_a_count_stands_until_the_next(tiered):
    count_volume(tiered.desk, date(2026, 3, 2), date(2026, 3, 2), actor="a.analyst")
    tiered.hears(started("P3"))

    again = count_volume(tiered.desk, date(2026, 3, 2), date(2026, 4, 1), actor="a.analyst")

    assert [(each.placements, each.before) for each in again.counts] == [(3, 2)]
    assert counts_in(tiered) == 2


def test_a_placement_that_starts_after_a_count_has_the_discount_from_its_first_day(priced):
    # The sample's own tiers, of which the worker knows: twenty placements and more.
    priced.hears(*(started(f"P{number}") for number in range(20)))
    count_volume(priced.desk, date(2026, 3, 2), date(2026, 3, 2), actor="a.analyst")

    priced.hears(started("later"))

    # 900.00 x 0.985
    assert priced.sent()[-1].data.new_weekly == Decimal("886.50")
    assert not priced.mismatches()


def test_a_day_that_is_yet_to_come_cannot_be_counted(tiered):
    with pytest.raises(CountRefused, match="not known yet"):
        count_volume(tiered.desk, date(2026, 3, 3), date(2026, 4, 1), actor="a.analyst")


def test_when_the_packs_discounts_change_every_placement_is_looked_at_again(tiered):
    count_volume(tiered.desk, date(2026, 3, 2), date(2026, 3, 2), actor="a.analyst")
    higher = adjustment("volume_2", ForVolume(2), amount("20"))
    desk = Desk(tiered.database, tiered.clock, framework_with(higher))
    because = Cause("correction", "26/00123", MORNING.date())

    first, again = (reprice_each(desk, "a.analyst:reprice", because) for _ in range(2))

    assert (first.placements_changed, again.placements_changed) == (2, 0)
    told = tiered.sent()[-1].data
    assert told.new_weekly == Decimal("720.00")
    assert ("correction", "26/00123") in [(each.cause, each.reference) for each in told.causes]


@pytest.fixture
def run(tmp_path):
    app = typer.Typer()
    attach(app)

    def command(*words):
        environment = {"FOSTERFRAME_STATE": str(tmp_path)}
        result = CliRunner().invoke(app, words, env=environment)
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return command


def test_a_count_and_a_second_look_are_commands(run):
    days = ("--counted-on", "2026-03-01", "--effective-from", "2026-04-01")

    counted_ = json.loads(run("pricing", "volume", *days, "--as", "a.analyst", "--json"))
    said = run("pricing", "volume", *days, "--as", "a.analyst")
    again = run("pricing", "reprice", "--as", "a.analyst", "--because", "26/00123", "--json")

    assert (counted_["recorded"], counted_["counts"]) == (0, [])
    assert "0 counts recorded" in said
    assert json.loads(again)["price_changes"] == 0


def test_a_second_look_needs_a_reference_that_can_be_told(run):
    with pytest.raises(FosterframeError, match="is no reference"):
        run("pricing", "reprice", "--as", "a.analyst", "--because", "because I say so")
