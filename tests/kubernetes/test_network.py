"""Each pod reaches what it needs and nothing else."""

import pytest

from services.addresses import PORTS
from tests.kubernetes.manifests import SERVICES, of_kind, rendered, workload, workloads
from tests.kubernetes.reach import outside, pod, reaches

POSTGRESQL, AMQP, MANAGEMENT, METRICS_OF_BROKER = 5432, 5672, 15672, 15692
KUBERNETES = 6443
PROBES = {"eligibility": 9101, "pricing": 9102}
DATABASES = {service: pod({"fosterframe/database": service}, "databases") for service in SERVICES}
MANAGED = {"eligibility": outside("192.0.2.10"), "pricing": outside("192.0.2.20")}
BROKER = pod({"app.kubernetes.io/name": "rabbitmq"})
NAMES = pod({"k8s-app": "kube-dns"}, "kube-system")
PROMETHEUS = pod({"app.kubernetes.io/name": "prometheus"}, "monitoring")
KEDA = pod({"app": "keda-operator"}, "keda")
CALLER = pod({}, "case-management", fosterframe__calls_api="true")
PARTY = pod({}, "finance", fosterframe__uses_broker="true")
STRANGER = pod({}, "elsewhere")
INTERNET = outside("198.51.100.7")

WORKLOADS = pytest.mark.parametrize(
    "name",
    [f"{service}-{what}" for service in SERVICES for what in ("worker", "api", "migrate")]
    + ["pricing-tick"],
)


@pytest.fixture(scope="module")
def sample():
    return of_kind("overlays/sample", "NetworkPolicy")


@pytest.fixture(scope="module")
def production():
    return of_kind("overlays/production", "NetworkPolicy")


def pod_of(name):
    return pod(workload("base", name).labels)


def service_of(name):
    return name.split("-", 1)[0]


def test_the_names_above_are_all_that_there_are():
    assert {each.name for each in workloads("base")} == set(WORKLOADS.args[1])


@WORKLOADS
def test_a_pod_reaches_its_services_database_and_not_the_others(name, sample, production):
    here, own = pod_of(name), service_of(name)
    (other,) = set(SERVICES) - {own}

    assert reaches(sample, here, DATABASES[own], POSTGRESQL)
    assert not reaches(sample, here, DATABASES[other], POSTGRESQL)
    assert reaches(production, here, MANAGED[own], POSTGRESQL)
    assert not reaches(production, here, MANAGED[other], POSTGRESQL)


@WORKLOADS
def test_only_a_worker_reaches_the_broker(name, sample):
    is_worker = name.endswith("-worker")

    for port in (AMQP, MANAGEMENT):
        assert reaches(sample, pod_of(name), BROKER, port) is is_worker


@WORKLOADS
def test_a_pod_may_ask_for_names_and_reaches_nothing_else(name, sample, production):
    here = pod_of(name)

    for policies in (sample, production):
        assert reaches(policies, here, NAMES, 53, "UDP")
        assert reaches(policies, here, NAMES, 53)
        for there in (INTERNET, STRANGER, CALLER, PROMETHEUS):
            assert not any(reaches(policies, here, there, port) for port in (80, 443, KUBERNETES))


@pytest.mark.parametrize("service", SERVICES)
def test_an_api_is_called_from_a_namespace_that_may_and_from_no_other(service, sample):
    api, port = pod_of(f"{service}-api"), PORTS[service]

    assert reaches(sample, CALLER, api, port)
    assert not reaches(sample, CALLER, api, POSTGRESQL)
    for source in (STRANGER, PARTY, KEDA, INTERNET, BROKER, pod_of("pricing-worker")):
        assert not reaches(sample, source, api, port)


@pytest.mark.parametrize("service", SERVICES)
def test_prometheus_reads_workers_and_apis_and_nobody_else_does(service, sample):
    worker, api = pod_of(f"{service}-worker"), pod_of(f"{service}-api")

    assert reaches(sample, PROMETHEUS, worker, PROBES[service])
    assert reaches(sample, PROMETHEUS, api, PORTS[service])
    for source in (STRANGER, PARTY, CALLER, KEDA, INTERNET, pod({}, "monitoring")):
        assert not reaches(sample, source, worker, PROBES[service])


def test_parties_reach_the_brokers_queues_and_not_its_management(sample):
    assert reaches(sample, PARTY, BROKER, AMQP)
    assert not reaches(sample, PARTY, BROKER, MANAGEMENT)
    assert not reaches(sample, STRANGER, BROKER, AMQP)
    assert not reaches(sample, CALLER, BROKER, AMQP)


def test_keda_and_prometheus_reach_what_they_read_of_the_broker(production):
    assert reaches(production, KEDA, BROKER, MANAGEMENT)
    assert not reaches(production, KEDA, BROKER, AMQP)
    assert reaches(production, PROMETHEUS, BROKER, METRICS_OF_BROKER)
    assert not reaches(production, PROMETHEUS, BROKER, AMQP)


def test_the_brokers_nodes_reach_each_other_and_kubernetes_and_no_database(sample):
    for port in (4369, 25672):
        assert reaches(sample, BROKER, BROKER, port)
        assert not reaches(sample, pod_of("pricing-worker"), BROKER, port)
    assert reaches(sample, BROKER, outside("203.0.113.1"), KUBERNETES)
    assert not any(reaches(sample, BROKER, there, POSTGRESQL) for there in DATABASES.values())


def test_whatever_else_comes_into_the_namespace_reaches_nothing_until_it_is_named(sample):
    newcomer = pod({"app": "something"})

    for there, port in ((BROKER, AMQP), (DATABASES["pricing"], POSTGRESQL), (INTERNET, 443)):
        assert not reaches(sample, newcomer, there, port)
    assert not reaches(sample, STRANGER, newcomer, 80)


def test_the_ports_that_the_policies_name_are_those_of_the_pods():
    served = {
        port["containerPort"]
        for each in workloads("base")
        for port in each.container.get("ports", ())
    }
    let_in = {
        port["port"]
        for policy in rendered("base")
        if policy["kind"] == "NetworkPolicy"
        for rule in policy["spec"].get("ingress", ())
        for port in rule["ports"]
    }

    assert served == let_in
