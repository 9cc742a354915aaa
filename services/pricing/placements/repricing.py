"""Looks at many placements again, some at a time: after a review, new fees, or as days go by."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from services.pricing.desk import Desk, Progress, no_progress
from services.pricing.fees import FeeBook, Fees, NoFeeOn
from services.pricing.placement import placement_of
from services.pricing.placements.telling import DecisionOf, horizon_of, tell
from services.pricing.store.fee_book import complete
from services.pricing.store.fees import (
    Numbers,
    add_points_of,
    book_between,
    families_between,
)
from services.pricing.store.placements import (
    Known,
    every_id,
    known_placements,
    move_birthdays,
    on_families,
    portions,
)
from services.pricing.store.reviews import decision_reference
from services.pricing.timeline import Cause, next_move_after
from shared.framework.framework import Framework
from shared.messaging.work import Work
from shared.money import NOTHING, Money


@dataclass(slots=True)
class Repriced:
    """What looking at placements again has come to.

    Args:
        unpriced: placements for some of whose days the framework holds no fee; finance was told
            nothing new about them.
    """

    placements_changed: int = 0
    price_changes: int = 0
    arrears: Money = NOTHING
    unpriced: list[str] = field(default_factory=list)

    def include(self, other: "Repriced") -> None:
        """Count what looking at further placements has come to."""
        self.placements_changed += other.placements_changed
        self.price_changes += other.price_changes
        self.arrears = Money(self.arrears + other.arrears)
        self.unpriced.extend(other.unpriced)


def reprice(
    work: Work, framework: Framework, ids: Collection[str], because: Cause | None = None
) -> Repriced:
    """Tell finance of every change of the fees of some placements."""
    sum_ = Repriced()
    for some in portions(sorted(ids)):
        known = known_placements(work.connection, some)
        fees = complete(work.connection, FeeBook())
        add_points_of(work.connection, fees, _families(known))
        _reprice(work, framework, known, fees, because, sum_)
    return sum_


def reprice_each(
    desk: Desk,
    cause_id: str,
    because: Cause | None,
    *,
    ids: list[str] | None = None,
    progress: Progress = no_progress,
) -> Repriced:
    """Look at placements again, each portion in a transaction of its own.

    It may be done again, after an interruption too: what was told is not told again.

    Args:
        desk: where it is done.
        cause_id: names what set it in motion.
        because: the same for finance, where the timeline alone does not say it.
        ids: the placements; every one if none are given.
        progress: hears how far it is.
    """
    if ids is None:
        with desk.database.reading() as connection:
            ids = every_id(connection)
    sum_ = Repriced()
    done = 0
    progress(0, len(ids))
    for some in portions(ids):
        with desk.work(cause_id) as work:
            repriced = reprice(work, desk.framework, some, because)
        sum_.include(repriced)
        done += len(some)
        progress(done, len(ids))
    return sum_


def reprice_families(
    work: Work, framework: Framework, numbers: Numbers, because: Cause
) -> Repriced:
    """Tell finance of every change of the fees of the placements on some families."""
    sum_ = Repriced()
    known = known_placements(work.connection, on_families(numbers.first, numbers.last))
    families = families_between(work.connection, numbers.first, numbers.last)
    fees = complete(work.connection, book_between(work.connection, families, numbers))
    add_points_of(work.connection, fees, _families(known) - families.keys())
    _reprice(work, framework, known, fees, because, sum_)
    return sum_


def _families(known: Mapping[str, Known]) -> set[int]:
    return {number for one in known.values() for number in one.families}


def _reprice(
    work: Work,
    framework: Framework,
    known: Mapping[str, Known],
    fees: Fees,
    because: Cause | None,
    sum_: Repriced,
) -> None:
    decision_of, horizon = decisions(work), horizon_of(work, framework)
    moved = []
    for placement_id, one in known.items():
        if one.purged_at is not None:
            continue
        placement = placement_of(one.events, framework)
        try:
            told = tell(work, placement, one, fees, framework, decision_of, because)
        except NoFeeOn:
            # It is left as finance knows it, and named to whoever asked for this.
            sum_.unpriced.append(placement_id)
            continue
        day = next_move_after(placement, framework, horizon)
        if day != one.next_birthday:
            moved.append((placement_id, day))
        if told.changes:
            sum_.placements_changed += 1
            sum_.price_changes += told.changes
            sum_.arrears = Money(sum_.arrears + told.arrears)
    move_birthdays(work.connection, moved)
    work.flush()


def decisions(work: Work) -> DecisionOf:
    """Return what gives the decision reference of a review, asked for once in a transaction."""
    known: dict[str, str] = work.memory.setdefault("decisions", {})

    def decision_of(review_id: str) -> str:
        if review_id not in known:
            known[review_id] = decision_reference(work.connection, review_id)
        return known[review_id]

    return decision_of
