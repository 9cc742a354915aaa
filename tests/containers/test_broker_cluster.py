"""A node of the broker's cluster is lost and returns while both services work."""

import re
import time

import pytest

from tests.containers import engine
from tests.containers.survival import survive
from tests.containers.system import COMPOSE, kept_up, new_system

pytestmark = [pytest.mark.containers, pytest.mark.slow]

NODES = ("rabbitmq", "rabbitmq-2", "rabbitmq-3")
BUSIEST = "eligibility.referrals"
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
        engine.until(lambda: has_whole_queues(cluster), RETURNS_WITHIN_SECONDS, "whole queues")
        yield cluster


@pytest.fixture
def cluster(running_cluster):
    """The cluster with all its nodes, each with a copy of every queue."""
    running_cluster.wait_ready()
    engine.until(lambda: has_whole_queues(running_cluster), RETURNS_WITHIN_SECONDS, "whole queues")
    return running_cluster


def has_whole_queues(cluster):
    """Say whether every queue has a member on every node that is up."""
    told = queue_facts(cluster, "online")
    return bool(told) and all(facts.count("rabbit@") == len(NODES) for facts in told.values())


def queue_facts(cluster, fact):
    """Return one thing about each queue, as a node that lives tells it."""
    node = next(name for name in NODES if cluster.containers(name))
    rows = cluster.rabbitmqctl(
        "list_queues", "--vhost", "fosterframe", "--no-table-headers", "name", fact, node=node
    )
    return dict(row.split("\t", 1) for row in rows.splitlines() if "\t" in row)


def leader(cluster):
    """Return the Compose service whose node leads the busiest queue."""
    number = re.search(r"rabbitmq-(\d)", queue_facts(cluster, "leader")[BUSIEST])[1]
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

    engine.until(lambda: has_whole_queues(cluster), RETURNS_WITHIN_SECONDS, "the node's return")


def test_messages_flow_once_each_though_the_node_that_leads_is_lost(cluster, table):
    ahead = leader(cluster)

    lose_and_survive(cluster, table, "cluster: the leading node lost", ahead, 602)

    engine.until(lambda: has_whole_queues(cluster), RETURNS_WITHIN_SECONDS, "the node's return")
