"""The books of the outside parties: what was published, what came back, what must still come."""

import json
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from services.demo.sample import Sample
from shared.contracts.catalogue import PLACEMENT_STARTED, REFERRAL_RECEIVED
from shared.contracts.referral import ReferralWithdrawn
from shared.messaging.message import EXCHANGE
from shared.messaging.topology import SERVICES, reader_of, topology

DECISIONS = "case-management.decisions"
SHORTLISTS = "case-management.shortlists"
REJECTIONS = "case-management.rejections"
PRICE_CHANGES = "finance.price-changes"
REVIEWS = "finance.reviews"

REFERRAL, FAULTY, PLACEMENT, OTHER = "referral", "faulty message", "placement", "other message"
ANSWERED_ON = {
    REFERRAL: {DECISIONS, SHORTLISTS},
    FAULTY: {REJECTIONS},
    PLACEMENT: {PRICE_CHANGES},
    OTHER: set(),
}
"""The queues on which each kind of message is answered; of a placement's messages the start is."""


@dataclass
class Entry:
    """One message as its sender knows it, and when it was first answered on each queue."""

    sample: Sample
    kind: str
    times_sent: int = 0
    confirmed_at: float | None = None
    is_withdrawn: bool = False
    answered_at: dict[str, float] = field(default_factory=dict)
    bodies: dict[str, dict[str, set[bytes]]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def is_owed(self):
        """Whether an answer is due: not to a withdrawal, nor always to a change of a placement.

        Nor to a referral that is withdrawn: where a broker or a database was lost, the withdrawal
        may overtake it, and then it is rightly not decided.
        """
        is_later = self.kind == PLACEMENT and self.sample.routing_key != PLACEMENT_STARTED
        owes_none = self.kind == OTHER or is_later or self.is_withdrawn
        return self.confirmed_at is not None and not owes_none

    @property
    def is_answered(self):
        return self.answered_at.keys() >= ANSWERED_ON[self.kind]

    @property
    def full_answer_at(self):
        return max(self.answered_at[queue] for queue in ANSWERED_ON[self.kind])

    @property
    def readers(self):
        """The services that read the message; what is malformed is parked and rejected by each."""
        return {
            reader_of(binding.queue)
            for binding in topology().bindings
            if binding.exchange == EXCHANGE
            and binding.routing_key == self.sample.routing_key
            and reader_of(binding.queue) in SERVICES
        }

    def __str__(self):
        return f"{self.kind} {self.sample.message_id} ({self.sample.kind})"


class Ledger:
    """Everything that one test's traffic published and heard; any thread may write in it."""

    def __init__(self):
        self.changed = threading.Condition(threading.RLock())
        self.entries = {}
        self.strangers = []
        self.price_changes = defaultdict(dict)
        self._of_referral = {}
        self._of_placement = {}

    def enter(self, sample):
        """Note a message before it is published."""
        entry = Entry(sample, _kind_of(sample))
        with self.changed:
            self.entries[sample.message_id] = entry
            if entry.kind == REFERRAL:
                self._of_referral[sample.data.referral_id] = entry
            elif entry.kind == PLACEMENT:
                self._of_placement.setdefault(sample.data.placement_id, entry)
            elif isinstance(sample.data, ReferralWithdrawn):
                self._of_referral[sample.data.referral_id].is_withdrawn = True
        return entry

    def sending(self, entry):
        """Note that a message is given to the broker, perhaps again."""
        with self.changed:
            entry.times_sent += 1

    def confirmed(self, entry):
        """Note that the broker has a message safe."""
        with self.changed:
            entry.confirmed_at = time.monotonic()

    def heard(self, queue, _, body):
        """Note what came on a queue, copies included."""
        now = time.monotonic()
        event = json.loads(body)
        with self.changed:
            entry = self._answered_by(queue, event["data"])
            if entry is None:
                self.strangers.append((queue, event["id"]))
            else:
                entry.answered_at.setdefault(queue, now)
                entry.bodies[queue].setdefault(event["id"], set()).add(body)
            if queue == PRICE_CHANGES:
                data = event["data"]
                told = self.price_changes[data["placement_id"]]
                told.setdefault(data["sequence"], set()).add(body)
            self.changed.notify_all()

    def _answered_by(self, queue, told):
        if queue == REJECTIONS:
            return self.entries.get(told["message_id"])
        if queue == PRICE_CHANGES:
            return self._of_placement.get(told["placement_id"])
        return self._of_referral.get(told.get("referral_id"))

    def wait_for(self, condition, seconds):
        """Wait until it is so; say whether it is."""
        with self.changed:
            return bool(self.changed.wait_for(condition, timeout=seconds))

    def unanswered(self):
        """Return the messages that were taken and to which an answer is still due."""
        with self.changed:
            return [one for one in self.entries.values() if one.is_owed and not one.is_answered]

    def withdrawn_unanswered(self):
        """Return the ids of the messages of withdrawn referrals that were not answered."""
        with self.changed:
            return {
                one.sample.message_id
                for one in self.entries.values()
                if one.is_withdrawn and one.confirmed_at is not None and not one.is_answered
            }

    def flows_again_at(self, instant, kinds):
        """Return when, of each kind, one that was taken after an instant was answered."""
        with self.changed:
            firsts = [
                min(
                    (
                        one.full_answer_at
                        for one in self.entries.values()
                        if one.kind == kind
                        and one.is_owed
                        and one.is_answered
                        and one.confirmed_at > instant
                    ),
                    default=None,
                )
                for kind in kinds
            ]
        return None if None in firsts else max(firsts)

    def caught_up_at(self, instant):
        """Return when the last of what was taken before an instant was answered."""
        with self.changed:
            taken = [
                one for one in self.entries.values() if one.is_owed and one.confirmed_at <= instant
            ]
            if not all(one.is_answered for one in taken):
                return None
            return max((one.full_answer_at for one in taken), default=instant)

    def told(self, queue):
        """Return the data of what came on a queue, once each."""
        with self.changed:
            bodies = [
                next(iter(told))
                for one in self.entries.values()
                for told in one.bodies.get(queue, {}).values()
            ]
        return [json.loads(body)["data"] for body in bodies]

    def of_kind(self, kind):
        """Return the messages of a kind that were taken."""
        with self.changed:
            return [
                one
                for one in self.entries.values()
                if one.kind == kind and one.confirmed_at is not None
            ]

    def doubled(self):
        """Return what was done twice: a second answer, or one answer told in two ways."""
        with self.changed:
            found = [fault for one in self.entries.values() for fault in _doubled(one)]
            found += [
                f"price change {sequence} of {placement_id} was told in {len(bodies)} ways"
                for placement_id, told in self.price_changes.items()
                for sequence, bodies in told.items()
                if len(bodies) > 1
            ]
        return found

    def wrongly_rejected(self):
        """Return the messages without a fault that were rejected."""
        with self.changed:
            return [
                str(one)
                for one in self.entries.values()
                if one.kind != FAULTY and REJECTIONS in one.bodies
            ]

    def gaps(self):
        """Return the placements whose price changes are not numbered from one without a gap."""
        with self.changed:
            return [
                f"{placement_id} has price changes {sorted(told)}"
                for placement_id, told in self.price_changes.items()
                if sorted(told) != list(range(1, len(told) + 1))
            ]


def _kind_of(sample):
    if sample.fate == "refused":
        return FAULTY
    if sample.routing_key.startswith("placement."):
        return PLACEMENT
    return REFERRAL if sample.routing_key.startswith(REFERRAL_RECEIVED) else OTHER


def _doubled(entry):
    for queue, by_id in entry.bodies.items():
        if queue == PRICE_CHANGES:
            continue
        if len(by_id) > (len(entry.readers) if queue == REJECTIONS else 1):
            yield f"{entry} has {len(by_id)} answers on {queue}"
        # What could not be handled did nothing, so that whoever sends it again is told again.
        most = entry.times_sent if entry.kind == FAULTY else 1
        ways = max(len(bodies) for bodies in by_id.values())
        if ways > most:
            yield f"{entry} was answered in {ways} ways on {queue}, sent {entry.times_sent} times"
