"""Takes a pack's tendered fees and corrections into the book, and tells finance what they move."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from services.pricing.desk import Desk
from services.pricing.fee_book.prices_csv import TenderedFee
from services.pricing.fee_book.recompounding import recompound, rules_from
from services.pricing.placements.repricing import Repriced, reprice
from services.pricing.store.fees import POINTS, NewFee, every_point, family_numbers, record_fees
from services.pricing.store.numbers import stand_still
from services.pricing.store.placements import ids_on_numbers
from services.pricing.store.reviews import unfinished
from services.pricing.timeline import Cause
from shared.errors import FosterframeError
from shared.messaging.work import Work


class FeesRefused(FosterframeError):  # noqa: N818 - what became of the file
    """Fees cannot be taken in now; nothing of them is."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import.

    Args:
        recorded: how many fees were new, or hold again.
        known: how many held already, exactly so.
    """

    recorded: int
    known: int
    repriced: Repriced


def import_fees(desk: Desk, fees: Sequence[TenderedFee], *, cause_id: str) -> Imported:
    """Record the fees that do not hold yet; a corrected one moves what it concerns.

    Reviews that are applied and start from it are worked out again.

    Args:
        desk: where it is done.
        fees: what the pack says.
        cause_id: names this import, such as the pack's digest.

    Raises:
        FeesRefused: a review is approved and not applied to the end; its lines would not be what
            the approver has seen.
    """
    with desk.work(f"fees:{cause_id}") as work:
        # Nobody else may judge meanwhile which fees are new, nor price a placement by the old.
        stand_still(work.connection, POINTS)
        if waiting := unfinished(work.connection):
            raise FeesRefused(
                f"The review {waiting[0]} is approved and not applied to the end. "
                f"Apply it first: fosterframe review apply {waiting[0]}; or withdraw it."
            )
        new = _not_holding(work, fees)
        record_fees(work.connection, new, work.now)
        _recompound(work, new)
        repriced = _reprice(desk, work, new)
    return Imported(len(new), len(fees) - len(new), repriced)


def _not_holding(work: Work, fees: Sequence[TenderedFee]) -> list[NewFee]:
    """Return the fees that are not recorded, or that another has replaced since.

    So a correction is taken back by the row that it corrected.
    """
    holding = {
        (key, point.valid_from): (point.weekly, point.cause)
        for key, point in every_point(work.connection)
        if point.cause.kind != "review"
    }
    return [
        NewFee(*fee)
        for fee in fees
        if holding.get((fee.key, fee.valid_from)) != (fee.weekly, fee.cause)
    ]


def _recompound(work: Work, new: Sequence[NewFee]) -> None:
    """Work the reviews out again that start from a fee which is another now."""
    if not new:
        return
    rules = rules_from(work.connection, min(fee.valid_from for fee in new))
    if rules:
        numbers = family_numbers(work.connection, {fee.key.family for fee in new})
        recompound(work, numbers.values(), rules)


def _reprice(desk: Desk, work: Work, new: Sequence[NewFee]) -> Repriced:
    """Look again at what is bought at the new fees, for each letter or tender that brought them.

    A fee that begins before a placement is not named by its timeline; so finance is told here.
    """
    sum_ = Repriced()
    brought = sorted(new, key=attrgetter("cause", "valid_from"))
    for cause, some in groupby(brought, key=attrgetter("cause")):
        fees = list(some)
        numbers = family_numbers(work.connection, {fee.key.family for fee in fees})
        ids = ids_on_numbers(work.connection, set(numbers.values()))
        because = Cause(cause.kind, cause.reference, fees[0].valid_from)
        sum_.include(reprice(work, desk.framework, ids, because))
    return sum_
