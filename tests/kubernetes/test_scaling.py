"""KEDA watches queues that are there, of the service whose workers it adds."""

import pytest

from shared.messaging.administration.definitions import MONITORING, VIRTUAL_HOST
from shared.messaging.topology import CONSUMED_QUEUES, topology
from tests.kubernetes.manifests import SERVICES, of_kind, workload

SCALED = pytest.mark.parametrize("part", ["keda", "overlays/production"])
READ_BY_THE_TRIGGER = {"protocol", "host", "vhostName", "queueName", "mode", "value"}


def scaled(part, service):
    (found,) = (
        each
        for each in of_kind(part, "ScaledObject")
        if each["spec"]["scaleTargetRef"]["name"] == f"{service}-worker"
    )
    return found["spec"]


def watched(part, service):
    return [trigger["metadata"]["queueName"] for trigger in scaled(part, service)["triggers"]]


@SCALED
@pytest.mark.parametrize("service", SERVICES)
def test_every_queue_that_is_watched_exists_and_is_read_by_the_workers_that_are_added(
    part, service
):
    queues = {queue.name for queue in topology().queues}

    assert set(watched(part, service)) <= queues & set(CONSUMED_QUEUES[service])


@pytest.mark.parametrize("service", SERVICES)
def test_every_queue_that_grows_with_the_work_is_watched(service):
    # The register changes by a few messages a day.
    growing = [queue for queue in CONSUMED_QUEUES[service] if not queue.endswith(".register")]

    assert sorted(watched("keda", service)) == sorted(growing)


@SCALED
@pytest.mark.parametrize("service", SERVICES)
def test_a_worker_is_always_there_and_emergencies_bring_another_soonest(part, service):
    spec = scaled(part, service)
    most = {
        trigger["metadata"]["queueName"]: int(trigger["metadata"]["value"])
        for trigger in spec["triggers"]
    }

    assert 1 <= spec["minReplicaCount"] < spec["maxReplicaCount"]
    assert min(most, key=most.get) == f"{service}.emergencies"


@pytest.mark.parametrize("service", SERVICES)
def test_production_keeps_two_workers_at_the_least(service):
    spec = scaled("overlays/production", service)

    assert spec["minReplicaCount"] >= 2
    assert spec["fallback"]["replicas"] >= spec["minReplicaCount"]


@SCALED
@pytest.mark.parametrize("service", SERVICES)
def test_every_trigger_asks_the_broker_as_the_user_who_may_only_look(part, service):
    (authentication,) = of_kind(part, "TriggerAuthentication")
    (username,) = authentication["spec"]["configMapTargetRef"]
    (watcher,) = (
        each for each in of_kind(part, "ConfigMap") if each["metadata"]["name"] == username["name"]
    )

    for trigger in scaled(part, service)["triggers"]:
        told = trigger["metadata"]

        assert trigger["type"] == "rabbitmq"
        assert set(told) == READ_BY_THE_TRIGGER
        assert (told["protocol"], told["mode"]) == ("http", "QueueLength")
        assert told["host"] == "http://rabbitmq.fosterframe.svc:15672/"
        assert told["vhostName"] == VIRTUAL_HOST
        assert trigger["authenticationRef"]["name"] == authentication["metadata"]["name"]
    assert (username["parameter"], watcher["data"][username["key"]]) == ("username", MONITORING)


@SCALED
@pytest.mark.parametrize("service", SERVICES)
def test_only_keda_says_how_many_workers_there_are(part, service):
    assert scaled(part, service)["scaleTargetRef"]["name"] == f"{service}-worker"
    for overlay in ("base", "overlays/production"):
        assert "replicas" not in workload(overlay, f"{service}-worker").whole["spec"]
