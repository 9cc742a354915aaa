"""What people do from the command line, from the first import to an explained fee."""

import json

import pytest
import typer
from typer.testing import CliRunner

from services.pricing.cli.commands import attach
from services.pricing.desk import Desk
from services.pricing.handlers.table import handlers
from shared.clock import SystemClock
from shared.errors import FosterframeError
from shared.messaging.batch import Intake
from shared.persistence.database import Database
from tests.pricing.builders import NATIONAL, framework
from tests.pricing.pricing_service import delivery, started

REVIEW = "kent-medway-2026-04-01-final"


@pytest.fixture
def run(tmp_path):
    """Return what runs a command and gives back its JSON."""
    app = typer.Typer()
    attach(app)

    def command(*words, said=False):
        environment = {"FOSTERFRAME_STATE": str(tmp_path)}
        result = CliRunner().invoke(app, [*words] if said else [*words, "--json"], env=environment)
        if result.exception is not None:
            raise result.exception
        return result.stdout if said else json.loads(result.stdout)

    return command


@pytest.fixture
def desk(tmp_path):
    return Desk(Database.open(f"sqlite:///{tmp_path}/pricing.sqlite"), SystemClock(), framework())


@pytest.fixture
def filled(run):
    for name in ("ons_d7g7.csv", "cpi_d7g7_2026.csv"):
        run("index", "import", str(NATIONAL / name))
    run("wage", "import", str(NATIONAL / "minimum_wage.csv"))
    run("fees", "import", "--as", "a.analyst")
    return run


def test_figures_and_fees_are_imported_once(filled):
    again = [
        filled("index", "import", str(NATIONAL / "cpi_d7g7_2026.csv")),
        filled("wage", "import", str(NATIONAL / "minimum_wage.csv")),
    ]

    assert [each["added"] for each in again] == [0, 0]
    assert filled("fees", "import", "--as", "a.analyst")["recorded"] == 0


def test_the_index_is_shown_with_its_sources(filled):
    (last,) = filled("index", "show", "--months", "1")

    assert (last["month"], last["value"], last["standing"]) == ("2026-08", "3.1", "derived")
    assert "D7G7" in filled("index", "show", said=True)


def test_an_index_that_is_not_there_is_told(run):
    with pytest.raises(FosterframeError, match="No value of D7G7 is known"):
        run("index", "show")


def test_a_review_from_draft_to_application_and_a_fee_explained(filled, desk):
    drafted = filled("review", "draft", "2026-04-01", "--as", "a.analyst")
    previewed = filled("review", "preview", REVIEW, "--as", "a.analyst")
    intake = Intake(
        service="pricing",
        database=desk.database,
        handlers=handlers(framework()),
        clock=SystemClock(),
    )
    intake.take([delivery(started())])
    digest = previewed["preview"]["digest"]
    filled(
        *("review", "approve", REVIEW, "--as", "b.director"),
        *("--decision", "26/00001", "--digest", digest),
    )
    applied = filled("review", "apply", REVIEW, "--as", "a.analyst")
    explained = filled("pricing", "explain", "P1", "--on", "2026-06-01")

    assert drafted["uplift"] == "3.8295004095"
    assert applied["placements_changed"] == 1
    assert explained["agrees"]
    assert len(explained["chain"]) == 2
    assert "a week (agrees)" in filled("pricing", "explain", "P1", "--on", "2026-06-01", said=True)


def test_a_preview_is_shown_with_totals_and_its_digest(filled):
    filled("review", "draft", "2026-04-01", "--as", "a.analyst")

    said = filled("review", "preview", REVIEW, "--as", "a.analyst", said=True)
    lines = filled("review", "show", REVIEW, "--lines", said=True).splitlines()

    assert "A year has 365 days" in said
    assert "Not agreed yet" in said
    assert lines[0].startswith("agency,purchaser")
    assert len(lines) == filled("review", "show", REVIEW)["preview"]["total"]["fees_uplifted"] + 1


def test_the_horizon_is_moved(filled):
    assert filled("pricing", "tick")["price_changes"] == 0
