"""What was last said and decided on a referral, and so which of its decisions counts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import CompoundSelect, Connection, func, literal, null, select, union_all

from services.eligibility.store.decision_store import StoredDecision, stored_decisions
from services.eligibility.store.tables import decisions, withdrawals

_AT_A_TIME: Final = 500
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_WITHDRAWN: Final = 0
"""Stands where a decision has the referral's version, which begins at 1."""


@dataclass(frozen=True, slots=True)
class Counting:
    """The decision on a referral that counts.

    Args:
        said_at: when the referral was said; not known of what was decided before this was kept.
    """

    decision_id: str
    version: int
    said_at: datetime | None
    decided_at: datetime

    @property
    def word(self) -> tuple[int, datetime]:
        """The highest version counts, and of one version what was said last."""
        return self.version, self.said_at or LONG_AGO


@dataclass(frozen=True, slots=True)
class LastWords:
    """What counts on one referral: the last decision, and the last withdrawal.

    Args:
        withdrawn_at: when it was said, the last time, that no home is needed.
    """

    decision: Counting | None = None
    withdrawn_at: datetime | None = None

    @property
    def is_withdrawn(self) -> bool:
        """Whether nobody said the referral again after it was withdrawn."""
        if self.withdrawn_at is None or self.decision is None:
            return self.withdrawn_at is not None
        return self.withdrawn_at >= (self.decision.said_at or self.decision.decided_at)

    def overtake(self, version: int, said_at: datetime) -> bool:
        """Say whether a referral that comes now is an older word than these."""
        if self.withdrawn_at is not None and self.withdrawn_at >= said_at:
            return True
        return self.decision is not None and (version, said_at) < self.decision.word

    def with_decision(self, decision: Counting) -> "LastWords":
        """Return the words after one more decision, which was made after those that are known."""
        before = self.decision
        is_later = before is None or before.word <= decision.word
        return LastWords(decision if is_later else before, self.withdrawn_at)

    def with_withdrawal(self, said_at: datetime) -> "LastWords":
        """Return the words after one more withdrawal."""
        before = self.withdrawn_at
        return LastWords(self.decision, said_at if before is None else max(before, said_at))

    def with_(self, others: "LastWords") -> "LastWords":
        """Return the words together with others on the same referral."""
        words = self if others.decision is None else self.with_decision(others.decision)
        withdrawn_at = others.withdrawn_at
        return words if withdrawn_at is None else words.with_withdrawal(withdrawn_at)


NOTHING_SAID: Final = LastWords()


@dataclass(frozen=True, slots=True)
class StandingWord:
    """The decision on a referral that counts, and whether the referral was withdrawn since."""

    decision: StoredDecision
    is_withdrawn: bool


def last_words(connection: Connection, referral_ids: Collection[str]) -> dict[str, LastWords]:
    """Return what counts on each of some referrals of which anything is kept."""
    found: dict[str, LastWords] = {}
    ids = sorted(referral_ids)
    for first in range(0, len(ids), _AT_A_TIME):
        rows = connection.execute(_said_of(ids[first : first + _AT_A_TIME])).all()
        superseded = {row.supersedes for row in rows}
        # By the clock what supersedes may be the earlier: it waited for what it supersedes.
        counting = [row for row in rows if row.decision_id not in superseded]
        for row in sorted(counting, key=lambda each: (each.decided_at, each.decision_id)):
            words = found.get(row.referral_id, NOTHING_SAID)
            found[row.referral_id] = (
                words.with_withdrawal(row.said_at)
                if row.version == _WITHDRAWN
                else words.with_decision(
                    Counting(row.decision_id, row.version, row.said_at, row.decided_at)
                )
            )
    return found


def _said_of(referral_ids: Sequence[str]) -> CompoundSelect[Any]:
    decided = select(
        decisions.c.referral_id,
        decisions.c.decision_id,
        decisions.c.version,
        decisions.c.said_at,
        decisions.c.decided_at,
        decisions.c.supersedes,
    ).where(decisions.c.referral_id.in_(referral_ids))
    withdrawn = select(
        withdrawals.c.referral_id,
        literal(""),
        literal(_WITHDRAWN),
        func.coalesce(withdrawals.c.said_at, withdrawals.c.withdrawn_at),
        withdrawals.c.recorded_at,
        null(),
    ).where(withdrawals.c.referral_id.in_(referral_ids))
    return union_all(decided, withdrawn)


def standing_words(
    connection: Connection, referral_ids: Collection[str]
) -> dict[str, StandingWord]:
    """Return for each of some referrals the decision that counts; none where none was made."""
    words = last_words(connection, referral_ids)
    counting = {
        referral_id: each.decision.decision_id
        for referral_id, each in words.items()
        if each.decision is not None
    }
    stored: dict[str, StoredDecision] = {}
    ids = sorted(counting.values())
    for first in range(0, len(ids), _AT_A_TIME):
        stored |= stored_decisions(connection, ids[first : first + _AT_A_TIME])
    return {
        referral_id: StandingWord(stored[id_], words[referral_id].is_withdrawn)
        for referral_id, id_ in counting.items()
    }
