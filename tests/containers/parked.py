"""What stands in the broker after the traffic, as the operator sees it."""

import time
from collections import defaultdict
from contextlib import contextmanager

import pika

from shared.messaging.topology import SERVICES, dead_queue, topology
from tests.containers import engine
from tests.containers.ledger import FAULTY
from tests.containers.party import LOST

PARKED_AT = "x-fosterframe-parked-at"
DEAD = {dead_queue(service) for service in SERVICES}
ANSWERS_WITHIN_SECONDS = 90
PATIENCE_SECONDS = 90
"""Longer than the first two retries of a message take together."""

STILL_SECONDS = 2
"""So long nothing stands anywhere before nothing is on its way between two queues either."""


def take_parked(system):
    """Return when each message was parked, by the service and its id; takes them out of the broker.

    A copy that the broker was given twice says the same instant.
    """
    found = defaultdict(set)
    with _channel(system) as channel:
        for service in SERVICES:
            while True:
                method, properties, _ = channel.basic_get(dead_queue(service))
                if method is None:
                    break
                instant = (properties.headers or {}).get(PARKED_AT)
                found[service, properties.message_id].add(instant)
                channel.basic_ack(method.delivery_tag)
    return found


def await_parked(system, count):
    """Wait until so many messages are parked: their senders may be told a moment before."""

    def is_there():
        return sum(ready for name, ready in _ready(system).items() if name in DEAD) >= count

    engine.until(is_there, PATIENCE_SECONDS, f"{count} parked messages")


def left_standing(system, besides=()):
    """Return how many messages stay in each queue, besides those where some may.

    What waits for its next try, or is being handled, gets the time for it: a message is left only
    where it does not go away.
    """
    ends = time.monotonic() + PATIENCE_SECONDS
    still_since = None
    while True:
        left = _held(system, besides)
        now = time.monotonic()
        if left and now > ends:
            return left
        still_since = None if left else (still_since or now)
        if still_since is not None and now - still_since >= STILL_SECONDS:
            return {}
        time.sleep(0.5)


def _held(system, besides):
    """Return how many messages are ready, or else with a worker, where there are any."""
    try:
        for count in (_ready, _unacknowledged):
            found = {name: held for name, held in count(system).items() if name not in besides}
            if found:
                return found
    except (*LOST, RuntimeError) as silent:
        return {"not known": str(silent) or type(silent).__name__}
    return {}


def _ready(system):
    with _channel(system) as channel:
        found = {
            queue.name: channel.queue_declare(queue.name, passive=True).method.message_count
            for queue in topology().queues
        }
    return {name: ready for name, ready in found.items() if ready}


def _unacknowledged(system):
    """Return how many messages are with a worker; the broker counts them every five seconds."""
    found = system.queue_facts("messages_unacknowledged")
    return {name: int(told) for name, told in found.items() if int(told or 0)}


@contextmanager
def _channel(system):
    """Open a channel, at any node that takes us: one that was lost may still be on its way."""
    parameters = system.broker_parameters("ops")
    ends = time.monotonic() + ANSWERS_WITHIN_SECONDS
    while True:
        try:
            connection = pika.BlockingConnection(parameters())
            break
        except LOST:
            if time.monotonic() > ends:
                raise
            time.sleep(0.5)
    with connection:
        yield connection.channel()


def wrongly_parked(system, ledger):
    """Return what is parked and should not be, or not and should, or more often than sent."""
    parked = take_parked(system)
    due = {
        (service, one.sample.message_id): one
        for one in ledger.of_kind(FAULTY)
        for service in one.readers
    }
    found = [f"{key} was parked and has no fault" for key in parked.keys() - due.keys()]
    found += [f"{due[key]} is not parked by {key[0]}" for key in due.keys() - parked.keys()]
    found += [
        f"{entry} was parked {len(parked[key])} times by {key[0]}, sent {entry.times_sent} times"
        for key, entry in due.items()
        if len(parked.get(key, ())) > entry.times_sent
    ]
    return found


def counted(faults):
    """Return faults for people: the first few, and how many there are."""
    shown = "; ".join(faults[:5])
    return f"{len(faults)}: {shown}" if faults else ""
