"""The Kent-sized year is loaded, priced, reviewed and printed as a person would have it."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from services.demo.figures import import_prices
from services.demo.kent_load import LoadRefused, load
from services.demo.kent_review import review_kent_year
from services.demo.kent_year import SEED, figures, placement_told
from services.pricing.desk import Desk
from services.pricing.fees import FeeBook, FeeCause, FeePoint
from services.pricing.placement import placement_of
from services.pricing.store.fees import every_point
from services.pricing.store.placements import events_of, every_id
from services.pricing.store.reviews import PREVIEWED
from services.pricing.store.tables import METADATA
from services.pricing.timeline import segment_on, timeline
from services.running import open_database
from shared.clock import SetClock
from shared.contracts.event import decode
from shared.money import pounds
from shared.settings import settings_from
from tests.demo.pack import FEES, FRAMEWORK, SETTINGS

FIRST, AFTER = date(2022, 4, 1), date(2023, 4, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(365)]
AFTERWARDS = datetime(2023, 3, 20, 10, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path):
    """A new pricing database of the deployment, without anything in it."""
    database = open_database(settings_from({"FOSTERFRAME_STATE": str(tmp_path)}), "pricing")
    yield Desk(database, SetClock(AFTERWARDS), FRAMEWORK)
    database.close()


@pytest.fixture(scope="module")
def command(tmp_path_factory):
    """Run the command as a person does, on one database, and give status, output and errors."""
    state = tmp_path_factory.mktemp("sample")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FOSTERFRAME_")}
    # Wide enough that no sentence is broken over two lines.
    environment |= {"COLUMNS": "250", "FOSTERFRAME_STATE": str(state)}

    def run(*arguments):
        ran = subprocess.run(
            [sys.executable, "-m", "services", *arguments],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        return ran.returncode, ran.stdout, ran.stderr

    return run


def test_what_pricing_holds_after_loading_costs_the_published_sum_within_1_per_cent(desk, made):
    import_prices(SETTINGS, desk)
    load(desk, made)
    with desk.database.reading() as connection:
        fees = FeeBook(every_point(connection))
        known = events_of(connection, every_id(connection)).values()

    placements = [placement_of(one.events, FRAMEWORK) for one in known]
    total = sum(cost_by_the_day(placement, fees) for placement in placements)

    assert abs(total - Fraction("20199057")) < Fraction("201990.57")
    # A penny at most for each rounding: of each segment of each placement.
    assert abs(total - Fraction(made.total)) < Fraction(len(placements) * 4, 200)


def cost_by_the_day(placement, fees):
    """Return what a placement costs from 1 April 2022 to 31 March 2023, a day at a time."""
    segments = timeline(placement, fees, FRAMEWORK, DAYS[-1])
    paid = [segment_on(segments, day).weekly for day in DAYS if placement.start <= day]
    return sum((Fraction(weekly) for weekly in paid), Fraction(0)) / 7


def test_loading_twice_changes_nothing(desk, made):
    import_prices(SETTINGS, desk)
    first = load(desk, made)
    before = rows_of(desk)

    second = load(desk, made)

    events = len(made.samples())
    assert (first.new, first.known) == (events, 0)
    assert (second.new, second.known) == (0, events)
    assert rows_of(desk) == before


def rows_of(desk):
    """Return how many rows each table has, but for the one that remembers deliveries."""
    with desk.database.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in METADATA.sorted_tables
        }


def test_without_fees_nothing_is_loaded_and_it_is_said_how_to_import_them(desk, made):
    before = rows_of(desk)

    with pytest.raises(LoadRefused, match="Import those of the pack first: fosterframe fees"):
        load(desk, made)

    assert rows_of(desk) == before


def test_a_progress_bar_hears_of_every_event(desk, made):
    import_prices(SETTINGS, desk)
    heard = []

    load(desk, made, lambda done, of: heard.append((done, of)))

    events = len(made.samples())
    assert heard == sorted(heard)
    assert heard[-1] == (events, events)


def test_the_review_after_the_year_adds_what_its_uplift_makes_of_the_live_fees(tmp_path):
    settings = replace(SETTINGS, state=tmp_path)

    reviewed = review_kent_year(settings, FRAMEWORK, SEED)

    total = reviewed.review.last(PREVIEWED).body["total"]
    live = running_on_1_april(reviewed.made)
    higher = uplifted_book(reviewed.review.uplift.rate)
    rises = [weekly_on_1_april(one, higher) - weekly_on_1_april(one, FEES) for one in live]
    assert total["placements"] == len(live)
    # From 1 April 2023 to 31 March 2024 there are 366 days; each fee key is rounded once.
    assert abs(Fraction(total["annual_effect"]) - sum(rises) * 366 / 7) < Fraction(len(live), 200)
    told = reviewed.figures()["review"]
    for effects in (told["by_purchaser"], told["by_service_line"]):
        assert sum(map(pounds, effects.values())) == pounds(total["annual_effect"])


def running_on_1_april(made):
    """Return the placements that are at a fee of the framework on 1 April 2023."""
    return [
        one
        for one in made.placements
        if one.start.agreement == "framework"
        and (one.home.end is None or one.home.end > AFTER)
        and FRAMEWORK.age_bands.adulthood(one.start.date_of_birth) > AFTER
    ]


def weekly_on_1_april(one, fees):
    """Return what a placement costs a week on 1 April 2023, as a fraction."""
    placement = placement_told(one.start, one.home.end, FRAMEWORK)
    return Fraction(segment_on(timeline(placement, fees, FRAMEWORK, AFTER), AFTER).weekly)


def uplifted_book(rate):
    """Return the fees with those of 1 April 2023 by hand: each its own, uplifted, to the penny."""
    book = FeeBook((key, point) for key, points in FEES.items() for point in points)
    for key, points in FEES.items():
        if points[0].valid_from < AFTER:
            pence = Fraction(points[0].weekly) * (1 + Fraction(rate) / 100) * 100
            weekly = pounds(f"{Decimal(int(pence + Fraction(1, 2))) / 100:.2f}")
            cause = FeeCause("review", "by-hand")
            book.add(key, FeePoint(AFTER, weekly, cause, points[0].number + 10_000))
    return book


def test_a_person_reads_the_table_what_is_published_and_what_is_invented(command, made):
    status, output, errors = command("sample")

    assert status == 0, errors
    assert f"£{made.total:,.2f}" in output
    assert "Published: £20,199,057.00 on all external fostering in 2022/23" in output
    assert "Only that sum is published" in output
    for line in FRAMEWORK.service_lines:
        assert line.name in output


def test_a_program_reads_the_same_and_the_file_has_an_event_a_line(command, made, tmp_path):
    out = tmp_path / "events.jsonl"

    status, output, errors = command("sample", "--json", "--out", str(out))

    assert status == 0, errors
    assert json.loads(output) == figures(made)
    lines = out.read_bytes().splitlines()
    assert lines == [one.body for one in made.samples()]
    assert len({decode(line).id for line in lines}) == len(lines) == json.loads(output)["events"]


def test_the_command_loads_once_and_only_where_there_are_fees(command, starts):
    refused = command("sample", "--load")
    imported = command("fees", "import", "--as", "a.finance")
    first = command("sample", "--load", "--json")
    second = command("sample", "--load")

    assert refused[0] == 1
    assert "fosterframe fees import --as" in refused[2]
    assert "Traceback" not in refused[2]
    assert imported[0] == first[0] == second[0] == 0
    assert json.loads(first[1])["loaded"] == {"new": json.loads(first[1])["events"], "known": 0}
    assert "were loaded before; nothing is changed" in second[1]
    said = "".join(part for ran in (refused, first, second) for part in ran[1:])
    assert not [one for one in starts if str(one.date_of_birth) in said or one.child_ref in said]


def test_the_command_refuses_another_year_in_a_sentence(command):
    status, output, errors = command("sample", "--year", "2023")

    assert (status, output) == (1, "")
    assert "published for 2022/23 alone" in errors
    assert "Traceback" not in errors
