"""What a transaction knows of the last words on referrals: read once, and what it said itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from services.eligibility.occasion import Occasion, said_at
from services.eligibility.store.words_on_referrals import (
    NOTHING_SAID,
    Counting,
    LastWords,
    last_words,
)
from shared.contracts.event import Event
from shared.contracts.referral import ReferralReceived, ReferralWithdrawn
from shared.messaging.work import Work

_KNOWN: Final = "words_on_referrals"


@dataclass(slots=True)
class _Known:
    """What a transaction knows.

    Args:
        read: by referral, what the database held when it was asked.
        heard: by referral, what this transaction said since it began.
        before: what was heard before each word of this transaction, so that one can be taken back.
    """

    read: dict[str, LastWords] = field(default_factory=dict)
    heard: dict[str, LastWords] = field(default_factory=dict)
    before: list[tuple[str, LastWords]] = field(default_factory=list)

    def hear(self, referral_id: str, change: Callable[[LastWords], LastWords]) -> None:
        words = self.heard.get(referral_id, NOTHING_SAID)
        self.before.append((referral_id, words))
        self.heard[referral_id] = change(words)

    def take_back(self, mark: int) -> None:
        for referral_id, words in reversed(self.before[mark:]):
            self.heard[referral_id] = words
        del self.before[mark:]
        # It may hold what is now taken back, and lack what others have said since.
        self.read.clear()


def words_known(work: Work, referral_id: str) -> LastWords:
    """Return the last words on a referral; they are read at once for all events of the batch."""
    known = _of(work)
    if referral_id not in known.read:
        asked = {
            each.data.referral_id
            for each in work.batch
            if isinstance(each.data, ReferralReceived | ReferralWithdrawn)
        }
        asked.add(referral_id)
        found = last_words(work.connection, asked)
        known.read |= {each: found.get(each, NOTHING_SAID) for each in asked}
    read, heard = known.read[referral_id], known.heard.get(referral_id)
    return read if heard is None else read.with_(heard)


def remember_decision(work: Work, referral_id: str, decision_id: str, occasion: Occasion) -> None:
    """Remember a decision that the transaction just made."""
    told = Counting(decision_id, occasion.version, occasion.said_at, work.now)
    _of(work).hear(referral_id, lambda words: words.with_decision(told))


def remember_withdrawal(work: Work, event: Event[ReferralWithdrawn]) -> None:
    """Remember a withdrawal that the transaction just recorded."""
    at = said_at(event.time, work.now)
    _of(work).hear(event.data.referral_id, lambda words: words.with_withdrawal(at))


def mark_of(work: Work) -> int:
    """Return how much the transaction said so far, to come back to."""
    known: _Known | None = work.memory.get(_KNOWN)
    return 0 if known is None else len(known.before)


def back_to(work: Work, mark: int) -> None:
    """Forget what was said since a mark, and what was read: the event that it was for failed.

    What fails may let go of the register, so that another transaction decides referrals anew.
    """
    known: _Known | None = work.memory.get(_KNOWN)
    if known is not None:
        known.take_back(mark)


def _of(work: Work) -> _Known:
    known: _Known | None = work.memory.get(_KNOWN)
    if known is None:
        known = work.memory[_KNOWN] = _Known()
    return known
