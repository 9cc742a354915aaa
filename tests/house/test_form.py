"""The form of the code: small files, short functions, a sentence at the top, no floats."""

import ast
import re

import pytest

from tests.house.layers import EDGES, layer_of
from tests.house.source import functions_of, module_of, name_of, python_files, tree_of

LONGEST_FILE_LINES = 300
LONGEST_FUNCTION_LINES = 40

VAGUE = re.compile(r"(?:Manager|Helper|Util|Utils|Base|Info)$|^(?:helpers?|utils?|misc|common)$")
EXCEPTION = re.compile(r"#\s*(?:noqa\b|type:\s*ignore|ruff:\s*noqa)")
REASONED = re.compile(r"#\s*noqa: [A-Z0-9, ]+ - \w+|#\s*type:\s*ignore\[[\w, -]+\]\s+(?:#|-)\s*\w+")

EVERY = python_files()
PUBLIC = python_files("shared/", "services/", "tools/", "docs/")
PACKAGES = [path for path in EVERY if path.name == "__init__.py"]
MONEY = [
    path
    for path in python_files("shared/money", "shared/contracts/", "services/pricing/")
    if layer_of(module_of(path)) <= EDGES
]
SECONDS = (
    "services.pricing.placements.daily",
    "services.pricing.condition",
    "docs.examples.finance_consumer",
)
"""Hold how long something takes, and no money."""

EXACT = [
    path
    for path in python_files(
        "shared/money",
        "shared/contracts/",
        "shared/framework/",
        "shared/persistence/columns",
        "services/pricing/",
        "services/demo/kent",
        "docs/examples/finance_",
    )
    if module_of(path) not in SECONDS
]
FLOATING = {"float", "Float", "Numeric", "REAL", "Double"}
ROUNDERS = (
    "shared.money",  # pounds, to the penny
    "services.pricing.terms.agreed",  # a rate, to the places that the terms of a review may name
)


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_a_file_can_be_read_in_one_sitting(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= LONGEST_FILE_LINES


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_a_function_can_be_read_at_one_glance(path):
    too_long = {
        function.name: lines
        for function in functions_of(path)
        if (lines := function.end_lineno - function.lineno + 1) > LONGEST_FUNCTION_LINES
    }

    assert not too_long


@pytest.mark.parametrize("path", PUBLIC, ids=name_of)
def test_a_module_opens_with_one_sentence(path):
    said = (ast.get_docstring(tree_of(path)) or "").split("\n\n", 1)[0].strip()

    assert said[:1].isupper() or said[:1] in "`'\""
    assert said.endswith((".", "?"))


@pytest.mark.parametrize("path", PUBLIC, ids=name_of)
def test_a_name_is_a_word_of_the_field(path):
    classes = [n.name for n in ast.walk(tree_of(path)) if isinstance(n, ast.ClassDef)]

    vague = [name for name in (path.stem, *classes) if VAGUE.search(name)]

    assert not vague


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_an_exception_from_a_rule_carries_its_reason(path):
    bare = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if EXCEPTION.search(line) and not REASONED.search(line)
    ]

    assert not bare


@pytest.mark.parametrize("path", PACKAGES, ids=name_of)
def test_a_package_says_what_it_is_and_does_nothing(path):
    (only,) = tree_of(path).body

    assert isinstance(only, ast.Expr)
    assert isinstance(only.value, ast.Constant)


@pytest.mark.parametrize("path", EXACT, ids=name_of)
def test_no_float_comes_near_money_or_rates(path):
    floats = [
        node.lineno
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id in FLOATING)
        or (isinstance(node, ast.Attribute) and node.attr in FLOATING)
    ]

    assert not floats


@pytest.mark.parametrize("path", MONEY, ids=name_of)
def test_money_is_rounded_in_one_place(path):
    roundings = [
        node.lineno
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.Attribute) and node.attr == "quantize")
        or (isinstance(node, ast.Name) and node.id == "round")
    ]

    assert not roundings or module_of(path) in ROUNDERS
