"""A broker that could lose messages or hold them back is refused, each time with advice."""

from dataclasses import replace

import pytest

from shared.messaging.administration.management import BrokerState, ExchangeState, QueueState
from shared.messaging.administration.soundness import findings
from shared.messaging.topology import Topology, topology
from tests.messaging.messages import until
from tests.messaging.rabbitmq_links import linked, memory_alarm
from tests.messaging.test_management import management_of

WHOLE = topology()
NODES = {"rabbit@one": True, "rabbit@two": True, "rabbit@three": True}


def sound_state(**changes):
    """Return the state of a cluster of three with which nothing is wrong."""
    queues = {
        queue.name: QueueState(
            queue.name, "quorum", dict(queue.arguments), tuple(NODES), tuple(NODES), 0, 0, 1, 0
        )
        for queue in WHOLE.queues
    }
    state = BrokerState(
        version="3.13.7",
        nodes=NODES,
        alarms=(),
        feature_flags=None,
        queues=queues,
        exchanges={
            one.name: ExchangeState(one.name, one.kind, is_durable=True, arguments={})
            for one in WHOLE.exchanges
        },
        bindings=frozenset((b.exchange, b.queue, b.routing_key) for b in WHOLE.bindings),
        policies=(),
    )
    return replace(state, **changes)


def with_queue(name, **changes):
    state = sound_state()
    return replace(state, queues={**state.queues, name: replace(state.queues[name], **changes)})


def told(state, weight="refused"):
    return [str(one) for one in findings(state, WHOLE) if one.weight == weight]


def test_nothing_is_said_of_a_sound_cluster():
    assert findings(sound_state(), WHOLE) == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (sound_state(version="3.9.29"), "too old"),
        (
            sound_state(
                version="3.11.1", feature_flags={"quorum_queue": True, "stream_queue": False}
            ),
            "rabbitmqctl enable_feature_flag stream_queue",
        ),
        (sound_state(alarms=("disk at rabbit@one",)), "takes no messages: disk at rabbit@one"),
        (
            with_queue("pricing.dead", members=("rabbit@one",), online=("rabbit@one",)),
            "rabbitmq-queues grow rabbit@two all",
        ),
        (with_queue("pricing.dead", online=("rabbit@one",)), "stands still"),
        (with_queue("pricing.dead", kind="classic"), "is a classic queue"),
    ],
)
def test_what_is_unsafe_is_refused_with_advice(state, said):
    refused = told(state)

    assert [one for one in refused if said in one], refused


def test_a_broker_of_one_node_is_a_warning_only():
    everywhere = {
        name: replace(queue, members=("rabbit@one",), online=("rabbit@one",))
        for name, queue in sound_state().queues.items()
    }
    state = sound_state(nodes={"rabbit@one": True}, queues=everywhere)

    assert told(state) == []
    assert "one node" in told(state, "warning")[0]


def test_a_node_that_is_down_is_a_warning_while_most_are_up():
    state = sound_state(nodes={**NODES, "rabbit@two": False})

    assert told(state) == []
    assert "rabbit@two is down" in told(state, "warning")[0]


def test_feature_flags_that_may_not_be_asked_for_are_noted_where_they_matter():
    assert "list_feature_flags" in told(sound_state(version="3.10.8"), "note")[0]
    assert told(sound_state(version="4.0.5"), "note") == []


# On a real broker.


@pytest.fixture
def unsound(rabbitmq):
    """Ask a real broker for its state, after something was done to it."""
    link = linked(rabbitmq)
    link.declare(WHOLE)

    def refused(weight="refused"):
        with management_of(rabbitmq) as management:
            return told(management.state(rabbitmq.vhost), weight)

    yield rabbitmq, link, refused
    link.close()


def put_policy(rabbitmq, definition, *, kind="policies", pattern=".*", applies_to="all"):
    body = {"pattern": pattern, "definition": definition, "apply-to": applies_to, "priority": 1}
    rabbitmq.server.administer("PUT", f"/api/{kind}/{rabbitmq.vhost}/meddling", body)


@pytest.mark.rabbitmq
def test_our_topology_as_it_is_declared_is_sound(unsound):
    _, _, refused = unsound

    assert refused() == []
    # The suite's own exchange and queues are nobody's business.
    assert [one for one in refused("warning") if "one node" not in one] == []


@pytest.mark.rabbitmq
@pytest.mark.parametrize(
    ("definition", "kind", "said"),
    [
        ({"message-ttl": 60_000}, "policies", "pricing.decisions: messages would be dropped"),
        ({"message-ttl": 60_000}, "operator-policies", "operator policy meddling sets message-ttl"),
        ({"expires": 60_000}, "policies", "the queue would be deleted"),
        ({"delivery-limit": 3}, "policies", "eligibility.referrals: messages would be dropped"),
        ({"delivery-limit": 20}, "policies", "finance.price-changes: messages would be dropped"),
        ({"overflow": "drop-head"}, "policies", "sets overflow to drop-head"),
        ({"max-length": 10, "overflow": "drop-head"}, "policies", "sets max-length to 10"),
        ({"dead-letter-strategy": "at-most-once"}, "policies", "sets dead-letter-strategy"),
        ({"alternate-exchange": "amq.fanout"}, "policies", "alternate exchange, by the policy"),
    ],
)
def test_a_policy_that_undoes_what_our_queues_promise_is_refused(unsound, definition, kind, said):
    rabbitmq, _, refused = unsound

    put_policy(rabbitmq, definition, kind=kind)

    assert [one for one in refused() if said in one], refused()


@pytest.mark.rabbitmq
@pytest.mark.parametrize(
    ("definition", "pattern"),
    [
        ({"max-length": 1_000_000}, ".*"),
        ({"delivery-limit": 50}, "^(eligibility|pricing)[.](?!dead)"),
        ({"message-ttl": 1}, "^somebody-else"),
        ({"dead-letter-strategy": "at-least-once"}, ".*"),
    ],
)
def test_a_policy_that_harms_none_of_ours_is_let_be(unsound, definition, pattern):
    rabbitmq, _, refused = unsound

    put_policy(rabbitmq, definition, pattern=pattern)

    assert refused() == []


@pytest.mark.rabbitmq
def test_only_the_policy_of_the_highest_priority_counts(unsound):
    rabbitmq, _, refused = unsound
    put_policy(rabbitmq, {"expires": 60_000})

    stronger = {"pattern": ".*", "definition": {"max-length": 9}, "priority": 5, "apply-to": "all"}
    rabbitmq.server.administer("PUT", f"/api/policies/{rabbitmq.vhost}/stronger", stronger)

    assert refused() == []


@pytest.mark.rabbitmq
def test_what_is_missing_or_was_made_otherwise_is_refused(unsound):
    rabbitmq, link, refused = unsound
    administer, vhost = rabbitmq.server.administer, rabbitmq.vhost
    administer("DELETE", f"/api/queues/{vhost}/finance.reviews")
    administer("DELETE", f"/api/queues/{vhost}/pricing.register")
    administer("DELETE", f"/api/exchanges/{vhost}/fosterframe.dead")
    other = Topology((), (replace(queue_named("pricing.register"), arguments=QUORUM),), ())
    link.declare(other)

    said = "\n".join(refused())

    assert "There is no queue finance.reviews." in said
    assert "There is no exchange fosterframe.dead." in said
    assert "pricing.register has other arguments than ours: x-dead-letter-exchange" in said
    assert "pricing.register does not take 'provider.updated.v1'" in said
    assert "fosterframe broker declare" in said


QUORUM = {"x-queue-type": "quorum"}


def queue_named(name):
    return next(queue for queue in WHOLE.queues if queue.name == name)


@pytest.mark.rabbitmq
def test_an_alternate_exchange_is_refused_and_a_strange_reader_is_a_warning(unsound):
    rabbitmq, _, refused = unsound
    administer, vhost = rabbitmq.server.administer, rabbitmq.vhost
    administer("DELETE", f"/api/exchanges/{vhost}/fosterframe")
    made = {"type": "topic", "durable": True, "arguments": {"alternate-exchange": "amq.fanout"}}
    administer("PUT", f"/api/exchanges/{vhost}/fosterframe", made)
    administer("POST", f"/api/bindings/{vhost}/e/fosterframe/q/planned", {"routing_key": "#"})

    assert [one for one in refused() if "fosterframe has an alternate exchange" in one]
    assert [one for one in refused("warning") if "queue planned, which is not ours" in one]


@pytest.mark.rabbitmq
def test_a_broker_short_of_memory_is_refused_while_it_is(unsound):
    rabbitmq, _, refused = unsound
    said = []

    with memory_alarm(rabbitmq.server):
        until(lambda: said.extend(one for one in refused() if "memory at" in one) or said)

    assert "takes no messages" in said[0]
