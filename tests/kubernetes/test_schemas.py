"""Every resource is one that Kubernetes, or the operator that reads it, would take."""

import copy
import json

import jsonschema
import kubernetes_validate
import pytest
from kubernetes_validate.utils import latest_version

from tests.kubernetes.manifests import KINDS_WITH_PODS, PARTS, ROOT, of_kind, rendered

OLDEST = "1.27"
"""A CronJob's time zone is in every Kubernetes from this version on."""

SCHEMAS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "tests" / "kubernetes" / "schemas").glob("*.json"))
}
KINDS_OF_PARTS = {
    "rabbitmq": {"RabbitmqCluster"},
    "keda": {"ScaledObject", "TriggerAuthentication"},
    "monitoring": {"PodMonitor", "PrometheusRule"},
}


def is_kubernetes_own(document):
    return document["kind"] not in SCHEMAS


def check(document, version):
    if is_kubernetes_own(document):
        kubernetes_validate.validate(document, version, strict=True)
    else:
        jsonschema.validate(document, SCHEMAS[document["kind"]])


def named(document):
    return f"{document['kind']} {document['metadata']['name']}"


@pytest.mark.parametrize("version", [OLDEST, latest_version()])
def test_every_resource_is_one_that_kubernetes_or_its_operator_takes(version):
    distinct = {
        json.dumps(document, sort_keys=True): document
        for part in PARTS
        for document in rendered(part)
    }

    for document in distinct.values():
        check(document, version)


@pytest.mark.parametrize("part", KINDS_OF_PARTS)
def test_what_needs_an_operator_is_in_a_folder_of_its_own(part):
    theirs = {document["kind"] for document in rendered(part) if not is_kubernetes_own(document)}

    assert theirs == KINDS_OF_PARTS[part]
    assert all(is_kubernetes_own(document) for document in rendered("base"))


def test_what_is_added_to_the_pods_of_rabbitmq_is_one_that_kubernetes_takes():
    (cluster,) = of_kind("rabbitmq", "RabbitmqCluster")
    added = cluster["spec"]["override"]["statefulSet"]["spec"]["template"]["spec"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "rabbitmq-server-0"},
        "spec": {**added, "affinity": cluster["spec"]["affinity"]},
    }

    for version in (OLDEST, latest_version()):
        kubernetes_validate.validate(pod, version, strict=True)


@pytest.mark.parametrize("part", ["base", "rabbitmq", "keda", "monitoring"])
def test_a_misspelt_field_is_found(part):
    for document in rendered(part):
        wrong = copy.deepcopy(document)
        inner = wrong.get("spec", wrong["metadata"])
        inner["replicaz"] = 1

        with pytest.raises(jsonschema.ValidationError):
            check(wrong, latest_version())


@pytest.mark.parametrize("part", PARTS)
def test_no_resource_is_there_twice(part):
    names = [named(document) for document in rendered(part)]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("part", PARTS)
def test_everything_is_in_the_one_namespace(part):
    elsewhere = [
        named(document)
        for document in rendered(part)
        if document["kind"] != "Namespace" and document["metadata"]["namespace"] != "fosterframe"
    ]

    assert not elsewhere


def test_the_overlay_for_production_leaves_nothing_out():
    whole = {(d["kind"], d["metadata"]["name"]) for d in rendered("overlays/production")}
    parts = {
        (document["kind"], document["metadata"]["name"])
        for part in ("base", "rabbitmq", "keda", "monitoring")
        for document in rendered(part)
        # The names of ours end in a digest of what they hold.
        if document["kind"] != "ConfigMap"
    }

    assert parts <= whole
    assert {kind for kind, _ in parts} >= set(KINDS_WITH_PODS)
