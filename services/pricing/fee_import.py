"""Takes a pack's tendered fees and corrections into the book, and tells finance what they move."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.pricing.desk import Desk
from services.pricing.prices_csv import TenderedFee
from services.pricing.repricing import Repriced, reprice
from services.pricing.store.fees import POINTS, NewFee, every_point, record_fees
from services.pricing.store.numbers import stand_still
from services.pricing.store.placements import ids_on_numbers
from services.pricing.store.reviews import unfinished
from shared.errors import FosterframeError


class FeesRefused(FosterframeError):  # noqa: N818 - what became of the file
    """Fees cannot be taken in now; nothing of them is."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import.

    Args:
        recorded: how many fees were new.
        known: how many were recorded before, exactly so.
    """

    recorded: int
    known: int
    repriced: Repriced


def import_fees(desk: Desk, fees: Sequence[TenderedFee], *, cause_id: str) -> Imported:
    """Record the fees that are not known yet; a corrected one moves what it concerns.

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
                f"Apply it first: fosterframe review apply {waiting[0]}."
            )
        recorded = {
            NewFee(key, point.valid_from, point.weekly, point.cause)
            for key, point in every_point(work.connection)
        }
        new = [fee for fee in map(NewFee._make, fees) if fee not in recorded]
        numbers = record_fees(work.connection, new, work.now)
        ids = ids_on_numbers(work.connection, numbers)
        repriced = reprice(work, desk.framework, ids)
    return Imported(len(new), len(fees) - len(new), repriced)
