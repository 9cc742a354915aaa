"""The sheet of a review's workbook on which its uplift is worked out, with every source."""

from decimal import ROUND_HALF_UP
from typing import Final

from services.pricing.indices import IndexValue
from services.pricing.reviews.tracks import Track
from services.pricing.reviews.workbook_sheet import Cell, Formula, Rate, Sheet, Workbook
from services.pricing.store.reviews import Review
from services.pricing.terms.agreed import ONE, RATE_PLACES, Part, ReviewTerms
from services.pricing.wages import WageRise
from shared.money import Percentage

SHEET: Final = "parameters"
_HEAD: Final = (
    *("component", "share", "change in %", "figure", "of", "value", "value before"),
    *("released or due", "standing", "source"),
)
_WIDTHS: Final = (24, 14, 18, 14, 12, 12, 14, 16, 12, 90)


def uplift_name(number: int) -> str:
    """Return what formulas call the uplift of a track, the first being 1."""
    return f"uplift_{number}"


def write_parameters(book: Workbook, review: Review) -> None:
    """Write the terms and figures of a review, track by track."""
    sheet = book.sheet(SHEET, _WIDTHS)
    for number, track in enumerate(review.tracks, start=1):
        types = ", ".join(track.placement_types) or "every other placement type"
        sheet.head(f"Track {number}: {types}")
        _write_components(sheet, track)
        _write_holds(sheet, track)
        book.name(uplift_name(number), f"{SHEET}!$C${sheet.rows}")
        _write_rules(sheet, track.terms)
        sheet.skip()


def _write_components(sheet: Sheet, track: Track) -> None:
    sheet.head(*_HEAD)
    first = sheet.rows + 1
    for part in track.uplift.parts:
        sheet.row(*_component_cells(part, sheet.rows + 1))
    last = sheet.rows
    text = f"=ROUND(SUMPRODUCT(B{first}:B{last},C{first}:C{last}),{RATE_PLACES})"
    sheet.row("blended", None, Formula(text, track.uplift.blended, is_rate=True))


def _component_cells(part: Part, row: int) -> tuple[Cell, ...]:
    figure = part.figure
    if isinstance(figure, IndexValue):
        change = Formula(f"=F{row}", part.change, is_rate=True)
        published = (figure.series, str(figure.month), Rate(figure.value), None)
        known = (figure.released_on, figure.standing, figure.source)
        return "index", Rate(part.share), change, *published, *known
    if isinstance(figure, WageRise):
        before, after = figure.before, figure.after
        text = f"=ROUND((F{row}/G{row}-1)*100,{RATE_PLACES})"
        source = f"{after.source}; before: {before.source} (from {before.effective_from})"
        change = Formula(text, part.change, is_rate=True)
        paid = (after.band, f"age {after.ages}", after.hourly, before.hourly)
        return "wage", Rate(part.share), change, *paid, after.effective_from, after.status, source
    return "fixed in the terms", Rate(part.share), Rate(part.change)


def _write_holds(sheet: Sheet, track: Track) -> None:
    """Write what may hold the blended rate, each step by a formula, in the agreement's order."""
    terms = track.terms
    steps: tuple[tuple[str, Percentage | int | None, str], ...] = (
        ("at most (lower of)", terms.lower_of, "=MIN(C{before},B{row})"),
        ("cap", terms.cap, "=MIN(C{before},B{row})"),
        ("floor", terms.floor, "=MAX(C{before},B{row})"),
        ("decimals", terms.percentage_decimals, "=ROUND(C{before},B{row})"),
    )
    rates = _held(terms, track.uplift.blended)
    for (name, limit, text), rate in zip(steps, rates, strict=True):
        row = sheet.rows + 1
        shown: Cell = limit if isinstance(limit, int) else None if limit is None else Rate(limit)
        formula = f"=C{row - 1}" if limit is None else text.format(before=row - 1, row=row)
        sheet.row(name, "none" if shown is None else shown, Formula(formula, rate, is_rate=True))
    row = sheet.rows + 1
    sheet.row("uplift", None, Formula(f"=C{row - 1}", track.uplift.rate, is_rate=True))


def _held(terms: ReviewTerms, rate: Percentage) -> tuple[Percentage, ...]:
    """Return the rate after each step, whether it holds anything or not."""
    lowest = rate if terms.lower_of is None else min(rate, terms.lower_of)
    capped = lowest if terms.cap is None else min(lowest, terms.cap)
    floored = capped if terms.floor is None else max(capped, terms.floor)
    places = terms.percentage_decimals
    if places is None:
        return lowest, capped, floored, floored
    rounded = floored.quantize(ONE.scaleb(-places), rounding=ROUND_HALF_UP)
    return lowest, capped, floored, Percentage(rounded)


def _write_rules(sheet: Sheet, terms: ReviewTerms) -> None:
    """Write the rest of the terms, in words."""
    above = terms.review_above
    sheet.row("terms", terms.version, None, "in force from", terms.in_force_from)
    sheet.row("a person decides above", "none" if above is None else Rate(above))
    sheet.row("first uplift after months", terms.first_uplift_after_months)
    for exclusion in terms.exclude:
        sheet.row("left as they are", exclusion.fact, None, exclusion.value, exclusion.because)
    if terms.assumption:
        sheet.row("not agreed yet", terms.assumption)
