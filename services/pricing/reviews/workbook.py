"""Writes a price review as a workbook that finance opens, with the formulas that it can check."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from services.pricing.desk import Desk, Progress, no_progress
from services.pricing.reviews.body import OUTCOMES
from services.pricing.reviews.lines_csv import service_lines_text
from services.pricing.reviews.preview import seal_of
from services.pricing.reviews.review import ReviewLine, SpotLine
from services.pricing.reviews.totals import Seal, Stretch, paid_for
from services.pricing.reviews.tracks import Track
from services.pricing.reviews.workbook_parameters import uplift_name, write_parameters
from services.pricing.reviews.workbook_sheet import Cell, Formula, Workbook
from services.pricing.reviews.workbook_summary import write_summary
from services.pricing.store.review_lines import Chunk, chunks_of, lines_between, spot_lines_in
from services.pricing.store.reviews import PREVIEWED, Review, ReviewRefused, review_named
from shared.money import NOTHING, to_penny, uplifted

LARGEST_LINES: Final = 1_000_000
"""A sheet has a few more rows than this."""

_LINES_HEAD: Final = (
    *("agency", "purchaser", "placement type", "need category", "age band", "outcome"),
    *("fee before", "fee after", "worked out", "check", "live placements", "paid before"),
    *("paid after", "annual effect", "service lines", "why", "before rounding"),
    "uplifted from",
)
_LINES_WIDTHS: Final = (11, 11, 17, 13, 9, 10, 12, 12, 12, 9, 10, 12, 12, 13, 24, 50, 18, 12)
_SPOT_HEAD: Final = (
    *("placement", "agency", "purchaser", "placement type", "need category", "outcome"),
    *("fee before", "fee after", "worked out", "check", "service line", "annual effect", "why"),
    "uplifted from",
)
_SPOT_WIDTHS: Final = (24, 11, 11, 17, 13, 10, 12, 12, 12, 9, 24, 13, 50, 12)
_EVERY: Final = 1000


def write_workbook(
    desk: Desk, review_id: str, file: Path, *, progress: Progress = no_progress
) -> None:
    """Write the last preview of a review: what it comes to, every line, and every parameter.

    Args:
        desk: where the review is.
        review_id: the review.
        file: where; what is there is overwritten.
        progress: hears of the lines.

    Raises:
        ReviewRefused: it was not previewed, has more lines than a sheet has rows, or another
            preview was begun since the last one.
    """
    with desk.database.reading() as connection:
        review = review_named(connection, review_id)
        count = _lines_of_preview(review)
        seal = seal_of(review)
        book = Workbook(file, f"Price review {review.id}", desk.clock.now())
        try:
            write_summary(book, review, desk.framework)
            portions = chunks_of(connection, review_id)
            lines = _sealed_lines(connection, review, portions, seal)
            _write_lines(book, review, lines, progress, count)
            _write_spot_lines(book, review, _sealed_spot(connection, review, portions, seal))
            write_parameters(book, review)
        finally:
            book.close()
    if seal.digest() != review.last(PREVIEWED).body["digest"]:
        file.unlink()
        raise ReviewRefused(
            "Another preview was begun since the last one, and its lines are kept instead. "
            f"Preview the review again: fosterframe review preview {review_id}."
        )


def _lines_of_preview(review: Review) -> int:
    try:
        total = review.last(PREVIEWED).body["total"]
    except KeyError:
        raise ReviewRefused(
            f"The review {review.id} is not previewed. "
            f"Preview it first: fosterframe review preview {review.id}."
        ) from None
    count = sum(int(total[f"fees_{outcome}"]) for outcome in OUTCOMES)
    if count > LARGEST_LINES:
        raise ReviewRefused(
            f"The review {review.id} has {count} lines, a sheet at most {LARGEST_LINES}. "
            f"Take them as CSV: fosterframe review show {review.id} --lines."
        )
    return count


def _sealed_lines(
    connection: Connection, review: Review, portions: Iterable[Chunk], seal: Seal
) -> Iterator[ReviewLine]:
    for portion in portions:
        if not portion.spot:
            lines = lines_between(connection, review.id, portion.numbers)
            seal.add(lines)
            yield from lines


def _sealed_spot(
    connection: Connection, review: Review, portions: Iterable[Chunk], seal: Seal
) -> Iterator[SpotLine]:
    for portion in portions:
        if portion.spot:
            first, last = portion.first_placement, portion.last_placement
            lines = spot_lines_in(connection, review.id, first, last)
            seal.add_spot(lines)
            yield from lines


def _write_lines(
    book: Workbook, review: Review, lines: Iterable[ReviewLine], progress: Progress, count: int
) -> None:
    sheet = book.sheet("lines", _LINES_WIDTHS)
    sheet.head(*_LINES_HEAD)
    stretch = Stretch.of(review.effective_from)
    for line in lines:
        sheet.row(*_fee_cells(line, review, stretch, sheet.rows + 1))
        if sheet.rows % _EVERY == 0:
            progress(sheet.rows, count)
    progress(count, count)
    sheet.filtered(len(_LINES_HEAD))


def _fee_cells(line: ReviewLine, review: Review, stretch: Stretch, row: int) -> tuple[Cell, ...]:
    worked, check = _worked_out(review, line.key.placement_type, line, row)
    return (
        *line.key,
        line.outcome,
        line.before,
        line.after,
        worked,
        check,
        line.placements,
        sum((paid.weekly_before for paid in line.service_lines), NOTHING),
        sum((paid.weekly_after for paid in line.service_lines), NOTHING),
        sum((stretch.effects(paid)[0] for paid in line.service_lines), NOTHING),
        service_lines_text(line.service_lines),
        line.because,
        line.unrounded,
        line.base,
    )


def _write_spot_lines(book: Workbook, review: Review, lines: Iterable[SpotLine]) -> None:
    sheet = book.sheet("spot lines", _SPOT_WIDTHS)
    sheet.head(*_SPOT_HEAD)
    stretch = Stretch.of(review.effective_from)
    for line in lines:
        worked, check = _worked_out(review, line.family.placement_type, line, sheet.rows + 1)
        sheet.row(
            line.placement_id,
            *line.family,
            line.outcome,
            line.before,
            line.after,
            worked,
            check,
            line.service_line,
            stretch.effects(paid_for(line))[0],
            line.because,
            line.base,
        )
    sheet.filtered(len(_SPOT_HEAD))


def _worked_out(
    review: Review, placement_type: str, line: ReviewLine | SpotLine, row: int
) -> tuple[Cell, Cell]:
    """Return the fee by a formula of its own, and whether the review says the same.

    What the formula comes to is worked out here again, not copied from the line; where a review
    of the same day is superseded, it starts from the fee before that one. A fee that goes back to
    what it was has no formula: it stands in the history of the fee.
    """
    if line.outcome == "restored":
        return None, "restored"
    column, base = "G", line.before
    if line.base is not None:
        column, base = ("R" if isinstance(line, ReviewLine) else "N"), line.base
    text, value = f"={column}{row}", base
    unrounded = line.unrounded if isinstance(line, ReviewLine) else None
    if line.outcome == "uplifted" and unrounded is not None:
        text, value = f"=ROUND(Q{row},2)", to_penny(unrounded)
    elif line.outcome == "uplifted":
        number, track = _track_of(review, placement_type)
        text = f"=ROUND({column}{row}*(1+{uplift_name(number)}/100),2)"
        value = uplifted(base, track.uplift.rate)
    agrees = f'=IF(ROUND(H{row}-I{row},2)=0,"agrees","DIFFERS")'
    return Formula(text, value), Formula(agrees, "agrees" if value == line.after else "DIFFERS")


def _track_of(review: Review, placement_type: str) -> tuple[int, Track]:
    """Return the track of a fee that is uplifted, and its number, the first being 1."""
    held = review.track_for(placement_type)
    return next(
        (number, track) for number, track in enumerate(review.tracks, start=1) if track == held
    )
