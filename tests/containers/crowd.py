"""Thousands of referrals, and a ledger that keeps no bodies: only who was answered, and when."""

import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass

from services.demo.sample import Sample
from services.demo.samples import good_referrals
from shared.contracts.catalogue import EMERGENCY
from tests.containers import engine
from tests.containers.decks import FIRST_DAY, LAST_DAY
from tests.containers.ledger import DECISIONS, REJECTIONS, SHORTLISTS
from tests.containers.party import Listener, Sender

SENDERS = 4
PUBLISHED_WITHIN_SECONDS = 300
MADE_FOR_EACH = {False: 1.3, True: 12}
"""How many referrals are made for one that is planned, and for one that is an emergency."""


def crowd(count, seed, *, emergency=False):
    """Return so many referrals, all of them planned or all of them emergencies."""
    made = good_referrals(int(count * MADE_FOR_EACH[emergency]) + 20, seed, FIRST_DAY, LAST_DAY)
    found = [one for one in made if one.routing_key.endswith(EMERGENCY) is emergency][:count]
    assert len(found) == count
    return found


@dataclass
class Sent:
    """One referral, and when it was first given to the broker."""

    sample: Sample
    at: float = 0.0


class CrowdLedger:
    """When each referral was sent and first answered, by its id."""

    def __init__(self):
        self._lock = threading.Lock()
        self.sent = {}
        self.confirmed_count = 0
        self.answered_at = {queue: {} for queue in (DECISIONS, SHORTLISTS, REJECTIONS)}
        self._ways = defaultdict(set)

    def enter(self, sample):
        entry = Sent(sample)
        with self._lock:
            self.sent[sample.data.referral_id] = entry
        return entry

    def sending(self, entry):
        entry.at = entry.at or time.monotonic()

    def confirmed(self, _):
        with self._lock:
            self.confirmed_count += 1

    def heard(self, queue, properties, body):
        told = properties.correlation_id
        with self._lock:
            self.answered_at[queue].setdefault(told, time.monotonic())
            self._ways[queue, told].add((properties.message_id, hash(body)))

    def heard_on(self, queue):
        """Return how many referrals were answered on a queue."""
        return len(self.answered_at[queue])

    def doubled(self):
        """Return what was answered in two ways."""
        with self._lock:
            return [
                f"{told} on {queue}" for (queue, told), ways in self._ways.items() if len(ways) > 1
            ]

    def lost(self, *queues):
        """Return the referrals that are not answered on each of some queues."""
        return [id_ for id_ in self.sent for queue in queues if id_ not in self.answered_at[queue]]

    def seconds_to(self, queue, samples):
        """Return how long each of some referrals took to be answered, the shortest first."""
        ids = [one.data.referral_id for one in samples]
        return sorted(self.answered_at[queue][id_] - self.sent[id_].at for id_ in ids)


@contextmanager
def listening(system, ledger):
    """Read what case management is told, until left."""
    at = system.broker_parameters
    parties = [
        Listener(f"crowd {queue}", at("case-management"), ledger, (queue,))
        for queue in (DECISIONS, SHORTLISTS, REJECTIONS)
    ]
    for party in parties:
        party.start()
    try:
        yield
    finally:
        for party in parties:
            party.ask_to_stop()
        for party in parties:
            party.stop()


def publish(system, ledger, samples):
    """Publish as fast as some clients can, and return when all is confirmed."""
    before = ledger.confirmed_count
    parameters = system.broker_parameters("case-management")
    senders = [Sender(f"crowd {number}", parameters, ledger) for number in range(SENDERS)]
    for number, sender in enumerate(senders):
        sender.give(samples[number::SENDERS])
        sender.start()
    try:
        engine.until(
            lambda: ledger.confirmed_count == before + len(samples),
            PUBLISHED_WITHIN_SECONDS,
            f"publishing {len(samples)} referrals",
        )
    finally:
        for sender in senders:
            sender.ask_to_stop()
        for sender in senders:
            sender.stop()
