"""Tells again what a service has told: the same messages, in order, a portion at a time."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Final
from uuid import uuid4

from services.operating.resend.told import Kept, Lost, Told, Wanted
from services.operating.resend.way import Way
from shared.clock import Clock
from shared.errors import FosterframeError
from shared.messaging.acts import RESEND_BEGUN, RESEND_DONE, keep_act
from shared.messaging.message import Outgoing
from shared.messaging.work import work_on
from shared.persistence import outbox
from shared.persistence.database import Database

AT_A_TIME: Final = 50
"""How many messages are put into the outbox in one transaction."""

MOST_WAITING: Final = 500
"""How many may wait in the outbox: what is decided meanwhile waits behind no more than these."""

PATIENCE_SECONDS: Final = 60.0
_LOOK_EVERY_SECONDS: Final = 0.2


class NobodyPublishes(FosterframeError):  # noqa: N818 - a state of the world
    """The outbox is long, and does not get shorter."""


@dataclass(slots=True)
class Span:
    """How many messages of a type, and when the first and the last of them were told."""

    count: int
    first: datetime
    last: datetime

    def take(self, told_at: datetime) -> None:
        """Count one more."""
        self.count += 1
        self.first, self.last = min(self.first, told_at), max(self.last, told_at)


@dataclass(slots=True)
class Tally:
    """What was told again, by type; and what could not be, by type and reason."""

    spans: dict[str, Span] = field(default_factory=dict)
    lost: Counter[tuple[str, Lost]] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """How many messages were told again."""
        return sum(span.count for span in self.spans.values())

    def take(self, told: Told) -> None:
        """Count a message."""
        if told.lost is not None:
            self.lost[told.type, told.lost] += told.count
        elif told.type in self.spans:
            self.spans[told.type].take(told.told_at)
        else:
            self.spans[told.type] = Span(1, told.told_at, told.told_at)


@dataclass(frozen=True, slots=True)
class Resend:
    """What a service is to tell again.

    It may be cut off at any time, and given again: whoever reads it knows the ids. The log says
    from the beginning that it was under way.

    Args:
        kept: what is told again, one of each type.
        way: to whom.
        patience_seconds: how long a long outbox may stand still.
    """

    service: str
    database: Database
    clock: Clock
    kept: Sequence[Kept]
    wanted: Wanted
    way: Way
    patience_seconds: float = PATIENCE_SECONDS

    def count(self) -> Tally:
        """Return how much would be told again; nothing is changed."""
        tally = Tally()
        for told in self._told(replace(self.wanted, whole=False)):
            tally.take(told)
        return tally

    def run(self, actor: str, because: str, progress: Callable[[int], None]) -> Tally:
        """Put it into the outbox, from which the service's worker publishes it.

        Raises:
            NobodyPublishes: no worker is at work; what is in the outbox stays there.
            DatabaseAway: what is in the outbox stays there; give it again.
        """
        tally = Tally()
        cause = f"resend:{uuid4()}"
        told = self._act(actor, because)
        self._keep(cause, RESEND_BEGUN, told)
        messages = self._messages(tally)
        while portion := list(islice(messages, AT_A_TIME)):
            self._await_room()
            with self.database.transaction() as connection:
                outbox.write(connection, portion, self.clock.now())
            progress(tally.count)
        sent = {type_: span.count for type_, span in tally.spans.items()}
        lost = {f"{type_} {why}": number for (type_, why), number in tally.lost.items()}
        self._keep(cause, RESEND_DONE, {**told, "sent": sent, "not_sent": lost})
        return tally

    def _told(self, wanted: Wanted) -> Iterator[Told]:
        """Yield what was told, each type in its own order, and one beside the other by the clock.

        Only so much of each type is read as is needed next.
        """
        streams = [one.told(self.database, wanted) for one in self.kept]
        for told in merge(*streams, key=lambda one: one.told_at):
            if told.lost is not None or self.way.queue_of(told.routing_key) is not None:
                yield told

    def _messages(self, tally: Tally) -> Iterator[Outgoing]:
        for told in self._told(self.wanted):
            tally.take(told)
            sent = None if told.message is None else self.way.sent(told.message)
            if sent is not None:
                yield sent

    def _await_room(self) -> None:
        """Wait until the outbox is short.

        Raises:
            NobodyPublishes: it has not become shorter for a while.
        """
        least, since = self._waiting(), time.monotonic()
        while (waiting := self._waiting()) > MOST_WAITING - AT_A_TIME:
            if waiting < least:
                least, since = waiting, time.monotonic()
            if time.monotonic() - since > self.patience_seconds:
                raise NobodyPublishes(
                    f"{waiting} messages wait in the outbox of {self.service}, and nobody "
                    "publishes them, or a queue that they go to takes nothing. Start its worker, "
                    "or mend what its log names; then give the command again: what comes twice has "
                    "the same id, and is dropped."
                )
            time.sleep(_LOOK_EVERY_SECONDS)

    def _waiting(self) -> int:
        with self.database.reading() as connection:
            return outbox.backlog(connection).count

    def _act(self, actor: str, because: str) -> dict[str, object]:
        return {
            "by": actor,
            "because": because,
            "since": self.wanted.since.isoformat(),
            "until": self.wanted.until.isoformat(),
            "subject": self.wanted.subject,
            "types": [one.type for one in self.kept],
            "to": self.way.to,
        }

    def _keep(self, cause: str, kind: str, told: dict[str, object]) -> None:
        with work_on(self.database, self.clock, self.service, cause_id=cause) as work:
            keep_act(work, kind, cause, told)
