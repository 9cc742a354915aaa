"""The JSON Schema of rulebooks says to an editor what a reading of the file would say."""

import json
from pathlib import Path

import pytest
import typer
from jsonschema import Draft202012Validator, FormatChecker
from typer.testing import CliRunner

from services.eligibility.cli.commands import attach
from services.eligibility.rulebooks.schema import rulebook_schema, schema_text
from shared.framework.yaml_file import YamlFile
from tests.eligibility.builders import PACK, framework
from tests.eligibility.small_rulebook import BOOK, FAULTS, faulty

PUBLISHED = Path(__file__).parents[2] / "docs" / "contracts" / "rulebook.schema.json"
SAMPLE = PACK / "rulebook.yaml"
MODELINE = "# yaml-language-server: $schema="


def faults_in(path):
    """Return what an editor would underline in a file."""
    validator = Draft202012Validator(rulebook_schema(framework()), format_checker=FormatChecker())
    return [fault.message for fault in validator.iter_errors(YamlFile.read(path).content)]


def faults_of(tmp_path, text):
    path = tmp_path / "rulebook.yaml"
    path.write_text(text)
    return faults_in(path)


def test_the_published_schema_is_the_one_that_the_code_makes():
    Draft202012Validator.check_schema(rulebook_schema(framework()))

    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(framework()), "run: make docs"


def test_the_command_prints_the_schema():
    app = typer.Typer()
    attach(app)

    said = CliRunner().invoke(app, ["rulebook", "schema", "--pack", str(PACK)])

    assert json.loads(said.output) == rulebook_schema(framework())


def test_an_editor_finds_the_schema_from_the_sample_rulebook_which_is_one_by_it():
    [line] = [each for each in SAMPLE.read_text().splitlines() if each.startswith(MODELINE)]

    named = (SAMPLE.parent / line.removeprefix(MODELINE)).resolve()

    assert named == PUBLISHED.resolve()
    assert faults_in(SAMPLE) == []


def test_the_good_rulebook_is_one_by_the_schema(tmp_path):
    assert faults_of(tmp_path, BOOK) == []


@pytest.mark.parametrize("bad", FAULTS, ids=lambda bad: bad["fault"])
def test_an_editor_sees_the_fault_unless_only_the_whole_rulebook_shows_it_where(tmp_path, bad):
    text, _ = faulty(bad)

    sees_it = bool(faults_of(tmp_path, text))

    assert sees_it == (bad.get("editor", "yes") == "yes")


@pytest.mark.parametrize(
    "condition",
    [
        "{group_size: 2}",
        "{group_size: [1, 2]}",
        "{group_size: {at_least: 2}, largest_group: {same_as: group_size}}",
        "{takes_emergencies: {same_as: emergency}}",
        "{all: [{any: [{suspended: no}, {all: [{emergency: yes}, {lots: {includes: core}}]}]}]}",
    ],
)
def test_every_form_of_a_condition_is_one_by_the_schema(tmp_path, condition):
    assert faults_of(tmp_path, BOOK.replace("{suspended: no}", condition)) == []
