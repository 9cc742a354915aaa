"""Each container is told what it needs, by settings that the services know, and no secret."""

import re

import pytest
import typer
from typer.testing import CliRunner

from services.__main__ import app
from services.pricing.cli import commands as pricing_cli
from shared.messaging.administration.definitions import USERS, VIRTUAL_HOST
from shared.settings import settings_from
from tests.kubernetes.manifests import (
    FOLDER,
    OVERLAYS,
    PARTS,
    ROOT,
    SERVICES,
    environment,
    of_kind,
    rendered,
    secrets_of,
    workload,
    workloads,
)

EVERY = pytest.mark.parametrize("part", ["base", *OVERLAYS])
DOCUMENT = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")
IMAGE = {service: f"fosterframe/{service}" for service in SERVICES}
SECRET_ROW = re.compile(r"^\| `([\w-]+)` \| `([\w.-]+)` \|", re.MULTILINE)
DOCUMENTED = dict(SECRET_ROW.findall(DOCUMENT))


def settings_of(part, each, folder):
    """The settings as the container would read them, its secrets being in a folder of ours."""
    told = environment(part, each)
    for name, value in told.items():
        if name.endswith("_PASSWORD_FILE"):
            mounted = folder / value.removeprefix("/run/secrets/")
            mounted.write_text("correct-horse-battery-staple", encoding="utf-8")
            told[name] = str(mounted)
    return settings_from(told)


@EVERY
def test_the_services_know_every_setting_and_take_its_value(part, tmp_path):
    for each in workloads(part):
        settings = settings_of(part, each, tmp_path)

        assert settings.migrate == "check"
        assert set(settings.database_urls) == {each.service}


@EVERY
def test_only_workers_are_told_of_the_broker(part, tmp_path):
    for each in workloads(part):
        settings = settings_of(part, each, tmp_path)
        is_worker = each.component == "worker"

        assert (settings.amqp_url is not None) == is_worker
        assert (settings.probes is not None) == is_worker
        if is_worker:
            url = environment(part, each)["FOSTERFRAME_AMQP_URL"]
            assert url == f"amqp://{each.service}@rabbitmq:5672/{VIRTUAL_HOST}"
            assert each.service in USERS
            assert settings.topology == "own"
            assert settings.probes.port == each.container["ports"][0]["containerPort"]


@EVERY
def test_every_password_is_a_file_of_a_secret_that_the_pod_sees(part):
    for each in workloads(part):
        seen = {DOCUMENTED[secret] for secret in secrets_of(each)}
        told = environment(part, each)
        files = {value for name, value in told.items() if name.endswith("_PASSWORD_FILE")}

        assert files == {f"/run/secrets/{key}" for key in seen}


@EVERY
def test_no_service_sees_a_secret_of_the_other(part):
    for each in workloads(part):
        (other,) = set(SERVICES) - {each.service}

        assert not [name for name in secrets_of(each) if other in name]


def test_every_secret_that_is_needed_is_documented_with_its_key():
    needed = {secret for each in workloads("overlays/production") for secret in secrets_of(each)}
    (cluster,) = of_kind("rabbitmq", "RabbitmqCluster")
    added = cluster["spec"]["override"]["statefulSet"]["spec"]["template"]["spec"]
    needed |= {volume["secret"]["secretName"] for volume in added["volumes"]}
    (watcher,) = of_kind("keda", "TriggerAuthentication")
    (password,) = watcher["spec"]["secretTargetRef"]

    assert needed | {password["name"]} == set(DOCUMENTED)
    assert DOCUMENTED[password["name"]] == password["key"]


def test_rabbitmq_loads_the_definitions_that_the_secret_holds():
    (cluster,) = of_kind("rabbitmq", "RabbitmqCluster")
    added = cluster["spec"]["override"]["statefulSet"]["spec"]["template"]["spec"]
    (mount,) = added["containers"][0]["volumeMounts"]

    loaded = f"load_definitions = {mount['mountPath']}/{DOCUMENTED['rabbitmq-definitions']}"

    assert loaded in cluster["spec"]["rabbitmq"]["additionalConfig"].splitlines()


@pytest.mark.parametrize("setting", ["max_message_size", "heartbeat", "channel_max"])
def test_rabbitmq_takes_and_refuses_what_it_does_in_the_containers(setting):
    (cluster,) = of_kind("rabbitmq", "RabbitmqCluster")
    here = cluster["spec"]["rabbitmq"]["additionalConfig"].splitlines()
    there = (ROOT / "deploy" / "rabbitmq" / "rabbitmq.conf").read_text(encoding="utf-8")

    (line,) = (line for line in there.splitlines() if line.startswith(f"{setting} ="))

    assert line in here


@pytest.mark.parametrize("part", [part for part in PARTS if part != "overlays/sample"])
def test_no_manifest_holds_a_secret(part):
    assert not of_kind(part, "Secret")


def test_the_sample_makes_the_documented_secrets_from_files_that_are_not_kept():
    made = {each["metadata"]["name"]: list(each["data"]) for each in of_kind(OVERLAYS[0], "Secret")}

    assert made == {secret: [key] for secret, key in DOCUMENTED.items()}
    assert (FOLDER / OVERLAYS[0] / ".gitignore").read_text(encoding="utf-8") == "secrets/\n"


@pytest.mark.parametrize("part", PARTS)
def test_no_address_holds_a_password(part):
    text = str(rendered(part))

    assert not re.search(r"://[^/@\s:]*:[^/@\s]+@", text)


@pytest.mark.parametrize("part", OVERLAYS)
def test_an_overlay_names_the_version_of_every_image(part):
    images = [each.container["image"] for each in workloads(part)]
    images += [each["spec"]["image"] for each in of_kind(part, "RabbitmqCluster")]

    assert all("@sha256:" in image or ":" in image.rsplit("/", 1)[-1] for image in images)
    assert not [image for image in images if image.endswith(":latest")]


def test_production_names_our_images_by_what_they_hold():
    for each in workloads("overlays/production"):
        assert re.search(rf"/{IMAGE[each.service]}@sha256:[0-9a-f]{{64}}$", each.container["image"])


@EVERY
def test_every_container_is_of_its_services_image(part):
    for each in workloads(part):
        assert IMAGE[each.service] in each.container["image"]


def test_every_command_is_one_that_fosterframe_has():
    commands = typer.Typer()
    commands.registered_commands = list(app.registered_commands)
    pricing_cli.attach(commands)

    for each in workloads("base"):
        asked = CliRunner().invoke(commands, [*each.container["args"], "--help"])
        unknown = CliRunner().invoke(commands, [*each.container["args"], "--no-such", "--help"])

        assert asked.exit_code == 0, asked.output
        assert unknown.exit_code != 0
        assert "command" not in each.container


@EVERY
def test_each_pod_does_what_its_name_says(part):
    assert {each.name: each.container["args"] for each in workloads(part)} == {
        "eligibility-worker": ["worker", "eligibility"],
        "eligibility-api": ["api", "eligibility", "--host", "0.0.0.0", "--port", "8101"],  # noqa: S104 - in a container
        "eligibility-migrate": ["migrate", "eligibility"],
        "pricing-worker": ["worker", "pricing"],
        "pricing-api": ["api", "pricing", "--host", "0.0.0.0", "--port", "8102"],  # noqa: S104 - in a container
        "pricing-migrate": ["migrate", "pricing"],
        "pricing-tick": ["pricing", "tick"],
    }


@EVERY
def test_the_tick_is_of_the_london_day_and_not_twice_at_once(part):
    tick = workload(part, "pricing-tick").whole["spec"]

    assert tick["timeZone"] == "Europe/London"
    assert tick["concurrencyPolicy"] == "Forbid"


@EVERY
def test_a_migration_is_tried_again_and_ends(part):
    for service in SERVICES:
        job = workload(part, f"{service}-migrate")

        assert job.whole["spec"]["backoffLimit"] >= 3
        assert job.whole["spec"]["ttlSecondsAfterFinished"] > 0
        assert job.pod["restartPolicy"] == "Never"
