"""The manifests as kubectl renders them, and the pods that they make."""

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ruamel.yaml import YAML

from tests.support.absent import absent

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
OVERLAYS = ("overlays/sample", "overlays/production")
PARTS = ("base", "rabbitmq", "keda", "monitoring", *OVERLAYS)
SERVICES = ("eligibility", "pricing")
KINDS_WITH_PODS = ("Deployment", "Job", "CronJob")

# What tools/make-secrets writes; here without a secret in it.
SECRET_FILES = (
    "postgres-eligibility.password",
    "postgres-pricing.password",
    "rabbitmq-eligibility.password",
    "rabbitmq-pricing.password",
    "rabbitmq-monitoring.password",
    "rabbitmq-definitions.json",
)


@dataclass(frozen=True)
class Workload:
    """What makes pods, and the pods that it makes."""

    kind: str
    name: str
    whole: dict
    labels: dict
    pod: dict

    @property
    def container(self):
        (only,) = self.pod["containers"]
        return only

    @property
    def service(self):
        return self.labels["app.kubernetes.io/name"]

    @property
    def component(self):
        return self.labels["app.kubernetes.io/component"]


@cache
def rendered(part):
    """Return the documents that `kubectl kustomize` makes of one folder."""
    if shutil.which("kubectl") is None:
        absent("kubectl is missing; tools/install-kubectl installs it, or says how")
    with TemporaryDirectory() as scratch:
        copied = Path(scratch) / "kubernetes"
        # Secrets that somebody keeps there for real stay out of it.
        shutil.copytree(FOLDER, copied, ignore=shutil.ignore_patterns("secrets"))
        secrets = copied / "overlays" / "sample" / "secrets"
        secrets.mkdir()
        for name in SECRET_FILES:
            (secrets / name).write_text("not a secret", encoding="utf-8")
        done = subprocess.run(
            ["kubectl", "kustomize", str(copied / part)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    return tuple(YAML(typ="safe").load_all(done.stdout))


def of_kind(part, kind):
    return [document for document in rendered(part) if document["kind"] == kind]


def workloads(part):
    """Return everything of ours that makes pods."""
    return [_workload(d) for d in rendered(part) if d["kind"] in KINDS_WITH_PODS]


def workload(part, name):
    (only,) = (each for each in workloads(part) if each.name == name)
    return only


def environment(part, of):
    """Return the environment of a workload's container, its ConfigMaps included."""
    maps = {each["metadata"]["name"]: each["data"] for each in of_kind(part, "ConfigMap")}
    told = {}
    for source in of.container.get("envFrom", ()):
        told |= maps[source["configMapRef"]["name"]]
    return told | {each["name"]: each["value"] for each in of.container.get("env", ())}


def secrets_of(of):
    """Return the secrets whose files a workload's pods see."""
    return [
        source["secret"]["name"]
        for volume in of.pod["volumes"]
        for source in volume.get("projected", {}).get("sources", ())
    ]


def matches(selector, labels):
    """Say whether a selector chooses something with these labels; none chooses all."""
    assert set(selector) <= {"matchLabels"}
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())


def _workload(document):
    spec = document["spec"]
    if document["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    template = spec["template"]
    return Workload(
        document["kind"],
        document["metadata"]["name"],
        document,
        template["metadata"]["labels"],
        template["spec"],
    )
