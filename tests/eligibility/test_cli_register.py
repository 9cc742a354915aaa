"""What people read in the register, and bring into it, from the command line."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner

from services.eligibility.cli.commands import attach
from services.eligibility.cli.register import instant_from
from services.eligibility.provider import Judgement, Name
from services.eligibility.store import register_store
from shared.errors import FosterframeError
from shared.persistence.database import Database
from tests.eligibility.builders import PACK
from tests.eligibility.import_promises import INADEQUATE
from tests.eligibility.ofsted_files import csv_of, table

URN = "SC990001"
KNOWN = datetime(2999, 3, 10, 9, tzinfo=UTC)
PUBLISHED = date(2026, 2, 20)


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Return what runs a command and returns what it printed, or raises what it refused."""
    monkeypatch.setenv("FOSTERFRAME_STATE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    app = typer.Typer()
    attach(app)

    def run(*arguments):
        result = CliRunner().invoke(app, ["register", *arguments])
        if isinstance(result.exception, FosterframeError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    run("import", "--as", "a commissioner")
    return run


@pytest.fixture
def providers(tmp_path):
    """A provider file in which one agency is judged inadequate."""
    path = tmp_path / "providers.csv"
    path.write_bytes(csv_of(table("in_year", INADEQUATE)))
    return str(path)


def of_ofsted(file, *more):
    return "import", file, "--kind", "ofsted", "--as", "a commissioner", *more


def grade(command, *how):
    [agency] = json.loads(command("show", URN, "--json", *how))["agencies"]
    return agency["facts"]["ofsted_overall"]


def test_a_preview_shows_what_an_import_would_do_and_the_import_does_just_that(command, providers):
    shown = command(*of_ofsted(providers, "--preview"))

    assert grade(command) == "outstanding"
    assert re.search(r"2 .* SC990001 .* added .* Ofsted's judgement inadequate, published", shown)
    assert "1 agencies: 1 added, 0 changed, 1 unchanged, 0 overtaken; 0 rows refused." in shown
    digest = re.search(r"Nothing was changed. To apply exactly this: --expect (\w{64})", shown)[1]

    done = command(*of_ofsted(providers, "--expect", digest))

    assert "1 agencies: 1 facts added, 0 changed, 1 known before. The register is at " in done
    assert "stand worse: 1 (SC990001); open referrals that were decided again: 0." in done
    assert grade(command) == "inadequate"
    with pytest.raises(FosterframeError, match="look at a new preview"):
        command(*of_ofsted(providers, "--expect", digest))


def test_where_nothing_is_worse_and_no_referral_is_touched_nothing_is_said_of_it(command, tmp_path):
    path = tmp_path / "register.csv"
    path.write_text((PACK / "register.csv").read_text().replace("SC990001,", "SC990999,", 1))

    shown = command("import", str(path), "--as", "x", "--preview")
    done = command("import", str(path), "--as", "x")

    assert "45 agencies: 5 added" in shown
    assert "45 agencies: 5 facts added" in done
    assert not re.search("worse|decided|referral", shown + done)


def test_a_preview_names_each_refused_row_and_says_what_was_not_read(command, tmp_path):
    path = tmp_path / "providers.csv"
    other = {"provision": "Children's home"}
    path.write_bytes(csv_of(table("in_year", INADEQUATE, {"urn": "XXXXXXX"}, other)))

    shown = command(*of_ofsted(str(path), "--preview"))
    told = json.loads(command(*of_ofsted(str(path), "--preview", "--json")))

    assert f"refused: {path}:3: URN: found XXXXXXX; allowed: SC and six digits" in shown
    assert "Rows not read, other provision: 1." in shown
    assert told["counts"]["refused"] == len(told["refused"]) == 1
    assert told["touched"]["agencies"][0]["urn"] == URN
    with pytest.raises(FosterframeError, match="nothing was taken"):
        command(*of_ofsted(str(path)))
    assert "1 rows left out" in command(*of_ofsted(str(path), "--leave-refused"))


def test_the_day_of_a_file_is_told_where_no_column_tells_it(command, tmp_path):
    path = tmp_path / "providers.csv"
    path.write_bytes(csv_of(table("combined", INADEQUATE)))

    with pytest.raises(FosterframeError, match="--published-on"):
        command(*of_ofsted(str(path)))
    command(*of_ofsted(str(path), "--published-on", "2026-02-27"))

    assert grade(command, "--on", "2026-02-26") == "outstanding"
    assert grade(command, "--on", "2026-02-27") == "inadequate"


def test_a_register_file_may_be_named_as_its_pack_may_be(command):
    again = json.loads(command("import", str(PACK / "register.csv"), "--as", "x", "--json"))

    assert (again["agencies"], again["facts_added"]) == (45, 0)


@pytest.mark.parametrize("arguments", [(), (str(PACK),)])
def test_ofsted_s_file_must_be_named(command, arguments):
    with pytest.raises(FosterframeError, match="Name the file that Ofsted published"):
        command("import", *arguments, "--kind", "ofsted", "--as", "x")


def test_a_file_that_is_not_there_is_refused(command):
    with pytest.raises(FosterframeError, match="no file that can be read"):
        command(*of_ofsted("/nowhere/providers.csv"))


# As it stood on a day, by what was known at an instant.


def test_an_agency_is_called_what_it_is_called_brackets_and_colons_and_all(command, tmp_path):
    name = "A [bold] B :house: [/red] Ltd"
    database = Database.open(f"sqlite:///{tmp_path}/eligibility.sqlite")
    with database.transaction() as connection:
        register_store.append(connection, [(URN, Name(name))], KNOWN, "a test")
    database.close()

    said = [
        command("list"),
        command("history", URN),
        command("show", URN, "--known-at", "2999-12-31"),
    ]

    assert [name in each for each in said] == [True] * 3


def test_the_register_is_shown_as_it_stood_on_a_day_by_what_was_known_at_an_instant(
    command, tmp_path
):
    judged = Judgement("inadequate", date(2026, 1, 10), PUBLISHED)
    database = Database.open(f"sqlite:///{tmp_path}/eligibility.sqlite")
    with database.transaction() as connection:
        register_store.append(connection, [(URN, judged)], KNOWN, "a test")
    database.close()

    graded = {
        (on, at): grade(command, "--on", str(on), "--known-at", at)
        for on in (PUBLISHED - timedelta(days=1), PUBLISHED)
        for at in ("2999-03-10T08:59:59Z", "2999-03-10T09:00:00+00:00", "2999-03-10")
    }

    assert [known for known, told in graded.items() if told == "inadequate"] == [
        (PUBLISHED, "2999-03-10T09:00:00+00:00"),
        (PUBLISHED, "2999-03-10"),
    ]
    assert set(graded.values()) == {"outstanding", "inadequate"}


def test_before_anything_was_known_there_is_no_agency(command):
    told = json.loads(command("show", "--known-at", "2020-01-01", "--json"))

    assert told["agencies"] == []
    with pytest.raises(FosterframeError, match="as it was known at 2020-01-01T23:59:59"):
        command("show", URN, "--known-at", "2020-01-01")


def test_what_is_shown_of_an_agency_names_the_facts_by_which_it_stands(command):
    told = json.loads(command("show", URN, "--on", "2026-03-02", "--json"))

    [agency] = told["agencies"]
    assert [each["kind"] for each in agency["holding"]] == [
        "name",
        "membership",
        "registration",
        "judgement",
        "offer",
    ]
    assert agency["facts"]["suspended"] == "no"
    assert told["on"] == "2026-03-02"


def test_an_instant_is_told_with_its_offset_or_as_a_day_to_its_end():
    summer = instant_from("2026-07-01")

    assert summer.isoformat() == "2026-07-01T23:59:59.999999+01:00"
    assert instant_from("2026-07-01T09:00+01:00") == datetime(2026, 7, 1, 8, tzinfo=UTC)
    for text in ("2026-07-01T09:00", "yesterday", "2026-02-30", "9999-12-31"):
        with pytest.raises(FosterframeError, match="is no instant"):
            instant_from(text)


def test_every_agency_is_listed_with_its_days(command):
    printed = command("list")

    assert "45 agencies." in printed
    [left] = [each for each in json.loads(command("list", "--json")) if each["left"]]
    assert (left["joined"], left["left"]) == ("2022-04-01", "2025-10-01")


def test_the_register_is_shown_as_it_stands_on_a_day(command):
    assert "45 agencies, 33 on the framework on 2022-04-01." in command(
        "show", "--on", "2022-04-01"
    )
    one = command("show", URN, "--on", "2026-03-02")
    assert "Owlbarrow" in one
    assert "membership of the framework from 2022-04-01" in one
    with pytest.raises(FosterframeError, match="There is no agency SC123456 on the register"):
        command("show", "SC123456")
