"""A fault in a YAML file is told with its line, what was found and what is allowed."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from shared.errors import FileRefused
from shared.framework.fields import Day
from shared.framework.source import read_yaml
from shared.framework.yaml_file import DEEPEST, YamlFile


class Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    index: Literal["D7G7"]
    share: str


class Wage(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    wage: str
    share: str


class Terms(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    version: str
    from_day: Day
    components: tuple[Part | Wage, ...]
    limits: dict[str, int] = {}
    is_final: bool = True


class Members(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    members: Annotated[tuple[Part, ...], Field(min_length=1)]


GOOD = """# terms
version: "2024.1"
from_day: 2024-04-01
components:
  - {index: D7G7, share: 0.90}
  - {wage: nlw, share: "0.10"}
"""

STRUCTURE = [
    ("", None, "(file)", "an empty file", "a file with content"),
    ("# nothing but this\n", None, "(file)", "an empty file", "YAML 1.2"),
    ("a: 1\nb: 2\na: 3\n", 3, "a", "the key a second time, first in line 1", "each key once"),
    (
        "a:\n  b: {c: 1,\n    c: 2}\n",
        3,
        "a.b.c",
        "the key a second time, first in line 2",
        "each key once",
    ),
    ("a: 1\n---\nb: 2\n", 3, "(file)", "another document", "one document in each file"),
    ("a: &x 1\n", 1, "(file)", "the anchor &x", "the value without an anchor"),
    ("a: 1\nb: *x\n", 2, "(file)", "the alias *x", "the value itself, written out"),
    ("a: !!int 2\n", 1, "(file)", "the tag tag:yaml.org,2002:int", "the value without a tag"),
    ("? [a]\n: 1\n", 1, "(file)", "a key that is no word", "a word as key"),
    ("a: 1\n\tb: 2\n", 2, "(file)", "character '\\t' that cannot start any token", "YAML 1.2"),
    ("a: [1, 2\n", 2, "(file)", "expected ',' or ']', but got '<stream end>'", "YAML 1.2"),
]

VALUES = [
    ('"2024.1"', "3", 2, "version", "3", "a valid string"),
    ("2024-04-01", "2024-02-30", 3, "from_day", "2024-02-30", "a day that exists"),
    ("2024-04-01", "1/4/2024", 3, "from_day", "1/4/2024", "a day such as 2024-04-01"),
    ("index: D7G7", "index: L55O", 5, "components[0].index", "L55O", "D7G7"),
    ("share: 0.90", "share: [1]", 5, "components[0].share", "a list of 1", "a valid string"),
    ("{wage: nlw,", "{wage: nlw, of: 1,", 6, "components[1].of", "the unknown key of", "wage"),
    ('wage: nlw, share: "0.10"', "wage: nlw", 6, "components[1].share", "nothing", "needed"),
    ("from_day: 2024-04-01\n", "", 2, "from_day", "nothing", "this key is needed"),
    (GOOD, f"{GOOD}is_final: yes\n", 7, "is_final", "yes", "a valid boolean"),
    (GOOD, f"{GOOD}limits:\n  cap: 5.0\n", 8, "limits.cap", "5.0", "a valid integer"),
    (GOOD, f"{GOOD}colour: red\n", 7, "colour", "the unknown key colour", "components, from_day"),
]


@pytest.mark.parametrize(("text", "line", "key", "found", "allowed"), STRUCTURE)
def test_what_is_not_plain_yaml_is_refused_where_it_stands(
    tmp_path, text, line, key, found, allowed
):
    path = written(tmp_path, text)

    with pytest.raises(FileRefused) as refused:
        YamlFile.read(path)

    fault = refused.value.faults[0]
    assert (fault.file, fault.line, fault.key) == (str(path), line, key)
    assert (fault.found, fault.allowed) == (found, allowed)


@pytest.mark.parametrize(("good", "bad", "line", "key", "found", "allowed"), VALUES)
def test_what_the_model_does_not_allow_is_refused_where_it_stands(
    tmp_path, good, bad, line, key, found, allowed
):
    path = written(tmp_path, GOOD.replace(good, bad, 1))

    with pytest.raises(FileRefused) as refused:
        read_yaml(path, Terms)

    told = {(fault.line, fault.key, fault.found): fault.allowed for fault in refused.value.faults}
    assert (line, key, found) in told, str(refused.value)
    assert allowed in told[line, key, found]


def test_decimals_and_days_stay_exactly_as_they_are_written(tmp_path):
    path = written(tmp_path, "a: 0.10\nb: 2024-04-01\nc: 007\nd: 1e5\ne: 0x1F\nf: 1_000\n")

    content = YamlFile.read(path).content

    assert content == {
        "a": "0.10", "b": "2024-04-01", "c": "007", "d": "1e5", "e": "0x1F", "f": "1_000"
    }  # fmt: skip


def test_yes_and_no_are_words_and_only_true_and_false_are_answers(tmp_path):
    path = written(tmp_path, "a: [yes, no, on, off, y, NO]\nb: [true, False, null, ~, '']\nc: -3\n")

    content = YamlFile.read(path).content

    assert content == {
        "a": ["yes", "no", "on", "off", "y", "NO"],
        "b": [True, False, None, None, ""],
        "c": -3,
    }


def test_all_faults_of_a_file_are_told_together(tmp_path):
    path = written(tmp_path, GOOD.replace("D7G7", "L55O").replace('"2024.1"', "3") + "odd: 1\n")

    with pytest.raises(FileRefused) as refused:
        read_yaml(path, Terms)

    assert {fault.line for fault in refused.value.faults} >= {2, 5, 7}


@pytest.mark.parametrize(
    ("members", "faults"),
    [
        ("[]", [("members", "a list of 0", "at least 1 in it")]),
        ("[{index: D7G7}]", [("members[0].share", "nothing", "this key is needed")]),
    ],
)
def test_a_list_whose_only_member_is_wrong_is_not_told_as_too_short(tmp_path, members, faults):
    path = written(tmp_path, f"members: {members}\n")

    with pytest.raises(FileRefused) as refused:
        read_yaml(path, Members)

    told = [(fault.key, fault.found, fault.allowed) for fault in refused.value.faults]
    assert told == faults


def test_a_reader_can_tell_a_fault_of_its_own_at_the_line_of_a_key(tmp_path):
    file = YamlFile.read(written(tmp_path, GOOD))

    fault = file.fault(("components", 1, "share"), "0.10", "shares that add up to 1")

    assert (fault.line, fault.key, fault.found) == (6, "components[1].share", "0.10")
    assert file.line_of(("components", 1, "no such key")) == 6


def test_a_long_value_is_shortened_before_it_is_told(tmp_path):
    path = written(tmp_path, GOOD.replace("2024-04-01", "x" * 5_000))

    with pytest.raises(FileRefused) as refused:
        read_yaml(path, Terms)

    assert len(str(refused.value)) < len(str(path)) + 200


def test_a_file_that_is_not_there_is_a_fault_and_no_crash(tmp_path):
    with pytest.raises(FileRefused, match="No such file"):
        read_yaml(tmp_path / "missing.yaml", Terms)


def test_a_file_that_is_not_utf_8_is_refused_with_the_line(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"a: 1\nb: caf\xe9\n")

    with pytest.raises(FileRefused) as refused:
        YamlFile.read(path)

    assert (refused.value.faults[0].line, refused.value.faults[0].found) == (2, "the byte 0xe9")


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    path = tmp_path / "marked.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")

    assert YamlFile.read(path).content == {"a": 1}


def test_deep_nesting_is_refused_before_it_hurts(tmp_path):
    path = written(tmp_path, "[" * (DEEPEST + 2) + "]" * (DEEPEST + 2))

    with pytest.raises(FileRefused, match="less nesting"):
        YamlFile.read(path)


def written(folder: Path, text: str) -> Path:
    path = folder / "terms.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    return path
