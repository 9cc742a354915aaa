"""Every pod is small, watched, without rights it does not need, and may be moved at any time."""

from decimal import Decimal

import pytest

from services.addresses import PORTS
from tests.kubernetes.manifests import (
    OVERLAYS,
    PARTS,
    matches,
    of_kind,
    rendered,
    secrets_of,
    workload,
    workloads,
)

NOBODY = 10001
PROBES_OF_WORKERS = {"eligibility": 9101, "pricing": 9102}
MEBIBYTES = 1024 * 1024
UNITS = {"m": Decimal("0.001"), "": Decimal(1), "Mi": Decimal(MEBIBYTES)}

EVERY = pytest.mark.parametrize("part", ["base", *OVERLAYS])


def deployments(part):
    return [each for each in workloads(part) if each.kind == "Deployment"]


def amount(quantity):
    number = str(quantity).rstrip("Mim")
    return Decimal(number) * UNITS[str(quantity).removeprefix(number)]


@EVERY
def test_every_container_runs_as_nobody_with_nothing_to_write_to_and_no_rights(part):
    for each in workloads(part):
        whole, own = each.pod["securityContext"], each.container["securityContext"]

        assert whole["runAsNonRoot"] is True
        assert whole["runAsUser"] == whole["runAsGroup"] == NOBODY
        assert whole["seccompProfile"] == {"type": "RuntimeDefault"}
        assert own["readOnlyRootFilesystem"] is True
        assert own["allowPrivilegeEscalation"] is False
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & set(each.pod)


@EVERY
def test_a_pod_writes_to_a_small_tmp_and_reads_its_secrets(part):
    for each in workloads(part):
        mounts = {mount["mountPath"]: mount for mount in each.container["volumeMounts"]}
        volumes = {volume["name"]: volume for volume in each.pod["volumes"]}

        assert set(mounts) == {"/tmp", "/run/secrets"}  # noqa: S108 - in a container
        assert mounts["/run/secrets"]["readOnly"] is True
        assert volumes["tmp"]["emptyDir"]["sizeLimit"] == "64Mi"
        # Root's, and readable for the group that the pod is in.
        assert volumes["secrets"]["projected"]["defaultMode"] == 0o440
        assert each.pod["securityContext"]["fsGroup"] == NOBODY
        assert secrets_of(each)


@EVERY
def test_no_pod_is_given_a_token_of_kubernetes(part):
    accounts = {each["metadata"]["name"]: each for each in of_kind(part, "ServiceAccount")}

    for each in workloads(part):
        account = accounts[each.pod["serviceAccountName"]]

        assert account["automountServiceAccountToken"] is False
        assert each.pod["automountServiceAccountToken"] is False
        assert each.pod["enableServiceLinks"] is False


@EVERY
def test_every_container_asks_for_what_it_may_take_at_the_most_or_less(part):
    for each in workloads(part):
        resources = each.container["resources"]

        for what in ("cpu", "memory"):
            assert 0 < amount(resources["requests"][what]) <= amount(resources["limits"][what])


@EVERY
@pytest.mark.parametrize("service", PORTS)
def test_a_worker_may_take_256_mib(part, service):
    worker = workload(part, f"{service}-worker")

    assert amount(worker.container["resources"]["limits"]["memory"]) == 256 * MEBIBYTES


@EVERY
def test_every_deployment_is_asked_whether_it_started_lives_and_is_ready(part):
    for each in deployments(part):
        ports = {port["name"]: port["containerPort"] for port in each.container["ports"]}
        expected = PORTS if each.component == "api" else PROBES_OF_WORKERS
        (name,) = ports

        assert ports[name] == expected[each.service]
        for probe, path in (
            ("startupProbe", "/healthz"),
            ("livenessProbe", "/healthz"),
            ("readinessProbe", "/readyz"),
        ):
            assert each.container[probe]["httpGet"] == {"path": path, "port": name}


@EVERY
def test_every_deployment_has_pods_that_it_finds_and_nobody_else_does(part):
    all_labels = {each.name: each.labels for each in workloads(part)}

    for each in deployments(part):
        found = [
            name
            for name, labels in all_labels.items()
            if matches(each.whole["spec"]["selector"], labels)
        ]

        assert found == [each.name]


@EVERY
def test_every_deployment_lets_one_pod_at_a_time_be_moved(part):
    budgets = of_kind(part, "PodDisruptionBudget")

    for each in deployments(part):
        (budget,) = (b for b in budgets if matches(b["spec"]["selector"], each.labels))

        assert budget["spec"]["maxUnavailable"] == 1


def test_one_node_of_rabbitmq_at_a_time_may_be_moved():
    (budget,) = of_kind("rabbitmq", "PodDisruptionBudget")
    (cluster,) = of_kind("rabbitmq", "RabbitmqCluster")

    assert matches(budget["spec"]["selector"], {"app.kubernetes.io/name": "rabbitmq"})
    assert budget["spec"]["maxUnavailable"] == 1
    assert cluster["spec"]["replicas"] == 3


@EVERY
def test_no_old_pod_goes_before_a_new_one_is_ready_and_none_is_cut_short(part):
    for each in deployments(part):
        strategy = each.whole["spec"]["strategy"]

        assert strategy["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        assert each.pod["terminationGracePeriodSeconds"] >= 20


@EVERY
def test_the_pods_of_a_deployment_are_spread_over_nodes_and_zones(part):
    for each in deployments(part):
        spread = each.pod["topologySpreadConstraints"]

        assert [rule["topologyKey"] for rule in spread] == [
            "kubernetes.io/hostname",
            "topology.kubernetes.io/zone",
        ]
        assert all(matches(rule["labelSelector"], each.labels) for rule in spread)


@EVERY
def test_every_service_leads_to_the_api_of_its_name(part):
    for service in of_kind(part, "Service"):
        name, spec = service["metadata"]["name"], service["spec"]
        chosen = [
            each
            for each in workloads(part)
            if matches({"matchLabels": spec["selector"]}, each.labels)
        ]

        assert [each.name for each in chosen] == [name]
        (port,) = spec["ports"]
        assert port["port"] == PORTS[chosen[0].service]
        assert port["targetPort"] == chosen[0].container["ports"][0]["name"]


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_served_to_the_world(part):
    kinds = {document["kind"] for document in rendered(part)}

    assert not kinds & {"Ingress", "HTTPRoute", "Gateway"}
    assert all("type" not in service["spec"] for service in of_kind(part, "Service"))
