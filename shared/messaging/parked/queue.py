"""Looks through a service's parked messages, sends them back to work, or discards them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from shared.clock import Clock
from shared.contracts.event import LARGEST_BODY_BYTES
from shared.errors import BrokerAway, BrokerMisconfigured, DatabaseAway, FosterframeError
from shared.messaging.acts import DISCARDED, keep_act
from shared.messaging.message import Delivery
from shared.messaging.parked.message import ParkedMessage, parked_message, replayed
from shared.messaging.parked.reasons import Reasons
from shared.messaging.rabbitmq.link import RabbitLink
from shared.messaging.topology import dead_queue
from shared.messaging.work import work_on
from shared.persistence.database import Database

MOST: Final = 100_000
"""How many are looked at in one go. Where more are parked, those that were not come first then."""

_HELD_AT_A_TIME: Final = 400
_HELD_BYTES: Final = 16 * 1024 * 1024
"""How much is on its way to us or in our hands at once: that many messages, that many bytes."""

_AT_A_TIME: Final = 100
_QUIET_SECONDS: Final = 3.0
_CONFIRM_SECONDS: Final = 30.0
_NO_WAY_BACK: Final = "it is not known which queue it came from; discard it, and have it sent again"

Progress = Callable[[int, int], None]
"""Hears how many were looked at, and of how many."""

Wanted = Callable[[ParkedMessage], bool]
Pair = tuple[Delivery, ParkedMessage]


class Interrupted(FosterframeError):  # noqa: N818 - what became of it
    """Somebody stopped it half way; says how far it came."""


@dataclass(slots=True)
class Looked:
    """What was found among the parked messages: counted, and no more of it kept than was asked for.

    Args:
        ready: how many stood in the queue when it was looked into.
        looked_at: how many of them were seen, from the oldest on.
        count: how many of those were wanted.
        reasons: for which reasons those are parked.
        first: the first of them, as many as are kept.
        failed: how many of them could not be sent back, by why not.
        first_failed: the first of those, each with why not, as many as are kept.
    """

    ready: int = 0
    looked_at: int = 0
    count: int = 0
    reasons: Reasons = field(default_factory=Reasons)
    first: list[ParkedMessage] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    first_failed: list[tuple[ParkedMessage, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Return with how many something was done."""
        return self.count - self.failed.total()


class ParkedQueue:
    """The parked messages of one service.

    Whoever looks through them takes them all without acknowledging any, and gives them back at
    the end in the order in which they stood. RabbitMQ puts what comes back behind what came back
    before; so those who looked at the first few only would leave the queue in another order. Where
    some are taken away, the others stay, in whatever order RabbitMQ puts them.

    Args:
        limit: with how many of the wanted messages something is done, at most.
        keep: how many of them are kept to be told one by one, at most; the others are counted.
    """

    def __init__(
        self,
        link: RabbitLink,
        service: str,
        *,
        limit: int = MOST,
        keep: int = 0,
        progress: Progress = lambda _done, _of: None,
    ) -> None:
        self._link = link
        self._service = service
        self._limit = limit
        self._keep = keep
        self._progress = progress
        self._room = 0

    def look(self, wanted: Wanted, see: Callable[[Delivery], None] | None = None) -> Looked:
        """Return what is found of the wanted messages, and change nothing.

        Those that are kept are seen, with their bodies.

        Raises:
            BrokerAway, BrokerMisconfigured: the broker cannot be reached, or does not let us.
        """
        looked = Looked()
        for some in self._wanted(wanted, looked):
            for delivery, parked in some:
                if self._take(looked, parked) and see is not None:
                    see(delivery)
        return looked

    def replay(self, wanted: Wanted) -> Looked:
        """Send the wanted messages back to their own queues.

        Each is taken from the parked ones only when its queue has it for certain. What is cut off
        in between stands in both places, and the inbox sees to it that it is handled once.

        Raises:
            BrokerAway, BrokerMisconfigured: as `look`; what was sent so far stays sent.
            Interrupted: as these.
        """
        looked = Looked()
        with _saying_how_far(looked, "sent back to work"):
            for some in self._wanted(wanted, looked):
                stays = self._send_back(some)
                for delivery, parked in some:
                    self._take(looked, parked, stays.get(delivery.tag))
        return looked

    def discard(
        self, wanted: Wanted, database: Database, clock: Clock, *, actor: str, because: str
    ) -> Looked:
        """Take the wanted messages away for good, having written down which, who and why.

        What is cut off between the two is still parked; discarded again, it is written down twice.

        Raises:
            BrokerAway, BrokerMisconfigured: as `look`.
            DatabaseAway, Interrupted: nothing more was discarded.
        """
        looked = Looked()
        with _saying_how_far(looked, "discarded"):
            for some in self._wanted(wanted, looked):
                cause = f"discard:{some[0][1].digest}"
                with work_on(database, clock, self._service, cause_id=cause) as work:
                    for _, parked in some:
                        told = {**_named(parked), "because": because, "by": actor}
                        keep_act(work, DISCARDED, parked.message_id, told)
                self._take_away([delivery for delivery, _ in some])
                for _, parked in some:
                    self._take(looked, parked)
        return looked

    def _take(self, looked: Looked, parked: ParkedMessage, why_not: str | None = None) -> bool:
        """Count a wanted message; return whether it is among those that are kept."""
        is_kept = looked.count < self._keep
        looked.count += 1
        looked.reasons.take(parked)
        if is_kept:
            looked.first.append(parked)
        if why_not is not None:
            if looked.failed.total() < self._keep:
                looked.first_failed.append((parked, why_not))
            looked.failed[why_not] += 1
        return is_kept

    def _send_back(self, some: Sequence[Pair]) -> dict[int, str]:
        """Send back what has a way back; return why the others stay, by their tags."""
        stays = {each.tag: _NO_WAY_BACK for each, parked in some if not parked.queue}
        going = [pair for pair in some if pair[1].queue]
        messages = [replayed(delivery, parked) for delivery, parked in going]
        refused = self._link.submit(messages).wait(_CONFIRM_SECONDS)
        reasons = {id(one.message): one.reason for one in refused}
        for (delivery, _), message in zip(going, messages, strict=True):
            if id(message) in reasons:
                stays[delivery.tag] = reasons[id(message)]
        self._take_away([delivery for delivery, _ in some if delivery.tag not in stays])
        return stays

    def _take_away(self, deliveries: Sequence[Delivery]) -> None:
        if deliveries:
            self._link.ack(deliveries)
            self._room += len(deliveries)

    def _wanted(self, wanted: Wanted, looked: Looked) -> Iterator[list[Pair]]:
        """Yield the wanted messages, some at a time; then give back all that is left."""
        left = self._limit
        for batch in self._every(looked):
            pairs = [(each, parked_message(each, self._service)) for each in batch]
            if some := [pair for pair in pairs if wanted(pair[1])][:left]:
                left -= len(some)
                yield some
        self._link.give_back()

    def _every(self, looked: Looked) -> Iterator[list[Delivery]]:
        """Yield what stands in the queue now; what is parked again meanwhile is not looked at.

        One consumer after the other takes as many as it may hold, so that no more bodies than
        these are in memory at a time. How large they are, those before them tell.
        """
        queue = dead_queue(self._service)
        looked.ready = self._link.depth(queue)
        of = min(looked.ready, MOST)
        is_consuming, self._room, body_bytes = False, 0, LARGEST_BODY_BYTES
        while looked.looked_at < of:
            rest = of - looked.looked_at
            if not self._room:
                if is_consuming:
                    self._link.stop_consuming()
                self._room = min(_HELD_AT_A_TIME, max(1, _HELD_BYTES // body_bytes), rest)
                self._link.consume([queue], prefetch=self._room)
                is_consuming = True
            batch = self._link.next_batch(min(_AT_A_TIME, self._room, rest), _QUIET_SECONDS)
            if not batch:
                # Somebody else looks at the rest at this moment, or took it away.
                return
            looked.looked_at += len(batch)
            self._room -= len(batch)
            body_bytes = max(1, sum(len(each.body) for each in batch) // len(batch))
            yield batch
            self._progress(looked.looked_at, of)


@contextmanager
def _saying_how_far(looked: Looked, verb: str) -> Iterator[None]:
    """Say, when it is cut off, with how many messages something was done until then."""
    try:
        yield
    except (BrokerAway, BrokerMisconfigured, DatabaseAway) as cut:
        raise type(cut)(
            f"{str(cut).rstrip('.')}. {_how_far(looked, verb)} See that the broker is sound "
            "(fosterframe broker check), and give the command again."
        ) from cut
    except KeyboardInterrupt:
        raise Interrupted(f"Interrupted. {_how_far(looked, verb)}") from None


def _how_far(looked: Looked, verb: str) -> str:
    return f"Before that, {looked.done} messages were {verb}; all others are still parked."


def _named(parked: ParkedMessage) -> dict[str, str]:
    """Return what the log keeps of a message that is gone."""
    return {
        "message_id": parked.message_id,
        "type": parked.type,
        "queue": parked.queue,
        "body_digest": parked.digest,
        "parked_because": parked.reason,
    }
