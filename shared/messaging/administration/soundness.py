"""What of a broker's state would lose messages or hold them back, and what to do about it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from shared.messaging.administration.management import BrokerState, Policy, QueueState
from shared.messaging.message import EXCHANGE
from shared.messaging.rabbitmq.broker import OLDEST_VERSION
from shared.messaging.topology import Exchange, Queue, Topology

SOUND_NODES: Final = 3
"""With fewer, a queue stops or is lost with one of them."""

_FLAGS_COMPULSORY_FROM: Final = (3, 12)
_FLAGS_NEEDED: Final = ("quorum_queue", "stream_queue")
_DECLARE: Final = "Make it: fosterframe broker declare."
_ALTERNATE: Final = "alternate-exchange"
_SHORTENS: Final[Mapping[str, str]] = {
    "message-ttl": "messages would be dropped, or moved on too early",
    "expires": "the queue would be deleted with all that is in it",
    "delivery-limit": "messages would be dropped or parked too early",
}
"""Where queue and policy both say one of these, the smaller figure holds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    Args:
        weight: `refused` is unsafe; a `warning` is for a person to judge; a `note` says what could
            not be looked at.
    """

    weight: Literal["refused", "warning", "note"]
    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.what} {self.advice}".rstrip()


def findings(state: BrokerState, whole: Topology) -> list[Finding]:
    """Return everything that is wrong with a broker, what is unsafe first."""
    found = [
        *_of_the_server(state),
        *_of_the_nodes(state),
        *(one for exchange in whole.exchanges for one in _of_an_exchange(state, exchange)),
        *(one for queue in whole.queues for one in _of_a_queue(state, queue)),
        *_of_the_bindings(state, whole),
    ]
    order = ("refused", "warning", "note")
    return sorted(found, key=lambda one: order.index(one.weight))


def _of_the_server(state: BrokerState) -> Iterator[Finding]:
    numbers = tuple(int(part) for part in re.findall(r"\d+", state.version)[:2])
    if numbers < OLDEST_VERSION:
        yield _refused(f"RabbitMQ {state.version} is too old.", "Upgrade it to 3.10 or later.")
    if numbers >= _FLAGS_COMPULSORY_FROM:
        return
    if state.feature_flags is None:
        yield Finding(
            "note",
            "Only an administrator may ask for the feature flags; they were not looked at.",
            f"See that {' and '.join(_FLAGS_NEEDED)} are on: rabbitmqctl list_feature_flags.",
        )
        return
    for flag in _FLAGS_NEEDED:
        if not state.feature_flags.get(flag, False):
            yield _refused(
                f"The feature flag {flag} is off: parked and waiting messages may be lost.",
                f"Run: rabbitmqctl enable_feature_flag {flag}.",
            )


def _of_the_nodes(state: BrokerState) -> Iterator[Finding]:
    for alarm in state.alarms:
        yield _refused(f"The broker takes no messages: {alarm}.", "Free some, or give it more.")
    for node, is_running in state.nodes.items():
        if not is_running:
            yield _warning(f"The node {node} is down.", "Start it, or take it out of the cluster.")
    if len(state.nodes) < SOUND_NODES:
        count = "one node" if len(state.nodes) == 1 else f"{len(state.nodes)} nodes"
        yield _warning(
            f"The broker has {count}: it stands still while one is down.",
            f"Run {SOUND_NODES} where that matters.",
        )


def _of_an_exchange(state: BrokerState, wanted: Exchange) -> Iterator[Finding]:
    found = state.exchanges.get(wanted.name)
    if found is None:
        yield _refused(f"There is no exchange {wanted.name}.", _DECLARE)
        return
    if (found.kind, found.is_durable) != (wanted.kind, True):
        yield _refused(
            f"The exchange {wanted.name} is not a durable one of type {wanted.kind}.",
            "Delete it, and make it anew: fosterframe broker declare.",
        )
    policies = _applying(state.policies, wanted.name, "exchanges")
    by = [policy.name for policy in policies if _ALTERNATE in policy.definition]
    if _ALTERNATE in found.arguments or by:
        by_whom = f", by the policy {by[0]}" if by else ""
        yield _refused(
            f"The exchange {wanted.name} has an alternate exchange{by_whom}: "
            "a message that no queue takes would go there, and nobody would be told.",
            "Take it away.",
        )


def _of_a_queue(state: BrokerState, wanted: Queue) -> Iterator[Finding]:
    found = state.queues.get(wanted.name)
    if found is None:
        yield _refused(f"There is no queue {wanted.name}.", _DECLARE)
        return
    if found.kind != "quorum":
        yield _refused(
            f"The queue {wanted.name} is a {found.kind} queue, and no quorum queue.",
            "Empty and delete it, and make it anew: fosterframe broker declare.",
        )
        return
    differing = sorted(
        name
        for name in wanted.arguments.keys() | found.arguments.keys()
        if wanted.arguments.get(name) != found.arguments.get(name)
    )
    if differing:
        yield _refused(
            f"The queue {wanted.name} has other arguments than ours: {', '.join(differing)}.",
            "Empty and delete it, and make it anew: fosterframe broker declare.",
        )
    yield from _of_its_members(state, found)
    for policy in _applying(state.policies, wanted.name, "queues", "quorum_queues"):
        yield from _of_a_policy(policy, wanted)
    if found.moving:
        yield _warning(
            f"{found.moving} messages have left {wanted.name} and not arrived where they go.",
            "If that stays, restart the node that leads the queue: nothing is lost.",
        )


def _of_its_members(state: BrokerState, queue: QueueState) -> Iterator[Finding]:
    wanted = min(SOUND_NODES, len(state.nodes))
    if len(queue.members) < wanted:
        missing = [node for node in state.nodes if node not in queue.members]
        yield _refused(
            f"The queue {queue.name} is held by {len(queue.members)} of {len(state.nodes)} nodes.",
            f"Run: rabbitmq-queues grow {missing[0]} all.",
        )
    if 2 * len(queue.online) <= len(queue.members):
        yield _refused(
            f"The queue {queue.name} stands still: of the nodes that hold it, most are down.",
            "Start them.",
        )


def _of_a_policy(policy: Policy, queue: Queue) -> Iterator[Finding]:
    for key, value in policy.definition.items():
        harm = _harm(key, value, queue.arguments, policy.definition)
        if harm:
            kind = "operator policy" if policy.is_operators else "policy"
            yield _refused(
                f"The {kind} {policy.name} sets {key} to {value} for {queue.name}: {harm}.",
                "Change the policy so that it leaves our queues alone.",
            )


def _harm(key: str, value: Any, ours: Mapping[str, str | int], policy: Mapping[str, Any]) -> str:  # noqa: ANN401 - a policy may say anything
    if key in _SHORTENS:
        limit = ours.get(f"x-{key}")
        if key == "delivery-limit" and limit is None:
            return ""  # a queue where messages wait, and nobody reads
        is_shorter = not isinstance(value, int) or limit is None or value < int(limit)
        return _SHORTENS[key] if is_shorter else ""
    if key == "overflow" and value != "reject-publish":
        return "messages would be dropped when it is full, and dead-lettering may lose some"
    if key in {"max-length", "max-length-bytes"} and policy.get("overflow") == "drop-head":
        return "messages would be dropped when it is full"
    if key == "dead-letter-strategy" and value != "at-least-once":
        return "messages that are parked or wait could be lost"
    return ""


def _applying(policies: Sequence[Policy], name: str, *kinds: str) -> list[Policy]:
    """Return the policy and the operator policy that hold for a name: of each the strongest."""
    fitting = [
        policy
        for policy in policies
        if policy.applies_to in {"all", *kinds} and re.search(policy.pattern, name)
    ]
    strongest = {
        policy.is_operators: policy for policy in sorted(fitting, key=lambda one: one.priority)
    }
    return list(strongest.values())


def _of_the_bindings(state: BrokerState, whole: Topology) -> Iterator[Finding]:
    wanted = {(one.exchange, one.queue, one.routing_key) for one in whole.bindings}
    for exchange, queue, key in sorted(wanted - state.bindings):
        what = f"{key!r} of {exchange}" if key else exchange
        yield _refused(f"The queue {queue} does not take {what}.", _DECLARE)
    ours = {queue.name for queue in whole.queues}
    strangers = {queue for exchange, queue, _ in state.bindings if exchange == EXCHANGE} - ours
    for queue in sorted(strangers):
        yield _warning(
            f"The queue {queue}, which is not ours, takes messages of {EXCHANGE}: "
            "one that none of ours takes would go unnoticed there.",
            "Unbind it, unless somebody wants it.",
        )


def _refused(what: str, advice: str) -> Finding:
    return Finding("refused", what, advice)


def _warning(what: str, advice: str) -> Finding:
    return Finding("warning", what, advice)
