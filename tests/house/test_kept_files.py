"""What is kept holds nothing of one machine, and says nothing that is not so."""

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT, files, name_of, texts

TEXTS = texts()
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
WANTED = sorted((ROOT / "requirements").glob("*.in"))

HOME_OF_SOMEBODY = re.compile(r"/(?:home|Users)/[a-z]\w*/|[A-Z]:\\+Users\\+", re.ASCII)
INDEX_ADDRESS = re.compile(
    r"(?<!no-emit-)\b(?:extra-)?index-url|\bINDEX_URL\b|find-links\s*[=/]"
    r"|https?://\S*(?:/simple\b|pypi|/artifactory|/nexus)|\bregistry\s*=\s*https?:",
    re.IGNORECASE,
)
DOCUMENT = re.compile(r"(?<![\w/.*-])((?:docs/[\w./-]+|[A-Z][A-Z_]+)\.md)\b")
MAKE_COMMAND = re.compile(r"(?:^|`)(?:\w+=\S+ )*make ([a-z][a-z-]*)", re.MULTILINE)

BY_OTHERS = "tests/contracts/asyncapi/"


def own_texts():
    return {name: text for name, text in TEXTS.items() if not name.startswith(BY_OTHERS)}


def is_telling(folder):
    return len(Path(folder).parts) > 1 and str(folder) != "/app"


@pytest.mark.parametrize("name", own_texts())
def test_a_kept_file_names_no_folder_of_one_machine(name):
    places = [place for place in (ROOT, Path.home()) if is_telling(place)]

    named = [place for place in places if f"{place}/" in TEXTS[name]]

    assert not named
    assert not HOME_OF_SOMEBODY.search(TEXTS[name])


@pytest.mark.parametrize("name", own_texts())
def test_a_kept_file_names_no_package_index(name):
    found = INDEX_ADDRESS.search(TEXTS[name])

    assert found is None or name == "tests/house/test_kept_files.py"


@pytest.mark.parametrize("name", own_texts())
def test_a_document_that_is_named_is_there(name):
    beside = (ROOT / name).parent
    named = set(DOCUMENT.findall(TEXTS[name]))

    missing = [doc for doc in named if not (ROOT / doc).exists() and not (beside / doc).exists()]

    assert not missing


@pytest.mark.parametrize("name", [name for name in TEXTS if name.endswith((".md", ".py"))])
def test_a_make_command_that_is_named_can_be_given(name):
    targets = set(re.findall(r"^([a-z-]+):", TEXTS["Makefile"], re.MULTILINE))

    assert set(MAKE_COMMAND.findall(TEXTS[name])) <= targets


def test_every_target_of_the_makefile_says_what_it_does():
    targets = re.findall(r"^([a-z-]+):(.*)$", TEXTS["Makefile"], re.MULTILINE)

    assert [target for target, rest in targets if " ## " not in rest] == []


def test_every_shell_script_is_checked_by_make_lint_and_can_be_run():
    scripts = [path for path in files() if path.read_bytes().startswith(b"#!/usr/bin/env bash")]
    checked = re.search(r"^SCRIPTS := (.*)$", TEXTS["Makefile"], re.MULTILINE)

    assert {name_of(path) for path in scripts} == set(checked.group(1).split())
    assert all(path.stat().st_mode & 0o111 for path in scripts)


@pytest.mark.parametrize("path", REQUIREMENTS, ids=name_of)
def test_every_requirement_is_pinned_with_its_hash_and_without_an_address(path):
    text = path.read_text(encoding="utf-8")
    requirements = re.split(r"\n(?=[A-Za-z])", text)[1:]

    assert "make lock" in text.split("\n", 2)[1]
    assert requirements
    for requirement in requirements:
        assert re.match(r"[\w.\[\]-]+==\S+", requirement), requirement
        assert "--hash=sha256:" in requirement
    assert "://" not in text


@pytest.mark.parametrize("path", WANTED, ids=name_of)
def test_every_wanted_package_is_locked(path):
    if path.stem == "rules-engine":
        path = path.with_stem("eligibility")
    locked = path.with_suffix(".txt").read_text(encoding="utf-8")

    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-r")):
            assert re.search(rf"^{line.split('[')[0].replace('.', '-')}==", locked, re.MULTILINE)
