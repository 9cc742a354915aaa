"""What stands in the broker after the traffic, as the operator sees it."""

from collections import defaultdict

import pika

from shared.messaging.topology import SERVICES, dead_queue, topology
from tests.containers.ledger import FAULTY

PARKED_AT = "x-fosterframe-parked-at"


def take_parked(system):
    """Return when each message was parked, by its id, and take them out of the broker.

    A copy that the broker was given twice says the same instant.
    """
    found = defaultdict(set)
    with pika.BlockingConnection(system.broker_parameters("ops")()) as connection:
        channel = connection.channel()
        for service in SERVICES:
            while True:
                method, properties, _ = channel.basic_get(dead_queue(service))
                if method is None:
                    break
                found[properties.message_id].add((properties.headers or {}).get(PARKED_AT))
                channel.basic_ack(method.delivery_tag)
    return found


def depths(system):
    """Return how many messages stand ready in each queue that is not empty."""
    with pika.BlockingConnection(system.broker_parameters("ops")()) as connection:
        channel = connection.channel()
        found = {
            queue.name: channel.queue_declare(queue.name, passive=True).method.message_count
            for queue in topology().queues
        }
    return {name: depth for name, depth in found.items() if depth}


def wrongly_parked(system, ledger):
    """Return what is parked and should not be, or not and should, or more often than sent."""
    parked = take_parked(system)
    due = {one.sample.message_id: one for one in ledger.of_kind(FAULTY)}
    found = [f"{id_} was parked and has no fault" for id_ in parked.keys() - due.keys()]
    found += [f"{due[id_]} is not parked" for id_ in due.keys() - parked.keys()]
    found += [
        f"{entry} was parked {len(parked[id_])} times, sent {entry.times_sent} times"
        for id_, entry in due.items()
        if len(parked.get(id_, ())) > entry.times_sent
    ]
    return found


def counted(faults):
    """Return faults for people: the first few, and how many there are."""
    shown = "; ".join(faults[:5])
    return f"{len(faults)}: {shown}" if faults else ""
