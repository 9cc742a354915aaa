"""A node of the broker's cluster is lost and returns while both services work."""

import re
import time

import pytest

from shared.messaging.topology import topology
from tests.containers import engine
from tests.containers.survival import survive
from tests.containers.system import COMPOSE, kept_up, new_system

pytestmark = [pytest.mark.containers, pytest.mark.slow]

NODES = ("rabbitmq", "rabbitmq-2", "rabbitmq-3")
BUSIEST = "eligibility.referrals"
MEMBER = re.compile(r"rabbit@[\w-]+")
LOST_FOR_SECONDS = 10
RETURNS_WITHIN_SECONDS = 120


@pytest.fixture(scope="module")
def running_cluster(docker_compose_command, docker_compose_file, settings, tmp_path_factory):
    """A system of its own with three nodes and two workers of each service."""
    cluster = new_system(
        docker_compose_command,
        [*docker_compose_file, str(COMPOSE / "cluster.yml")],
        settings,
        tmp_path_factory.mktemp("secrets"),
        nodes=NODES,
    )
    with kept_up(cluster):
        yield cluster


@pytest.fixture
def cluster(running_cluster):
    """The cluster with all its nodes, each with a copy of every queue."""
    running_cluster.wait_ready()
    await_whole_queues(running_cluster)
    return running_cluster


def await_whole_queues(cluster):
    """Wait until every queue has a member at work on every node."""
    ends = time.monotonic() + RETURNS_WITHIN_SECONDS
    while lacking := queues_that_lack_a_member(cluster):
        assert time.monotonic() < ends, f"after {RETURNS_WITHIN_SECONDS} s: {lacking}"
        time.sleep(1)


def queues_that_lack_a_member(cluster):
    """Return where there is a member at work, of each queue that has not one on each node."""
    try:
        told = cluster.queue_facts("online")
    except RuntimeError as silent:
        return str(silent)
    everywhere = {f"rabbit@rabbitmq-{number}" for number, _ in enumerate(NODES, start=1)}
    queues = {queue.name for queue in topology().queues} | told.keys()
    found = {queue: told.get(queue, "there is no such queue") for queue in queues}
    return {
        queue: where for queue, where in found.items() if set(MEMBER.findall(where)) != everywhere
    }


def leader(cluster):
    """Return the Compose service whose node leads the busiest queue."""
    number = re.search(r"rabbitmq-(\d)", cluster.queue_facts("leader")[BUSIEST])[1]
    return NODES[int(number) - 1]


def lose_and_survive(cluster, table, fault, service, seed):
    container = cluster.container(service)

    def strike():
        # An engine that was asked to kill does not start it again by itself.
        engine.run("docker", "kill", "--signal=KILL", container)
        time.sleep(LOST_FOR_SECONDS)
        engine.run("docker", "start", container)

    survive(cluster, table, fault, strike, seed=seed)


def test_messages_flow_once_each_though_a_node_that_follows_is_lost(cluster, table):
    ahead = leader(cluster)
    follower = next(name for name in reversed(NODES) if name != ahead)

    lose_and_survive(cluster, table, "cluster: a following node lost", follower, 601)

    await_whole_queues(cluster)


def test_messages_flow_once_each_though_the_node_that_leads_is_lost(cluster, table):
    ahead = leader(cluster)

    lose_and_survive(cluster, table, "cluster: the leading node lost", ahead, 602)

    await_whole_queues(cluster)


def test_a_node_takes_again_the_copies_that_were_taken_from_it(cluster):
    told = cluster.execute(NODES[0], "rabbitmq-queues", "shrink", "rabbit@rabbitmq-3")

    await_whole_queues(cluster)

    # Not looked at meanwhile: the node may have it back at once.
    assert re.search(rf"{re.escape(BUSIEST)}\t2\tok", told)
