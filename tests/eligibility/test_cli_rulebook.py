"""What people do with rulebooks from the command line: check, read, compare and try them."""

import json

import pytest
from typer.testing import CliRunner

from services.eligibility.cli.rulebook import rulebook
from shared.errors import FosterframeError
from tests.eligibility.builders import PACK

RULEBOOK = PACK / "rulebook.yaml"
EXAMPLES = PACK / "rulebook-examples.yaml"
CASES = EXAMPLES.read_text()
TEXT = RULEBOOK.read_text()
STRICTER = TEXT.replace(
    "met: {ofsted_overall: [outstanding, good]}", "met: {ofsted_overall: outstanding}"
)
BROKEN = TEXT.replace("[outstanding, good]}", "[outstanding, good, inadequate]}")


@pytest.fixture
def ends(tmp_path, monkeypatch):
    """Return what runs a command and returns how it ended, and what it printed or refused."""
    monkeypatch.setenv("FOSTERFRAME_STATE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments):
        result = CliRunner().invoke(rulebook, list(map(str, arguments)))
        if isinstance(result.exception, FosterframeError):
            return 1, str(result.exception)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.output

    return run


@pytest.fixture
def command(ends):
    """Return what runs a command that must succeed, and returns what it printed."""

    def run(*arguments):
        code, printed = ends(*arguments)
        assert code == 0, printed
        return printed

    return run


@pytest.fixture
def file(tmp_path):
    """Return what writes a rulebook, with the sample's examples beside it unless told otherwise."""

    def write(text, examples=CASES):
        path = tmp_path / "tried.yaml"
        path.write_text(text)
        if examples is not None:
            (tmp_path / "tried-examples.yaml").write_text(examples)
        return path

    return write


def test_a_rulebook_is_checked_and_its_examples_with_it(command):
    printed = command("check", RULEBOOK)

    assert "16 criteria, 548 combinations of facts judged, 6 promises proved" in printed
    assert "38 of 38 verdicts" in printed


def test_a_rulebook_without_examples_is_sound_but_not_ready(command, file):
    assert "needs to be activated" in command("check", file(TEXT, examples=None))


def test_a_broken_promise_is_told_with_a_case_and_ends_with_a_failure(ends, file):
    path = file(BROKEN)

    code, printed = ends("check", path)
    code_json, told = ends("check", path, "--json")

    assert (code, code_json) == (1, 1)
    assert "is broken by this case: " in printed
    assert json.loads(told)["sound"] is False
    assert "\n".join(json.loads(told)["reasons"]) == printed


def test_a_fault_in_a_file_is_told_with_its_line(ends, file):
    path = file(TEXT.replace("met: {registration: active}", "met: {registration: lively}"))
    line = path.read_text()[: path.read_text().index("lively")].count("\n") + 1

    code, printed = ends("check", path)

    assert code == 1
    assert f"tried.yaml:{line}: " in printed


def test_what_was_proved_can_be_read_by_a_program(command):
    told = json.loads(command("check", RULEBOOK, "--json"))

    assert (told["sound"], told["criteria"], told["promises"]) == (True, 16, 6)
    assert told["examples"]["is_complete"]


def test_a_criterion_is_told_in_few_lines_with_its_texts_and_its_source(command):
    printed = command("table", "ofsted-quality")

    assert "Criterion ofsted-quality: Is the agency judged good or better by Ofsted?" in printed
    assert "ofsted overall is outstanding or good" in printed
    assert "Kent County Council, report on the future commissioning" in printed
    assert "refer: Ofsted's judgement is [ofsted overall]; a person decides." in printed


def test_all_criteria_are_told_in_the_order_of_the_rulebook(command):
    printed = command("table")

    assert printed.index("Gate in-house-search") < printed.index("Criterion long-term")


def test_every_combination_is_told_when_it_is_asked_for(command):
    printed = command("table", "ofsted-quality", "--every", "--json")

    [told] = json.loads(printed)["tables"]
    assert {row["facts"]["ofsted_overall"]: row["verdict"] for row in told["rows"]} == {
        "outstanding": "met",
        "good": "met",
        "requires_improvement": "refer",
        "adequate": "refer",
        "no_overall_grade": "refer",
        "not_yet_inspected": "refer",
        "unknown": "refer",
        "inadequate": "not_met",
    }
    assert "not yet inspected" in command("table", "ofsted-quality", "--every")


def test_the_lines_can_be_read_by_a_program(command):
    told = json.loads(command("table", "purchaser", "--json", "--pack", PACK))

    assert told["rulebook"] == "kent-medway 2024.1"
    assert told["tables"][0]["lines"] == [
        {"when": "purchasers served include purchaser", "verdict": "met", "combinations": 4},
        {
            "when": "purchasers served do not include purchaser",
            "verdict": "not_met",
            "combinations": 4,
        },
    ]


def test_the_table_of_a_rulebook_that_is_not_in_force_can_be_read(command, file):
    printed = command("table", "ofsted-quality", "--rulebook", file(STRICTER))

    assert "good, " not in printed
    assert "not met │ ofsted overall is good or inadequate" in printed


def test_a_criterion_that_the_rulebook_lacks_is_refused_with_those_it_has(ends):
    code, printed = ends("table", "hair-colour")

    assert code == 1
    assert "has only the criteria in-house-search" in printed


def test_what_a_new_rulebook_changes_is_said_in_english(command, file):
    printed = command("diff", RULEBOOK, file(STRICTER))

    assert "When ofsted overall is good: was met, now not met (1 combination)." in printed
    assert "an agency that was eligible can now be not eligible" in printed


@pytest.mark.parametrize("old", ["in-force", "2024.1", "kent-medway 2024.1"])
def test_a_rulebook_that_is_kept_can_be_compared_by_what_it_is_called(command, file, old):
    told = json.loads(command("diff", old, file(STRICTER), "--json"))

    assert told["old"] == "kent-medway 2024.1"
    assert [each["criterion"] for each in told["criteria"]] == ["ofsted-quality"]


def test_a_rulebook_that_is_kept_can_be_named_by_its_digest(command):
    digest = json.loads(command("check", RULEBOOK, "--json"))["digest"]

    assert "Nothing changes" in command("diff", digest[:12], RULEBOOK)


def test_a_rulebook_that_is_not_kept_is_refused_with_those_that_are(ends):
    code, printed = ends("diff", "2019", RULEBOOK)

    assert code == 1
    assert "is called 2019. Name one of these by its digest: kent-medway 2024.1 (" in printed


def test_the_examples_of_the_sample_hold_and_cover_every_verdict(command):
    told = json.loads(command("test", RULEBOOK, "--json"))

    assert told["is_complete"]
    assert (told["verdicts"], told["verdicts_covered"]) == (38, 38)


def test_an_example_that_fails_is_told_with_file_and_line_and_ends_with_a_failure(ends, file):
    line = CASES.splitlines().index("  - name: Judged good") + 1

    code, printed = ends("test", file(STRICTER))

    assert code == 1
    assert f"tried-examples.yaml:{line}: Judged good: ofsted-quality is not met; expected: met" in (
        printed
    )


def test_a_verdict_without_an_example_ends_with_a_failure(ends, file):
    text = CASES
    begin = text.index("  - name: A solo placement, and it is not known")
    end = text.index("  - name: A solo placement, and the agency offers none")

    code, printed = ends("test", file(TEXT, text[:begin] + text[end:]))

    assert code == 1
    assert "no example expects that solo is refer, as it is for solo: yes" in printed
    assert "37 of 38 verdicts" in printed


def test_examples_may_stand_elsewhere(command, file, tmp_path):
    elsewhere = tmp_path / "cases.yaml"
    elsewhere.write_text(CASES)

    printed = command("test", file(TEXT, examples=None), "--examples", elsewhere)

    assert "90 of 90 examples hold" in printed
