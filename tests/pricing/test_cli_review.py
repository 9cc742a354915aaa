"""A price review from the command line, from the draft to taking it back."""

import csv
import json
from datetime import date
from io import StringIO

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from services.pricing.cli.review import review
from services.pricing.store.reviews import PREVIEWED, ReviewRefused, review_named
from shared.money import pounds
from tests.pricing.pricing_service import PricingService, started

REVIEW = "kent-medway-2026-04-01-final"
REVERSAL = "kent-medway-2026-04-01-reversal"


@pytest.fixture
def service(tmp_path):
    """Return a service on the database that the commands use."""
    found = PricingService(f"sqlite:///{tmp_path}/pricing.sqlite")
    found.has_fees()
    found.has_figures()
    found.hears(started())
    yield found
    found.database.close()


@pytest.fixture
def run(service, tmp_path):  # noqa: ARG001 - it fills the database of the commands
    """Return what runs a command and gives back its JSON, or what it says."""
    app = typer.Typer()
    app.add_typer(review, name="review")

    def command(*words, said=False):
        words = ["review", *words] if said else ["review", *words, "--json"]
        result = CliRunner().invoke(app, words, env={"FOSTERFRAME_STATE": str(tmp_path)})
        if result.exception is not None:
            raise result.exception
        return result.stdout if said else json.loads(result.stdout)

    return command


@pytest.fixture
def previewed(run):
    run("draft", "2026-04-01", "--as", "a.analyst")
    run("preview", REVIEW, "--as", "a.analyst")
    return run


@pytest.fixture
def applied(previewed, service):
    with service.database.reading() as connection:
        digest = review_named(connection, REVIEW).last(PREVIEWED).body["digest"]
    previewed(
        *("approve", REVIEW, "--as", "b.director"),
        *("--decision", "26/00001", "--digest", digest),
    )
    previewed("apply", REVIEW, "--as", "a.analyst")
    return previewed


def test_a_review_is_listed_with_its_state(applied):
    (one,) = applied("list")

    assert (one["review_id"], one["state"], one["uplift"]) == (REVIEW, "applied", "3.8295004095")
    assert REVIEW[:20] in applied("list", said=True)


@pytest.mark.parametrize("way", ["purchaser", "service-line", "agency", "placement-type"])
def test_totals_are_shown_in_four_ways(previewed, way):
    said = previewed("show", REVIEW, "--by", way, said=True)

    assert "1797.36" in said
    assert "A year has 365 days" in said
    told = previewed("show", REVIEW, "--by", way)
    assert told["preview"][f"by_{way.replace('-', '_')}"]


def test_the_lines_are_csv(previewed):
    lines = previewed("show", REVIEW, "--lines", said=True)

    rows = list(csv.DictReader(StringIO(lines, newline="")))
    assert [row["after"] for row in rows] == ["934.47"] * 4
    assert sum(int(row["placements"]) for row in rows) == 1


def test_the_workbook_is_written(previewed, tmp_path):
    file = tmp_path / "review.xlsx"

    said = previewed("workbook", REVIEW, str(file), said=True)

    assert str(file.name) in said.replace("\n", "")
    assert openpyxl.load_workbook(file).sheetnames == [
        "summary",
        "lines",
        "spot lines",
        "parameters",
    ]


def test_a_wrong_award_is_taken_back_step_by_step(applied, service):
    drafted = applied("reverse", REVIEW, "--as", "a.analyst")
    previewed = applied("preview", drafted["review_id"], "--as", "a.analyst")
    applied(
        *("approve", REVERSAL, "--as", "b.director", "--decision", "26/00002"),
        *("--digest", previewed["preview"]["digest"]),
    )
    done = applied("apply", REVERSAL, "--as", "a.analyst")

    assert (drafted["review_id"], drafted["reverses"]) == (REVERSAL, REVIEW)
    assert previewed["preview"]["total"]["annual_effect"] == "-1797.36"
    assert done["fees_restored"] == 4
    assert not service.mismatches()


def test_a_review_is_withdrawn_with_a_reason(previewed):
    told = previewed("withdraw", REVIEW, "--as", "a.analyst", "--because", "agreed anew")

    assert told["state"] == "withdrawn"
    with pytest.raises(ReviewRefused, match="withdrawn"):
        previewed("preview", REVIEW, "--as", "a.analyst")


def test_terms_are_compared(run):
    told = run(
        *("compare", "--effective", "2026-04-01", "--award", "final"),
        *("--with", "month=12", "--with", "cap=3.0"),
    )

    assert [one["terms"] for one in told["columns"]] == ["present", "month=12", "cap=3.0"]
    assert [one["difference"] for one in told["columns"]] == ["0.00", "-168.94", "-389.50"]


def test_a_comparison_is_shown_with_what_is_missing(run):
    said = run(
        *("compare", "--effective", "2027-04-01", "--with", "rate=3.0"),
        said=True,
    )

    assert "1411.71" in said
    assert "present: No CPI (D7G7) for 2026-09" in " ".join(said.split())


def test_terms_of_a_file_are_compared(run, tmp_path, service):
    pack = (service.desk.framework, "deploy/frameworks/kent-medway/price-review.yaml")
    file = tmp_path / "proposal.yaml"
    with open(pack[1], encoding="utf-8") as present:  # noqa: PTH123 - relative to the tree
        file.write_text(present.read().replace("cap: null", 'cap: "3.0"', 1), "utf-8")

    told = run("compare", "--effective", "2026-04-01", "--award", "final", "--terms", str(file))

    assert [one["terms"] for one in told["columns"]] == ["present", "proposal"]
    assert told["columns"][1]["annual_effect"] == "1407.86"


def test_a_comparison_with_nothing_is_refused(run):
    with pytest.raises(SystemExit):
        run("compare", "--effective", "2026-04-01")


def test_spot_placements_are_counted_in_what_is_shown(run, service):
    service.hears(
        started(
            "S1", agreement="spot", agreed_weekly=pounds("1200.00"), start_date=date(2024, 9, 2)
        )
    )
    run("draft", "2026-04-01", "--as", "a.analyst")

    said = run("preview", REVIEW, "--as", "a.analyst", said=True)

    assert "Spot placements: 0 uplifted, 1 left, 0 put back." in said


def test_a_person_reads_from_what_a_superseding_review_is_counted(previewed, service):
    service.approves(service.previews(REVIEW))
    service.applies(REVIEW)
    service.previews(service.drafts(review_id="R26-again").id)

    first, again = (previewed("show", each, said=True) for each in (REVIEW, "R26-again"))

    assert "supersedes" not in first
    assert f"It supersedes {REVIEW}: all is counted from what that one has brought" in " ".join(
        again.split()
    )
