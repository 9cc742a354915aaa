"""Writes what a price review does to each fee, and to each spot placement, as CSV."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import chain, islice
from typing import Final

from services.pricing.reviews.review import LivePlacements, ReviewLine, SpotLine
from shared.money import NOTHING, money_text

HEAD: Final = (
    "agency",
    "purchaser",
    "placement_type",
    "need_category",
    "age_band",
    "spot_placement",
    "outcome",
    "before",
    "after",
    "placements",
    "paid_before",
    "paid_after",
    "service_lines",
    "why",
    "uplifted_from",
)
_ROWS_AT_A_TIME: Final = 500
_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def lines_csv(lines: Iterable[ReviewLine], spot_lines: Iterable[SpotLine]) -> Iterator[str]:
    """Yield a table in portions of text, so that it is never held whole.

    First come the fees of the framework, then the spot placements, which have no age band.
    """
    rows = chain(
        [HEAD], (_fee_row(line) for line in lines), (_spot_row(line) for line in spot_lines)
    )
    while some := list(islice(rows, _ROWS_AT_A_TIME)):
        text = StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(some)
        yield text.getvalue()


def cell_text(text: str) -> str:
    """Return a text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def service_lines_text(live: Iterable[LivePlacements]) -> str:
    """Return how many live placements each line of the budget has: `looked_after 2`."""
    return "; ".join(f"{paid.service_line} {paid.placements}" for paid in live)


def _fee_row(line: ReviewLine) -> tuple[str, ...]:
    paid_before = sum((paid.weekly_before for paid in line.service_lines), NOTHING)
    paid_after = sum((paid.weekly_after for paid in line.service_lines), NOTHING)
    return (
        *(cell_text(word) for word in line.key),
        "",
        line.outcome,
        money_text(line.before),
        money_text(line.after),
        str(line.placements),
        f"{paid_before:.2f}",
        f"{paid_after:.2f}",
        cell_text(service_lines_text(line.service_lines)),
        cell_text(line.because),
        _base_text(line),
    )


def _spot_row(line: SpotLine) -> tuple[str, ...]:
    before, after = money_text(line.before), money_text(line.after)
    return (
        *(cell_text(word) for word in line.family),
        "",
        cell_text(line.placement_id),
        line.outcome,
        before,
        after,
        "1",
        before,
        after,
        cell_text(f"{line.service_line} 1"),
        cell_text(line.because),
        _base_text(line),
    )


def _base_text(line: ReviewLine | SpotLine) -> str:
    return "" if line.base is None else money_text(line.base)
