"""Figures are imported, shown and asked for from the command line."""

import json

import pytest
import typer
from typer.testing import CliRunner

from services.pricing.cli.figures import index, wage
from services.pricing.figures.judged import FiguresRefused
from services.pricing.store.reviews import ReviewRefused
from shared.errors import FileRefused, FosterframeError
from tests.pricing.builders import NATIONAL

ESTIMATE = """effective_from,band,from_age,to_age,hourly,status,source
2027-04-01,nlw,21,,13.20,estimate,a forecast
"""


@pytest.fixture
def run(tmp_path):
    """Return what runs a command and gives back what it says."""
    app = typer.Typer()
    app.add_typer(index, name="index")
    app.add_typer(wage, name="wage")

    def command(*words):
        result = CliRunner().invoke(
            app, [*map(str, words)], env={"FOSTERFRAME_STATE": str(tmp_path), "COLUMNS": "200"}
        )
        if result.exception is not None:
            raise result.exception
        assert result.exit_code == 0
        return result.stdout

    return command


@pytest.fixture
def told(run):
    return lambda *words: json.loads(run(*words, "--json"))


@pytest.fixture
def filled(run):
    for name in ("cpi_d7g7_2026.csv", "ons_d7g7.csv"):
        run("index", "import", NATIONAL / name, "--as", "a.analyst")
    run("wage", "import", NATIONAL / "minimum_wage.csv")
    return run


@pytest.fixture
def estimate(tmp_path):
    path = tmp_path / "estimate.csv"
    path.write_text(ESTIMATE, encoding="utf-8")
    return path


def test_an_older_file_after_a_newer_one_fills_what_was_missing(run):
    run("index", "import", NATIONAL / "cpi_d7g7_2026.csv")

    said = run("index", "import", NATIONAL / "ons_d7g7.csv")

    assert said.splitlines() == [
        "446 values added, 0 known before.",
        (
            "  The release of D7G7 of 2026-03-25 is older than the one of 2026-08-19 that is "
            "known: only months that were not known are added."
        ),
    ]


def test_months_that_are_still_missing_in_between_are_told(run, tmp_path):
    path = tmp_path / "september.csv"
    path.write_text(
        "series,month,value,released_on,standing,source\n"
        "D7G7,2026-09,3.0,2026-10-21,published,ONS\n",
        encoding="utf-8",
    )
    run("index", "import", NATIONAL / "ons_d7g7.csv")

    assert "D7G7 is still without 2026-03 to 2026-08." in run("index", "import", path)


def test_a_value_is_shown_with_who_imported_it(filled, told):
    (last,) = told("index", "show", "--months", "1")

    assert last["counts"]
    assert last["source"].endswith("; imported by a.analyst")
    assert "imported by" in filled("index", "show", "--months", "1")


def test_who_imports_has_to_have_a_name_that_can_be_kept(run):
    with pytest.raises(ReviewRefused, match="without spaces"):
        run("index", "import", NATIONAL / "ons_d7g7.csv", "--as", "an analyst")


def test_what_the_next_review_lacks_is_said_and_is_no_error(filled):
    said = filled("index", "missing", "--for", "2027-04-01")

    assert said.startswith("Review from 2027-04-01, terms 2022.1:\n  missing")
    assert "A final award is refused:" in said
    assert "A provisional award is refused:" in said


def test_a_review_whose_figures_are_known_can_be_drafted(filled):
    said = filled("index", "missing", "--for", "2026-04-01")

    assert "share 0.90: the CPI 12-month rate (D7G7) for 2025-09: 3.8 (published" in said
    assert said.endswith("A final award can be drafted.\nA provisional award can be drafted.\n")


def test_without_a_day_it_is_the_next_review(told):
    next_one = told("index", "missing")

    assert next_one["for"].endswith("-04-01")
    assert next_one == told("index", "missing", "--for", next_one["for"])


def test_a_day_without_a_review_is_told(filled):
    with pytest.raises(FosterframeError, match="takes effect on day 1 of month 4, not on 2027-03"):
        filled("index", "missing", "--for", "2027-03-15")


def test_an_estimate_is_shown_under_what_superseded_it(filled, told, estimate):
    filled("wage", "import", estimate)
    estimate.write_text(ESTIMATE.replace("13.20,estimate", "13.25,announced"), encoding="utf-8")
    said = filled("wage", "import", estimate)

    rates = told("wage", "show", "--band", "nlw", "--on", "2027-04-01")

    assert [(one["status"], one["counts"]) for one in rates] == [
        ("estimate", False),
        ("announced", True),
    ]
    assert "is now 13.25 (announced, age 21 up)." in said
    assert "superseded" in filled("wage", "show", "--band", "nlw")


def test_the_ages_of_the_living_wage_are_shown_as_they_moved(filled, told):
    rates = told("wage", "show", "--band", "nlw")

    assert {one["from_age"] for one in rates} == {25, 23, 21}
    assert "21 up" in filled("wage", "show", "--on", "2026-04-01")


def test_a_band_that_nobody_knows_is_told(filled):
    with pytest.raises(FosterframeError, match="No rate of nmw_21_22 is known for 2026-04-01"):
        filled("wage", "show", "--band", "nmw_21_22", "--on", "2026-04-01")


def test_a_rise_that_was_checked_is_taken(filled, told, estimate):
    estimate.write_text(ESTIMATE.replace("13.20", "31.20"), encoding="utf-8")

    with pytest.raises(FiguresRefused, match=r"estimate\.csv:2: .* allowed: a rise of 0 to 30 %"):
        filled("wage", "import", estimate)

    assert told("wage", "import", estimate, "--unusual")["added"] == 1


def test_pence_for_pounds_are_refused(filled, estimate):
    estimate.write_text(ESTIMATE.replace("13.20", "1320.00"), encoding="utf-8")

    with pytest.raises(FileRefused, match=r"allowed: pounds from 2\.00 to 50\.00"):
        filled("wage", "import", estimate)
