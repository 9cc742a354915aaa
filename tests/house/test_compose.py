"""The Compose files are valid for both generations, shut to the world, bounded, and keep quiet."""

import importlib.metadata
import itertools
import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.house.source import ROOT
from tests.support.absent import absent

MAIN = ROOT / "docker-compose.yml"
OVERRIDES = sorted((ROOT / "deploy" / "compose").glob("*.yml"))
NAMES = [path.stem for path in OVERRIDES]
TOGETHER = [
    (),
    *((name,) for name in NAMES),
    *itertools.combinations(("cluster", "observability", "sample"), 2),
    ("cluster", "observability", "sample"),
    ("pack", "tls"),
]

SCHEMA_OF_THE_FIRST = Path("/usr/lib/python3/dist-packages/compose/config/compose_spec.json")
"""Compose 1.29 carries the schema that it holds files against."""

OLDER_WORDS = {"start_interval", "develop", "include", "extends", "name", "version"}
"""What only one of the two generations understands, or complains of."""

PUBLISHED = re.compile(r"127\.0\.0\.1:\$\{\w+:-\d+\}:\d+")
SECRET = re.compile(r"password|secret|token|cookie", re.IGNORECASE)
IN_ADDRESS = re.compile(r"://[^/\s@]*:[^/\s@]+@")


@cache
def read(path):
    return YAML(typ="safe").load(path)


@cache
def put_together(*names):
    """Return what the files amount to, one over the other."""
    files = [MAIN, *(ROOT / "deploy" / "compose" / f"{name}.yml" for name in names)]
    command = compose_command()
    if command is None:
        absent("There is no Compose to put the files together: tools/docker-engine.")
    named = [f"--file={file}" for file in files]
    done = subprocess.run(
        [*command, f"--project-directory={ROOT}", *named, "config"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COMPOSE_PROJECT_NAME": "house"},
    )
    assert done.returncode == 0, done.stderr
    return YAML(typ="safe").load(done.stdout)


@cache
def compose_command():
    for command in (["docker", "compose"], ["docker-compose"]):
        try:
            done = subprocess.run([*command, "version"], capture_output=True, check=False)
        except FileNotFoundError:
            continue
        if done.returncode == 0:
            return command
    return None


def schema_of_the_second():
    """Return the schema that is published for Compose 2, as a linter ships it."""
    try:
        linter = importlib.metadata.distribution("check-jsonschema")
    except importlib.metadata.PackageNotFoundError:
        absent("The published schema comes with check-jsonschema: make setup.")
    shipped = "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
    return json.loads(Path(linter.locate_file(shipped)).read_text(encoding="utf-8"))


def schema_of_the_first():
    if not SCHEMA_OF_THE_FIRST.exists():
        absent("Compose 1.29 is not there: apt-get install docker-compose.")
    return json.loads(SCHEMA_OF_THE_FIRST.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [MAIN, *OVERRIDES], ids=lambda path: path.stem)
@pytest.mark.parametrize("schema", [schema_of_the_first, schema_of_the_second])
def test_a_file_is_what_both_generations_of_compose_understand(path, schema):
    jsonschema.Draft7Validator(schema()).validate(read(path))


@pytest.mark.parametrize("path", [MAIN, *OVERRIDES], ids=lambda path: path.stem)
def test_a_file_uses_no_word_that_only_one_generation_knows(path):
    document = read(path)

    used = set(document) | {word for one in document["services"].values() for word in one}

    assert not used & OLDER_WORDS


@pytest.mark.parametrize("names", TOGETHER, ids="+".join)
def test_the_files_can_be_put_together(names):
    services = put_together(*names)["services"]

    assert {"rabbitmq", "postgres", "eligibility-worker", "pricing-worker"} <= set(services)


@pytest.mark.parametrize("path", [MAIN, *OVERRIDES], ids=lambda path: path.stem)
def test_ports_are_open_to_this_machine_only(path):
    ports = [port for one in read(path)["services"].values() for port in one.get("ports", [])]

    assert [port for port in ports if not PUBLISHED.fullmatch(port)] == []


@pytest.mark.parametrize("name", ["", *NAMES])
def test_every_container_is_bounded_checked_and_without_rights(name):
    services = put_together(*filter(None, [name]))["services"]

    lacking = {service: missing for service, one in services.items() if (missing := lacks(one))}

    assert not lacking


def lacks(service):
    """Return what a service leaves open."""
    logs = service.get("logging", {}).get("options", {})
    said = {
        "a health check": "healthcheck" in service,
        "a limit of memory": "mem_limit" in service,
        "a limit of processors": "cpus" in service,
        "a limit of processes": "pids_limit" in service,
        "a limit of what it logs": {"max-size", "max-file"} <= set(logs),
        "what to do when it ends": "restart" in service,
        "a read-only file system": service.get("read_only") is True,
        "the giving up of every capability": service.get("cap_drop") == ["ALL"],
        "the refusal to leave its memory in a dump": service.get("ulimits") == {"core": 0},
        "the refusal of new rights": "no-new-privileges:true" in service.get("security_opt", []),
        "no capability of its own": not service.get("cap_add") and not service.get("privileged"),
    }
    return [what for what, is_said in said.items() if not is_said]


@pytest.mark.parametrize("path", [MAIN, *OVERRIDES], ids=lambda path: path.stem)
def test_no_password_stands_in_a_file(path):
    document = read(path)

    told = [
        (name, setting, value)
        for name, service in document["services"].items()
        for setting, value in service.get("environment", {}).items()
        if SECRET.search(setting) and not str(value).startswith("/run/secrets/")
    ]

    assert told == []
    assert not IN_ADDRESS.search(path.read_text(encoding="utf-8"))
    assert all(set(secret) == {"file"} for secret in document.get("secrets", {}).values())


def test_the_public_image_of_postgresql_runs_our_script_by_itself_and_not_as_a_part_of_its_own():
    scripts = list((ROOT / "deploy" / "postgres").glob("*.sh"))

    # What may not be executed, it reads into its own shell, with our settings and names.
    assert scripts
    assert [script.name for script in scripts if not os.access(script, os.X_OK)] == []


def test_a_database_sorts_alike_and_asks_for_passwords_whichever_image_makes_it():
    told = read(MAIN)["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()

    assert {"--auth-host=scram-sha-256", "--locale=C.UTF-8", "--encoding=UTF8"} <= set(told)


def test_neither_service_shares_a_network_with_the_database_of_the_other():
    services = read(MAIN)["services"]

    def can_reach(service, network):
        return network in services[service]["networks"]

    for own, other in (("eligibility", "pricing"), ("pricing", "eligibility")):
        for part in ("worker", "api", "migrate"):
            assert can_reach(f"{own}-{part}", f"{own}-database")
            assert not can_reach(f"{own}-{part}", f"{other}-database")


def test_a_container_gets_the_secrets_of_its_own_service_only():
    services = read(MAIN)["services"]

    for own, other in (("eligibility", "pricing"), ("pricing", "eligibility")):
        for part in ("worker", "api", "migrate"):
            given = services[f"{own}-{part}"]["secrets"]
            assert not [name for name in given if other in name or "superuser" in name]
