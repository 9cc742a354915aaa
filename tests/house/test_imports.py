"""Imports point one way, and what is dangerous or foreign is held by one file."""

import sys

import pytest

from tests.house.layers import FIELD, GROUND, HANDLERS, SERVICES, layer_of
from tests.house.source import imports_of, module_of, python_files

OURS = {module_of(path): path for path in python_files("shared/", "services/")}
OWN_ROOTS = ("shared", "services")
STANDARD = sys.stdlib_module_names


def is_ours(module):
    return module.split(".", 1)[0] in OWN_ROOTS


@pytest.mark.parametrize("module", OURS)
def test_a_module_imports_only_what_stands_below_it_or_beside_it(module):
    here = layer_of(module)

    above = [other for other in imports_of(OURS[module]) if is_ours(other)]
    above = [other for other in above if layer_of(other) > here]

    assert not above, f"{module} must not know {', '.join(above)}; see tests/house/layers.py"


@pytest.mark.parametrize("module", [m for m in OURS if layer_of(m) in (GROUND, FIELD)])
def test_a_field_module_needs_nothing_but_the_standard_library(module):
    others = {name.split(".", 1)[0] for name in imports_of(OURS[module])}

    foreign = others - STANDARD - set(OWN_ROOTS)

    assert not foreign, f"{module} is a field module and imports {', '.join(foreign)}"


def test_every_module_that_needs_nothing_else_is_named_as_a_field_module():
    inner = [m for m in OURS if layer_of(m) == HANDLERS and OURS[m].name != "__init__.py"]

    pure = [
        module
        for module in inner
        if all(
            layer_of(other) <= FIELD if is_ours(other) else other.split(".")[0] in STANDARD
            for other in imports_of(OURS[module])
        )
    ]

    assert not pure, "name them in FIELD_MODULES of tests/house/layers.py"


@pytest.mark.parametrize("module", OURS)
def test_the_two_services_never_import_each_other(module):
    mine = [service for service in SERVICES if module.startswith(f"services.{service}")]

    for other in imports_of(OURS[module]):
        theirs = [service for service in SERVICES if other.startswith(f"services.{service}")]

        assert not mine or not theirs or mine == theirs, f"{module} imports {other}"


@pytest.mark.parametrize("module", [m for m in OURS if m.startswith("shared")])
def test_what_is_shared_knows_no_service(module):
    assert not [other for other in imports_of(OURS[module]) if other.startswith("services")]


@pytest.mark.parametrize(
    ("foreign", "holders"),
    [
        ("durable", ("services.eligibility.verdicts.engine",)),
        ("durable_rules_engine", ("services.eligibility.verdicts.engine",)),
        ("pika", ("shared.messaging.rabbitmq",)),
        ("psycopg", ("shared.persistence",)),
        ("ruamel", ("shared.framework",)),
        ("httpx", ("shared.messaging.administration.management",)),
        (
            "fastapi",
            (
                "services.eligibility.api",
                "services.pricing.api",
                "services.probes",
                "services.serving",
                "shared.caller",
                "shared.problems",
            ),
        ),
        ("opentelemetry", ("shared.tracing_export",)),
        ("python_calamine", ("services.eligibility.ofsted.sheets",)),
        ("prometheus_client", ("services.metrics",)),
        ("xlsxwriter", ("services.pricing.reviews.workbook_sheet",)),
    ],
)
def test_a_dependency_is_held_where_it_can_be_replaced(foreign, holders):
    importers = {
        module
        for module, path in OURS.items()
        if any(name.split(".", 1)[0] == foreign for name in imports_of(path))
    }

    elsewhere = {module for module in importers if not module.startswith(holders)}

    assert not elsewhere, f"{foreign} belongs to {', '.join(holders)} alone"
