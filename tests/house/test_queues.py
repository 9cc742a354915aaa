"""Every queue has somebody who reads it, and every message a queue that takes it."""

from shared.contracts.catalogue import CONTRACTS, SENDERS, type_of
from shared.messaging.asyncapi import PARTIES
from shared.messaging.message import EXCHANGE
from shared.messaging.topology import (
    CONSUMED_QUEUES,
    RETRY_DELAYS_SECONDS,
    SERVICES,
    dead_queue,
    reader_of,
    retry_queue,
    topology,
)

WHOLE = topology()


def test_every_queue_is_read_by_a_service_or_belongs_to_an_outside_party():
    read = {queue for queues in CONSUMED_QUEUES.values() for queue in queues}
    parked = {dead_queue(service) for service in SERVICES}
    waiting = {
        retry_queue(service, delay) for service in SERVICES for delay in RETRY_DELAYS_SECONDS
    }
    outside = PARTIES.keys() - set(SERVICES)

    rest = {queue.name for queue in WHOLE.queues} - read - parked - waiting

    assert {reader_of(queue) for queue in rest} <= outside


def test_every_queue_that_a_service_reads_is_declared():
    declared = {queue.name for queue in WHOLE.queues}

    assert {queue for queues in CONSUMED_QUEUES.values() for queue in queues} <= declared


def test_every_type_of_message_is_taken_by_some_queue():
    taken = {type_of(b.routing_key) for b in WHOLE.bindings if b.exchange == EXCHANGE}

    assert taken == CONTRACTS.keys()


def test_every_binding_joins_an_exchange_and_a_queue_that_are_declared():
    exchanges = {exchange.name for exchange in WHOLE.exchanges}
    queues = {queue.name for queue in WHOLE.queues}

    assert {binding.exchange for binding in WHOLE.bindings} <= exchanges
    assert {binding.queue for binding in WHOLE.bindings} <= queues


def test_no_queue_loses_messages_without_a_word():
    for queue in WHOLE.queues:
        assert queue.arguments["x-queue-type"] == "quorum"
        assert queue.arguments["x-overflow"] == "reject-publish"


def test_an_emergency_is_read_before_anything_planned():
    for service, queues in CONSUMED_QUEUES.items():
        assert queues[0] == f"{service}.emergencies"


def test_a_service_that_publishes_is_a_party_that_exists():
    assert {party for senders in SENDERS.values() for party in senders} <= PARTIES.keys()
